package io.sluice.cluster.autoscale;

import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Instant;
import java.util.Optional;

/**
 * A replica as the autoscaler sees it.
 *
 * @param state {@code STARTING}, {@code READY} or {@code DRAINING}; dead ones are left out
 * @param since when it came into that state
 * @param wasReady whether it has ever been ready; one that has may not answer just now
 * @param pooled whether it is in the warm pool, and so not of the cluster yet
 * @param interrupted whether its statements have been told to end
 * @param outdated whether it is not of the kind that replicas are to be of now
 * @param replaces the one beside which it was started to take its place; none for most
 * @param leftAlone whether nobody sends it new statements any more, if it drains
 */
public record ScaledReplica(
    ReplicaId id,
    ReplicaState state,
    Instant since,
    boolean wasReady,
    boolean pooled,
    boolean interrupted,
    boolean outdated,
    Optional<ReplicaId> replaces,
    boolean leftAlone) {

  public ScaledReplica {
    if (state == ReplicaState.DEAD) {
      throw new IllegalArgumentException("a dead replica is none");
    }
  }

  /** One of a cluster whose replicas are all of one kind. */
  public ScaledReplica(
      ReplicaId id, ReplicaState state, Instant since, boolean pooled, boolean interrupted) {
    this(
        id,
        state,
        since,
        state != ReplicaState.STARTING,
        pooled,
        interrupted,
        false,
        Optional.empty(),
        true);
  }

  boolean isDraining() {
    return state == ReplicaState.DRAINING;
  }

  /** Whether it serves the cluster, now or once it has started. */
  boolean isLive() {
    return !pooled && !isDraining();
  }
}
