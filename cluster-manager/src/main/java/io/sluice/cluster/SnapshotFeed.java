package io.sluice.cluster;

import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The last snapshot of a cluster, and those who hear of the next one. */
final class SnapshotFeed {

  private final List<Consumer<ClusterSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private final List<CompletableFuture<ClusterSnapshot>> waiting = new CopyOnWriteArrayList<>();
  private volatile ClusterSnapshot last;
  private volatile boolean closed;

  SnapshotFeed(ClusterSnapshot first) {
    this.last = first;
  }

  ClusterSnapshot last() {
    return last;
  }

  void addListener(Consumer<ClusterSnapshot> listener) {
    listeners.add(listener);
  }

  /** Tells what is new, if anything is; one call at a time. */
  void publish(ClusterSnapshot next) {
    if (next.equals(last)) {
      return;
    }
    last = next;
    for (Consumer<ClusterSnapshot> listener : listeners) {
      listener.accept(next);
    }
    completeWaiting(next);
  }

  /** Completes with the first snapshot from now on in which a replica is ready. */
  CompletableFuture<ClusterSnapshot> awaitReady() {
    CompletableFuture<ClusterSnapshot> ready = new CompletableFuture<>();
    waiting.add(ready);
    completeWaiting(last);
    if (closed) {
      ready.completeExceptionally(stopping());
    }
    return ready;
  }

  private void completeWaiting(ClusterSnapshot current) {
    if (current.replicas().stream().anyMatch(status -> status.state() == ReplicaState.READY)) {
      List<CompletableFuture<ClusterSnapshot>> ready = List.copyOf(waiting);
      waiting.removeAll(ready);
      ready.forEach(future -> future.complete(current));
    }
  }

  /** Lets nobody wait any longer; snapshots may still come. */
  void close() {
    closed = true;
    waiting.forEach(future -> future.completeExceptionally(stopping()));
  }

  private static SluiceException stopping() {
    return new SluiceException(ErrorCode.SHUTTING_DOWN, "The gateway is stopping");
  }
}
