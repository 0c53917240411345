package io.sluice.gateway.statement;

import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkBackend;
import java.util.Optional;

/** The Spark Connect servers that statements may be sent to. */
public interface Replicas {

  /** Returns what is known now. */
  ClusterSnapshot snapshot();

  /** Returns the client of a replica that has not gone away. */
  Optional<SparkBackend> backend(ReplicaId replica);
}
