package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.sluice.cluster.ReplicaSpec;
import java.time.Duration;
import java.util.List;

/**
 * A {@code ClusterPool} as it is to be kept: drivers that are started before they are needed, for
 * the clusters of the same namespace whose replicas are the same in everything.
 *
 * @param replica what its drivers are like
 * @param replicas how many are kept that no cluster has claimed
 * @param maxAge after how long one that nobody claimed is replaced
 * @param startTimeout how long one may take to start
 */
public record ClusterPool(
    String namespace,
    String name,
    ReplicaSpec replica,
    int replicas,
    Duration maxAge,
    Duration startTimeout) {

  /** The resource's coordinates. */
  public static final ResourceDefinitionContext CONTEXT =
      new ResourceDefinitionContext.Builder()
          .withGroup("sluice.io")
          .withVersion("v1")
          .withKind("ClusterPool")
          .withPlural("clusterpools")
          .withNamespaced(true)
          .build();

  // What the definition says as well.
  static final int REPLICAS = 1;
  static final int MOST_REPLICAS = 100;
  static final int MAX_AGE_SECONDS = 86_400;
  static final int LEAST_MAX_AGE_SECONDS = 60;
  static final int MOST_MAX_AGE_SECONDS = 2_592_000;
  static final int MOST_START_SECONDS = 3600;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException saying all that is wrong with it
   */
  public static ClusterPool read(
      GenericKubernetesResource resource, LakehouseCluster.Gateway gateway) {
    ResourceFields root = new ResourceFields("", resource.getAdditionalProperties());
    ResourceFields spec = new ResourceFields("spec", root.map("spec"));
    String name = resource.getMetadata().getName();
    int replicas = spec.integer("replicas", REPLICAS);
    int maxAge = spec.integer("maxAgeSeconds", MAX_AGE_SECONDS);
    int startTimeout = spec.integer("startTimeoutSeconds", LakehouseCluster.COLD_START_SECONDS);
    List<String> problems = ClusterRules.problemsOfPool(name, spec);
    ClusterRules.within(problems, "spec.replicas", replicas, 0, MOST_REPLICAS);
    ClusterRules.within(
        problems, "spec.maxAgeSeconds", maxAge, LEAST_MAX_AGE_SECONDS, MOST_MAX_AGE_SECONDS);
    ClusterRules.within(problems, "spec.startTimeoutSeconds", startTimeout, 1, MOST_START_SECONDS);
    return new ClusterPool(
        resource.getMetadata().getNamespace(),
        name,
        ReplicaFields.read(spec, gateway, problems),
        replicas,
        Duration.ofSeconds(maxAge),
        Duration.ofSeconds(startTimeout));
  }
}
