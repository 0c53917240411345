package io.sluice.gateway.statement;

import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.router.Admission;
import io.sluice.router.Admission.Grant;
import io.sluice.router.AdmissionLimits;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
  private final Map<StatementId, CompletableFuture<Grant>> waiting = new HashMap<>();

  public StatementQueue(
      AdmissionLimits limits, Supplier<ClusterSnapshot> cluster, InstantSource clock) {
    this.admission = new Admission(limits);
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * Waits for a permit, which {@link #leave} must return, whatever became of the future.
   *
   * @return fails with {@code QUEUE_FULL}, {@code QUEUE_TIMEOUT} or {@code CLUSTER_UNAVAILABLE}
   */
  CompletableFuture<Grant> enter(StatementId statement, String user) {
    CompletableFuture<Grant> permit = new CompletableFuture<>();
    synchronized (lock) {
      try {
        admission.enter(statement, user, clock.instant());
      } catch (SluiceException full) {
        return CompletableFuture.failedFuture(full);
      }
      waiting.put(statement, permit);
    }
    changed();
    return permit;
  }

  /** Returns the permit, or gives up the place in the queue. */
  void leave(StatementId statement) {
    boolean known;
    synchronized (lock) {
      waiting.remove(statement);
      known = admission.leave(statement);
    }
    if (known) {
      changed();
    }
  }

  /** Hands out what can be handed out and ends what has waited too long. */
  public void changed() {
    ClusterSnapshot snapshot = cluster.get();
    // Completed outside the lock: what depends on a permit may enter or leave again.
    List<Runnable> completions = new ArrayList<>();
    synchronized (lock) {
      for (Optional<Grant> next = admission.grant(snapshot);
          next.isPresent();
          next = admission.grant(snapshot)) {
        Grant grant = next.get();
        CompletableFuture<Grant> permit = waiting.remove(grant.statement());
        if (permit != null) {
          completions.add(() -> permit.complete(grant));
        }
      }
      for (StatementId expired : admission.expire(clock.instant())) {
        CompletableFuture<Grant> permit = waiting.remove(expired);
        if (permit != null) {
          completions.add(() -> permit.completeExceptionally(timeout(snapshot)));
        }
      }
    }
    completions.forEach(Runnable::run);
  }

  private static SluiceException timeout(ClusterSnapshot snapshot) {
    if (snapshot.reason().isEmpty()) {
      return new SluiceException(
          ErrorCode.QUEUE_TIMEOUT,
          "The statement waited too long for its turn. Send it again when less is running.");
    }
    return new SluiceException(
        ErrorCode.CLUSTER_UNAVAILABLE,
        "Cluster [" + snapshot.cluster() + "] is not available: " + snapshot.reason());
  }
}
