package io.sluice.cluster.kubernetes;

import io.sluice.cluster.ClusterDemand;
import io.sluice.cluster.ClusterManager;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.spark.SparkSession;
import java.util.List;

/** What uses the clusters that come and go: the gateway. Nothing here may block. */
public interface Host {

  /** Opens the client of a replica. */
  SparkBackend connect(SparkEndpoint endpoint);

  /** Returns the Spark sessions that this gateway has on a replica. */
  List<SparkSession> sessions(ReplicaId replica);

  /**
   * A cluster has come; it is started when this returns.
   *
   * @return what is asked of it through this gateway
   */
  ClusterDemand opened(LakehouseCluster definition, ClusterManager manager);

  /** Every cluster that is defined has been opened, but for those that cannot be read. */
  void listed();

  /** A cluster that was opened is defined otherwise. Its manager knows. */
  void changed(LakehouseCluster definition);

  /** A cluster that was opened is gone, with its replicas. */
  void closed(String name);
}
