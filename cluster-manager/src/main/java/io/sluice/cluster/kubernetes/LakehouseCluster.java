package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.autoscale.ScaleIn;
import io.sluice.cluster.autoscale.ScaleOut;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A {@code LakehouseCluster} as it is to be kept.
 *
 * @param groups whose members may use it; empty for everybody
 * @param replica what its replicas are like
 * @param warmPool the pool whose drivers it may claim
 * @param scaling how many there are; none for a suspended one or one that is being deleted
 * @param concurrency how many statements a replica runs at a time at first
 * @param maxQueued how many statements may wait
 * @param queueTimeout how long one may wait
 * @param coldStartTimeout how long a replica may take to start
 */
public record LakehouseCluster(
    String namespace,
    String name,
    Set<String> groups,
    ReplicaSpec replica,
    Optional<String> warmPool,
    ScalingSettings scaling,
    int concurrency,
    int maxQueued,
    Duration queueTimeout,
    Duration coldStartTimeout) {

  /** What the objects are called, for people. */
  static final String OBJECTS = "LakehouseClusters";

  /** The resource's coordinates. */
  public static final ResourceDefinitionContext CONTEXT =
      new ResourceDefinitionContext.Builder()
          .withGroup("sluice.io")
          .withVersion("v1")
          .withKind("LakehouseCluster")
          .withPlural("lakehouseclusters")
          .withNamespaced(true)
          .build();

  /** Keeps a deleted cluster until its replicas have drained. */
  public static final String FINALIZER = "sluice.io/drain";

  /** Groups that nobody is in. */
  static final Set<String> NOBODY = Set.of("\0");

  // What the definition says as well.
  static final String POLICY = "Standard";
  static final int MIN_REPLICAS = 0;
  static final int MAX_REPLICAS = 1;
  static final int MAX_QUEUED = 1000;
  static final int COLD_START_SECONDS = 180;
  static final int QUEUE_SECONDS = 600;
  static final int DRAIN_SECONDS = 600;

  /** What a gateway brings to its clusters. */
  public interface Gateway {

    /** Returns the Spark that it speaks. */
    String sparkVersion();

    /**
     * Returns Spark's settings for a catalog of its configuration.
     *
     * @throws IllegalArgumentException for one that it does not have, naming those that there are
     */
    Map<String, String> catalog(String name);

    /** Returns Spark's settings for a cluster that names no catalog. */
    Map<String, String> catalogs();

    /** Returns the service accounts that drivers may run as. */
    Set<String> serviceAccounts();
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException saying all that is wrong with it
   */
  public static LakehouseCluster read(GenericKubernetesResource resource, Gateway gateway) {
    ResourceFields root = new ResourceFields("", resource.getAdditionalProperties());
    ResourceFields spec = new ResourceFields("spec", root.map("spec"));
    String name = resource.getMetadata().getName();
    List<String> problems = ClusterRules.problems(name, spec);
    ReplicaSpec replica = ReplicaFields.read(spec, gateway, problems);
    ResourceFields queue = spec.object("queue");
    return new LakehouseCluster(
        resource.getMetadata().getNamespace(),
        name,
        groups(resource),
        replica,
        spec.optionalText("warmPoolRef"),
        scaling(spec, resource.getMetadata().getDeletionTimestamp() != null),
        spec.object("autoscaling")
            .integer("maxConcurrency", ReplicaFields.size(spec).concurrency()),
        queue.integer("maxQueued", MAX_QUEUED),
        Duration.ofSeconds(queue.integer("queueTimeoutSeconds", QUEUE_SECONDS)),
        Duration.ofSeconds(queue.integer("coldStartTimeoutSeconds", COLD_START_SECONDS)));
  }

  /**
   * Reads whose members may use one; empty for everybody.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Set<String> groups(GenericKubernetesResource resource) {
    ResourceFields root = new ResourceFields("", resource.getAdditionalProperties());
    return Set.copyOf(new ResourceFields("spec", root.map("spec")).list("groups"));
  }

  /** Returns the same for the members of other groups. */
  LakehouseCluster admitting(Set<String> others) {
    return new LakehouseCluster(
        namespace,
        name,
        others,
        replica,
        warmPool,
        scaling,
        concurrency,
        maxQueued,
        queueTimeout,
        coldStartTimeout);
  }

  private static ScalingSettings scaling(ResourceFields spec, boolean deleted) {
    ResourceFields autoscaling = spec.object("autoscaling");
    int least = autoscaling.integer("minReplicas", MIN_REPLICAS);
    int most = autoscaling.integer("maxReplicas", MAX_REPLICAS);
    if (spec.has("replicas")) {
      least = spec.integer("replicas", 0);
      most = least;
    }
    if (deleted || spec.flag("suspend")) {
      least = 0;
      most = 0;
    }
    return new ScalingSettings(
        least,
        most,
        policy(autoscaling),
        Duration.ofSeconds(spec.object("drain").integer("timeoutSeconds", DRAIN_SECONDS)),
        0);
  }

  private static ScalingPolicy policy(ResourceFields autoscaling) {
    ScalingPolicy preset =
        ScalingPolicy.named(autoscaling.text("policy", POLICY).toLowerCase(Locale.ROOT));
    ResourceFields down = autoscaling.object("scaleDown");
    ScaleOut out = preset.out();
    ScaleIn in = preset.in();
    double utilization = in.utilization();
    if (out instanceof ScaleOut.DrainTime drain) {
      utilization = autoscaling.number("targetUtilization", drain.utilization());
      out =
          new ScaleOut.DrainTime(
              seconds(autoscaling, "queueWaitTargetSeconds", drain.target()),
              drain.longestWait(),
              drain.gate(),
              utilization);
    }
    return new ScalingPolicy(
        preset.name(),
        out,
        new ScaleIn(
            utilization,
            seconds(down, "stabilizationSeconds", in.window()),
            in.checkEvery(),
            down.integer("maxStep", in.step())),
        seconds(autoscaling, "idleSuspendSeconds", preset.idleSuspend()));
  }

  private static Duration seconds(ResourceFields fields, String field, Duration fallback) {
    return Duration.ofSeconds(fields.integer(field, Math.toIntExact(fallback.toSeconds())));
  }
}
