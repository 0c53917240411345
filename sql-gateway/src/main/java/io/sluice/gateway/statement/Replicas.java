package io.sluice.gateway.statement;

import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkBackend;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The Spark Connect servers that statements may be sent to. */
public interface Replicas {

  /** Returns the client of a replica that has not gone away. */
  Optional<SparkBackend> backend(ReplicaId replica);

  /**
   * Tells that a replica broke off what it was asked. Completes, never exceptionally, once it gets
   * no new statements before it has been found well again.
   */
  CompletableFuture<Void> suspect(ReplicaId replica);
}
