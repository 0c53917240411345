package io.sluice.cluster;

import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.spark.SparkBackend;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What the manager knows of one replica; touched on the manager's serial executor alone. */
final class Replica {

  final ReplicaId id;
  final ReplicaSpec spec;
  final ReplicaHealth health;

  /** The one in whose place it was started, if that was of another kind. */
  final Optional<ReplicaId> replaces;

  final Instant startedAt;
  ReplicaState state = ReplicaState.STARTING;

  /** When it came into that state. */
  Instant since;

  /** Set once it listens. */
  @Nullable SparkBackend backend;

  /** When it was first ready; null before. */
  @Nullable Instant readySince;

  Instant lastAnswer;
  int missedProbes;

  /** The next probe; null while one is on its way. */
  @Nullable Future<?> nextProbe;

  /** Whether the answer of the probe on its way is too old to count. */
  boolean askedAgain;

  /** Whether somebody else started it. */
  boolean found;

  /** Whether it was started before the cluster needed it. */
  boolean claimed;

  /** Whether it was told to end. */
  boolean stopping;

  /** Whether it ends because it is not needed, which is no failure. */
  boolean dismissed;

  /** Whether its statements were told to end. */
  boolean interrupted;

  Replica(ReplicaId id, ReplicaSpec spec, Optional<ReplicaId> replaces, Instant now) {
    this.id = id;
    this.spec = spec;
    this.health = new ReplicaHealth(spec);
    this.replaces = replaces;
    this.startedAt = now;
    this.since = now;
    this.lastAnswer = now;
  }

  /** Returns whether it was to be claimed, and never was there for this cluster. */
  boolean isLostClaim() {
    return claimed && backend == null;
  }

  void become(ReplicaState next, Instant now) {
    if (state != next) {
      state = next;
      since = now;
    }
  }
}
