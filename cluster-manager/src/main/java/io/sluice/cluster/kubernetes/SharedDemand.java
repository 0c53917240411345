package io.sluice.cluster.kubernetes;

import io.sluice.cluster.ClusterDemand;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.Instant;

/**
 * What is asked of a cluster through all gateways.
 *
 * @param own through this one
 * @param peers what the others tell
 */
record SharedDemand(String cluster, ClusterDemand own, PeerLoads peers) implements ClusterDemand {

  @Override
  public ClusterLoad load() {
    return own.load().plus(peers.load(cluster));
  }

  @Override
  public int permits() {
    return own.permits();
  }

  @Override
  public boolean isLeftAlone(ReplicaId replica, Instant since) {
    return peers.isLeftAlone(cluster, replica, since);
  }
}
