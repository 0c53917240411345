package io.sluice.cluster;

import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.spark.SparkBackend;
import java.time.Instant;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What the manager knows of one replica; touched on the manager's serial executor alone. */
final class Replica {

  final ReplicaId id;
  ReplicaState state = ReplicaState.STARTING;

  /** Set once it listens. */
  @Nullable SparkBackend backend;

  /** When it was first ready; null before. */
  @Nullable Instant readySince;

  Instant lastAnswer;
  int missedProbes;

  /** The next probe; null while one is on its way. */
  @Nullable Future<?> nextProbe;

  /** Whether it was told to end. */
  boolean stopping;

  Replica(ReplicaId id, Instant now) {
    this.id = id;
    this.lastAnswer = now;
  }
}
