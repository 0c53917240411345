package io.sluice.cluster.kubernetes;

import io.sluice.cluster.ReplicaProvisioner.FoundReplica;
import io.sluice.model.ReplicaId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a cluster that are known, in the order in which they became known, and those who
 * hear of them. Its monitor guards the replicas as well; what there is to tell is told outside of
 * it and in order, by {@link #tell}.
 */
final class ReplicaRegister {

  private final Map<ReplicaId, KubernetesReplica> replicas = new LinkedHashMap<>();
  private final List<BiConsumer<ReplicaId, String>> watchers = new ArrayList<>();

  /** Touched by what is told alone. */
  private final List<Consumer<FoundReplica>> finders = new ArrayList<>();

  private final Deque<Runnable> news = new ArrayDeque<>();
  private boolean telling;
  private boolean closed;

  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Takes in one that is to be started; not if nothing is taken in any more, and it fails then.
   *
   * @throws IllegalArgumentException if there is one of that name
   */
  synchronized boolean add(KubernetesReplica replica) {
    if (closed) {
      replica.fail("the gateway is stopping");
      return false;
    }
    if (replicas.putIfAbsent(replica.id, replica) != null) {
      throw new IllegalArgumentException("there is a replica " + replica.id);
    }
    return true;
  }

  /** Takes in one that the API server has and that was not known. */
  synchronized void addSeen(KubernetesReplica replica) {
    replica.created = true;
    replicas.put(replica.id, replica);
  }

  synchronized @Nullable KubernetesReplica get(ReplicaId id) {
    return replicas.get(id);
  }

  synchronized List<KubernetesReplica> all() {
    return List.copyOf(replicas.values());
  }

  synchronized List<ReplicaId> living() {
    return replicas.values().stream()
        .filter(replica -> !replica.ended)
        .map(replica -> replica.id)
        .toList();
  }

  /** Has the watchers told that one has ended, once; one that nobody has is forgotten. */
  synchronized void end(KubernetesReplica replica, String reason) {
    if (replica.ended) {
      return;
    }
    replica.ended = true;
    if (!replica.created) {
      forget(replica);
    }
    later(
        () -> {
          replica.fail(reason);
          List<BiConsumer<ReplicaId, String>> told;
          synchronized (this) {
            told = List.copyOf(watchers);
          }
          told.forEach(watcher -> watcher.accept(replica.id, reason));
        });
  }

  /** Lets go of one that is not there any longer. */
  synchronized void forget(KubernetesReplica replica) {
    replicas.remove(replica.id);
    later(() -> replica.gone.complete(null));
  }

  /** Has the finders told of one. */
  synchronized void found(FoundReplica found) {
    later(() -> List.copyOf(finders).forEach(finder -> finder.accept(found)));
  }

  synchronized void watch(BiConsumer<ReplicaId, String> watcher) {
    watchers.add(watcher);
  }

  /**
   * Has somebody told of those that others started, now and from now on.
   *
   * @param found what to tell of one; empty if it is not there any longer
   */
  synchronized void discover(
      Consumer<FoundReplica> finder, Function<KubernetesReplica, Optional<FoundReplica>> found) {
    // Behind what is being told to the others, so that it hears of each once.
    later(() -> finders.add(finder));
    for (KubernetesReplica replica : replicas.values()) {
      if (!replica.own && !replica.ended) {
        found.apply(replica).ifPresent(one -> later(() -> finder.accept(one)));
      }
    }
  }

  /** Has something done in its turn by whoever {@link #tell}s. */
  synchronized void later(Runnable task) {
    news.add(task);
  }

  /** Tells what is new; not to be called under the monitor. */
  void tell() {
    while (true) {
      Runnable next;
      synchronized (this) {
        if (telling || news.isEmpty()) {
          return;
        }
        telling = true;
        next = news.remove();
      }
      try {
        next.run();
      } finally {
        synchronized (this) {
          telling = false;
        }
      }
    }
  }

  /** Takes in nothing more, and lets go of all. */
  void close() {
    List<KubernetesReplica> left;
    synchronized (this) {
      closed = true;
      left = all();
      replicas.clear();
    }
    left.forEach(replica -> replica.fail("the gateway is stopping"));
    left.forEach(replica -> replica.gone.complete(null));
  }
}
