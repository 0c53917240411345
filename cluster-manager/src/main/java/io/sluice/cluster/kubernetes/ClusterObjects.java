package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the objects of clusters what the gateway that leads makes of them: their status, and
 * the finalizer that keeps an object until its replicas are drained.
 */
final class ClusterObjects {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterObjects.class);

  private final Patches patches;
  private final InstantSource clock;

  ClusterObjects(KubernetesClient client, InstantSource clock) {
    this.patches = new Patches(client, LakehouseCluster.CONTEXT);
    this.clock = clock;
  }

  /** Nothing is started for a cluster that could go without its replicas being drained. */
  static boolean mayHold(GenericKubernetesResource resource) {
    return resource.getMetadata().getDeletionTimestamp() != null || isHeld(resource);
  }

  private static boolean isHeld(GenericKubernetesResource resource) {
    return resource.getMetadata().getFinalizers().contains(LakehouseCluster.FINALIZER);
  }

  /**
   * Writes what is not there yet; where the API server does not take it, it is tried again next
   * time.
   *
   * @param cluster what is made of it; null when it never was as it should be
   * @param problem what is wrong with it; empty when nothing is
   */
  void write(GenericKubernetesResource resource, @Nullable ManagedCluster cluster, String problem) {
    try {
      keep(resource, cluster, problem);
    } catch (KubernetesClientException answer) {
      LOG.warn(
          "cluster {}: its object cannot be written now: {}",
          resource.getMetadata().getName(),
          Refusals.why(answer, "patch", LakehouseCluster.OBJECTS)
              .orElseGet(() -> Refusals.message(answer)));
    }
  }

  private void keep(
      GenericKubernetesResource resource, @Nullable ManagedCluster cluster, String problem) {
    boolean deleted = resource.getMetadata().getDeletionTimestamp() != null;
    if (deleted && (cluster == null || cluster.isDrained())) {
      if (isHeld(resource)) {
        finalizers(resource, false);
      }
      return;
    }
    if (!deleted && !isHeld(resource)) {
      finalizers(resource, true);
      return;
    }
    StatusReport report =
        new StatusReport(
            resource, problem, cluster == null ? "" : cluster.shortage(), clock.instant());
    Map<String, Object> status =
        cluster == null
            ? report.pending()
            : report.of(cluster.manager().status(), cluster.manager().snapshot());
    patches.status(resource, status);
  }

  private void finalizers(GenericKubernetesResource resource, boolean held) {
    List<String> finalizers = new ArrayList<>(resource.getMetadata().getFinalizers());
    finalizers.remove(LakehouseCluster.FINALIZER);
    if (held) {
      finalizers.add(LakehouseCluster.FINALIZER);
    }
    Map<String, @Nullable Object> metadata = new HashMap<>();
    // Null is what takes a field away.
    metadata.put("finalizers", finalizers.isEmpty() ? null : finalizers);
    patches.change(resource, Map.of("metadata", metadata), false);
  }
}
