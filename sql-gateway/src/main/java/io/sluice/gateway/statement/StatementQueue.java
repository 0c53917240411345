package io.sluice.gateway.statement;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.router.Admission;
import io.sluice.router.Admission.Grant;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.Priority;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@link Admission} for many threads: a statement that waits is a future, not a thread. Grants are
 * handed out when a statement enters or leaves and when {@link #changed} tells that the cluster
 * has.
 */
public final class StatementQueue {

  private final Object lock = new Object();
  private final Admission admission;
  private final Supplier<ClusterSnapshot> cluster;
  private final InstantSource clock;
  private volatile AdmissionLimits limits;
  private final Map<StatementId, CompletableFuture<Grant>> waiting = new HashMap<>();
  private volatile Runnable onWait = () -> {};
  private boolean closed;

  public StatementQueue(
      AdmissionLimits limits, Supplier<ClusterSnapshot> cluster, InstantSource clock) {
    this.limits = limits;
    this.admission = new Admission(limits, clock.instant());
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * Waits for a permit, which {@link #leave} must return, whatever became of the future.
   *
   * @return fails with {@code QUEUE_FULL}, {@code QUEUE_TIMEOUT} or {@code CLUSTER_UNAVAILABLE}
   */
  CompletableFuture<Grant> enter(StatementId statement, String user, Priority priority) {
    return enter(statement, now -> admission.enter(statement, user, priority, now));
  }

  /** Waits again for a permit that was lost with its replica and returned; never too many wait. */
  CompletableFuture<Grant> enterAgain(StatementId statement, String user, Priority priority) {
    return enter(statement, now -> admission.enterAgain(statement, user, priority, now));
  }

  private CompletableFuture<Grant> enter(StatementId statement, Consumer<Instant> entry) {
    CompletableFuture<Grant> permit = new CompletableFuture<>();
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedFuture(gone());
      }
      try {
        entry.accept(clock.instant());
      } catch (SluiceException full) {
        return CompletableFuture.failedFuture(full);
      }
      waiting.put(statement, permit);
    }
    changed();
    if (!permit.isDone()) {
      onWait.run();
    }
    return permit;
  }

  /** Sets what is told when a statement begins to wait; it must not block. */
  public void onWait(Runnable told) {
    onWait = told;
  }

  /** Has other limits hold from now on; what waits and runs stays. */
  public void limits(AdmissionLimits next) {
    synchronized (lock) {
      limits = next;
      admission.limits(next);
    }
    changed();
  }

  /** Ends what waits, and refuses what comes: the cluster is no more. What runs is left alone. */
  public void close() {
    List<CompletableFuture<Grant>> ended = new ArrayList<>();
    synchronized (lock) {
      closed = true;
      for (StatementId statement : admission.giveUp()) {
        CompletableFuture<Grant> permit = waiting.remove(statement);
        if (permit != null) {
          ended.add(permit);
        }
      }
    }
    ended.forEach(permit -> permit.completeExceptionally(gone()));
  }

  private SluiceException gone() {
    return new SluiceException(
        ErrorCode.CLUSTER_UNAVAILABLE,
        "Cluster [" + cluster.get().cluster() + "] is no longer defined.");
  }

  /** Returns what runs and waits. */
  public ClusterLoad load() {
    synchronized (lock) {
      return admission.load(clock.instant());
    }
  }

  /** Returns how many statements a replica runs at a time, as things stand. */
  public int permits(int taskSlots) {
    ClusterSnapshot snapshot = cluster.get();
    synchronized (lock) {
      return (int)
          Math.round(
              snapshot.replicas().stream()
                  .filter(replica -> replica.state() == ReplicaState.READY)
                  .mapToInt(admission::permits)
                  .average()
                  .orElse((double) limits.statementsPerSlot() * taskSlots));
    }
  }

  /** Returns where a statement stands; empty if it does not wait. */
  Optional<QueuePlace> place(StatementId statement) {
    ClusterSnapshot snapshot = cluster.get();
    synchronized (lock) {
      return admission
          .place(statement, snapshot, clock.instant())
          .map(place -> new QueuePlace(place.position(), place.expectedWait(), snapshot.reason()));
    }
  }

  /** Returns the statements that run on a replica. */
  public List<StatementId> runningOn(ReplicaId replica) {
    synchronized (lock) {
      return admission.runningStatements(replica);
    }
  }

  /** Returns the permit, or gives up the place in the queue. */
  void leave(StatementId statement) {
    boolean known;
    synchronized (lock) {
      waiting.remove(statement);
      known = admission.leave(statement, clock.instant());
    }
    if (known) {
      changed();
    }
  }

  /**
   * Hands out what can be handed out, and ends what has waited too long, or waits for a replica
   * that does not start.
   */
  public void changed() {
    // Completed outside the lock: what depends on a permit may enter or leave again.
    List<Runnable> completions = new ArrayList<>();
    synchronized (lock) {
      // Not one from before the lock, in which what a newcomer was kept from would still be ready.
      ClusterSnapshot snapshot = cluster.get();
      Instant now = clock.instant();
      for (Optional<Grant> next = admission.grant(snapshot, now);
          next.isPresent();
          next = admission.grant(snapshot, now)) {
        Grant grant = next.get();
        CompletableFuture<Grant> permit = waiting.remove(grant.statement());
        if (permit != null) {
          completions.add(() -> permit.complete(grant));
        }
      }
      for (StatementId statement :
          snapshot.failing() ? admission.giveUp() : admission.expire(now)) {
        CompletableFuture<Grant> permit = waiting.remove(statement);
        if (permit != null) {
          completions.add(() -> permit.completeExceptionally(inVain(snapshot)));
        }
      }
    }
    completions.forEach(Runnable::run);
  }

  private SluiceException inVain(ClusterSnapshot snapshot) {
    if (snapshot.reason().isEmpty()) {
      return new SluiceException(
          ErrorCode.QUEUE_TIMEOUT,
          "The statement waited "
              + limits.queueTimeout().toSeconds()
              + " s for its turn, the longest that is allowed. Send it again when less is"
              + " running.");
    }
    return new SluiceException(
        ErrorCode.CLUSTER_UNAVAILABLE,
        "Cluster [" + snapshot.cluster() + "] is not available: " + snapshot.reason());
  }
}
