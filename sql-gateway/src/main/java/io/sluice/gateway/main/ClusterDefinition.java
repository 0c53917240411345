package io.sluice.gateway.main;

import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.RoutedCluster;
import java.util.Map;
import java.util.Set;

/**
 * A named cluster.
 *
 * @param groups whose members may use it; empty for everybody
 * @param sparkConfiguration what a Spark server is started with beside the settings that Sluice
 *     itself needs: the catalogs, as Spark spells them, and what the operator adds
 * @param scaling how many Spark servers there are
 * @param admission how much runs and waits
 */
record ClusterDefinition(
    String name,
    Set<String> groups,
    ClusterHost host,
    Map<String, String> sparkConfiguration,
    ScalingSettings scaling,
    AdmissionLimits admission) {

  ClusterDefinition {
    groups = Set.copyOf(groups);
    sparkConfiguration = Map.copyOf(sparkConfiguration);
  }

  /** Leaves the settings out, of which some are secret. */
  @Override
  public String toString() {
    return "ClusterDefinition[" + name + "]";
  }

  ReplicaSpec replica() {
    return host.replica(sparkConfiguration);
  }

  RoutedCluster routed() {
    return new RoutedCluster(name, groups);
  }
}
