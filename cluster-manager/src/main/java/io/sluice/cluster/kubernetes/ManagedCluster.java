package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A cluster of which there is an object, and its manager here. */
final class ManagedCluster {

  private GenericKubernetesResource resource;
  private final ClusterManager manager;
  private final KubernetesReplicaProvisioner provisioner;
  private final SharedDemand demand;
  private final Host host;
  private final Duration startTime;
  private LakehouseCluster definition;

  ManagedCluster(
      GenericKubernetesResource resource,
      ClusterManager manager,
      KubernetesReplicaProvisioner provisioner,
      SharedDemand demand,
      Host host,
      Duration startTime,
      LakehouseCluster definition) {
    this.resource = resource;
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

  boolean is(GenericKubernetesResource other) {
    return Objects.equals(resource.getMetadata().getUid(), other.getMetadata().getUid());
  }

  LakehouseCluster definition() {
    return definition;
  }

  ClusterManager manager() {
    return manager;
  }

  /** Returns what the other gateways are to know of it; empty if it has been idle for long. */
  Optional<ToldLoad> told(Instant now) {
    // Before the load, which may then tell of what was sent since.
    Map<ReplicaId, Instant> leftAlone = manager.leftAlone();
    ClusterLoad load = demand.own().load();
    Duration idle = Duration.between(load.lastActivity(), now);
    boolean quiet =
        load.statements() == 0
            && leftAlone.isEmpty()
            && idle.compareTo(definition.scaling().policy().idleSuspend()) > 0;
    return quiet ? Optional.empty() : Optional.of(new ToldLoad(load, leftAlone));
  }

  /**
   * Has those use the cluster whom an object's groups admit, whatever else of it can be read;
   * nobody if they cannot be read themselves.
   */
  void admit(GenericKubernetesResource object) {
    Set<String> groups;
    try {
      groups = LakehouseCluster.groups(object);
    } catch (IllegalArgumentException unreadable) {
      groups = LakehouseCluster.NOBODY;
    }
    if (!groups.equals(definition.groups())) {
      LakehouseCluster next = definition.admitting(groups);
      host.changed(next);
      definition = next;
    }
  }

  /**
   * Has the cluster be kept so from now on.
   *
   * @throws IllegalArgumentException if it cannot become that, saying why
   */
  void define(GenericKubernetesResource object, LakehouseCluster next) {
    List<String> problems = ClusterRules.problemsOfChange(spec(resource), spec(object));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    resource = object;
    if (!next.equals(definition)) {
      provisioner.current(next.replica(), next.coldStartTimeout());
      provisioner.claimFrom(next.warmPool());
      manager.reconfigure(settings(next, startTime));
      host.changed(next);
      definition = next;
    }
  }

  private static Map<String, Object> spec(GenericKubernetesResource object) {
    return new ResourceFields("", object.getAdditionalProperties()).map("spec");
  }

  /** Returns what its replicas want for; empty when nothing is. */
  String shortage() {
    return provisioner.shortage();
  }

  boolean isDrained() {
    return manager.status().replicas().isEmpty() && provisioner.list().isEmpty();
  }
}
