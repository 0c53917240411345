package io.sluice.cluster.kubernetes;

import io.sluice.cluster.ClusterDemand;
import io.sluice.model.ClusterLoad;
import java.util.function.Supplier;

/**
 * What is asked of a cluster through all gateways.
 *
 * @param own through this one
 * @param others through the others
 */
record SharedDemand(ClusterDemand own, Supplier<ClusterLoad> others) implements ClusterDemand {

  @Override
  public ClusterLoad load() {
    return own.load().plus(others.get());
  }

  @Override
  public int permits() {
    return own.permits();
  }
}
