package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * What a gateway is.
 *
 * @param namespaces whose clusters it serves; names are unique among all of them
 * @param ownNamespace where the gateways run
 * @param name what those are called together that share the clusters; others in the same namespace
 *     have another name
 * @param identity of this gateway, which no other one has: its pod's name
 * @param gateway what it brings to clusters
 * @param coordinates gives the coordinates of a cluster's or a pool's applications
 * @param state a folder that nobody else may look into: what is known is kept there, for a start
 *     while the API server is away
 * @param term how long the other gateways wait for one that says nothing, before another leads and
 *     what it left running on Spark is ended; at least three ticks
 * @param tick how often everything is looked at, beside when something changes
 */
public record GatewaySettings(
    Set<String> namespaces,
    String ownNamespace,
    String name,
    String identity,
    LakehouseCluster.Gateway gateway,
    ClusterCoordinates coordinates,
    Path state,
    Duration term,
    Duration tick) {

  public GatewaySettings {
    namespaces = Set.copyOf(namespaces);
  }

  /** Returns the name of the Lease in the gateways' namespace that the one that leads holds. */
  public String lease() {
    return name + "-manager";
  }

  /** Says where a cluster's applications are kept: {@link KubernetesSettings#of} for most. */
  public interface ClusterCoordinates {

    /**
     * Returns them.
     *
     * @param cluster the label of those that are made there
     * @param owner with which they go
     */
    KubernetesSettings of(String cluster, String namespace, OwnerReference owner);
  }
}
