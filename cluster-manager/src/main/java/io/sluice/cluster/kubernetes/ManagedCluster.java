package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import java.time.Duration;

/** A cluster of which there is an object, and its manager here. */
final class ManagedCluster {

  private final String uid;
  private final ClusterManager manager;
  private final KubernetesReplicaProvisioner provisioner;
  private final SharedDemand demand;
  private final Host host;
  private final Duration startTime;
  private LakehouseCluster definition;

  ManagedCluster(
      String uid,
      ClusterManager manager,
      KubernetesReplicaProvisioner provisioner,
      SharedDemand demand,
      Host host,
      Duration startTime,
      LakehouseCluster definition) {
    this.uid = uid;
    this.manager = manager;
    this.provisioner = provisioner;
    this.demand = demand;
    this.host = host;
    this.startTime = startTime;
    this.definition = definition;
  }

  static ClusterSettings settings(LakehouseCluster definition, Duration startTime) {
    ClusterSettings usual =
        ClusterSettings.of(definition.name(), definition.replica(), definition.scaling());
    return new ClusterSettings(
        usual.name(),
        usual.replica(),
        usual.scaling(),
        usual.tick(),
        startTime,
        usual.probeInterval(),
        usual.probeLimit(),
        usual.missedProbes(),
        usual.silenceLimit(),
        usual.stableAfter());
  }

  boolean is(GenericKubernetesResource resource) {
    return uid.equals(String.valueOf(resource.getMetadata().getUid()));
  }

  LakehouseCluster definition() {
    return definition;
  }

  ClusterManager manager() {
    return manager;
  }

  SharedDemand demand() {
    return demand;
  }

  void define(LakehouseCluster next) {
    if (!next.equals(definition)) {
      definition = next;
      provisioner.current(next.replica());
      manager.reconfigure(settings(next, startTime));
      host.changed(next);
    }
  }

  boolean isDrained() {
    return manager.status().replicas().isEmpty() && provisioner.list().isEmpty();
  }
}
