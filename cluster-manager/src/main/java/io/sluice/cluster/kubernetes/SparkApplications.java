package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.sluice.cluster.ReplicaPlace;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.model.ReplicaId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes a replica down as a {@code SparkApplication} of the Apache Spark Kubernetes operator, and
 * reads from one what Sluice wrote there.
 */
final class SparkApplications {

  /** Where drivers listen for Spark Connect. */
  static final int PORT = 15002;

  static final ResourceDefinitionContext CONTEXT =
      new ResourceDefinitionContext.Builder()
          .withGroup("spark.apache.org")
          .withVersion("v1")
          .withKind("SparkApplication")
          .withPlural("sparkapplications")
          .withNamespaced(true)
          .build();

  /** On applications and drivers: whose replica it is. */
  static final String CLUSTER_LABEL = "sluice.io/cluster";

  /**
   * In place of a cluster's name, which has no capitals: of a pool, and of no cluster yet. Pods of
   * an application that has been claimed keep it, as Spark's settings do not change.
   */
  static final String UNCLAIMED = "Pool";

  /** On applications: the pool that they were started for. */
  static final String POOL_LABEL = "sluice.io/pool";

  /** On applications of a pool: their blueprint's digest. */
  static final String BLUEPRINT_ANNOTATION = "sluice.io/blueprint";

  /** On applications: {@link #revision}. */
  static final String REVISION_LABEL = "sluice.io/revision";

  /** On applications: which call of {@code start} or {@code claim} made it what it is. */
  static final String START_ANNOTATION = "sluice.io/start";

  /** On applications: how many tasks it runs at a time. */
  static final String SLOTS_ANNOTATION = "sluice.io/task-slots";

  /** On applications: the driver's heap. */
  static final String HEAP_ANNOTATION = "sluice.io/heap";

  /** On applications of a pool: when they were asked for, by the gateways' clock. */
  static final String MADE_ANNOTATION = "sluice.io/made";

  /** What the operator and Spark put on the driver. */
  static final String APPLICATION_LABEL = "spark.operator/spark-app-name";

  static final String ROLE_LABEL = "spark-role";

  private SparkApplications() {}

  static GenericKubernetesResource manifest(
      KubernetesSettings settings, ReplicaId id, ReplicaSpec spec, String start) {
    ObjectMeta metadata =
        new ObjectMetaBuilder()
            .withName(id.value())
            .withNamespace(settings.namespace())
            .addToLabels(CLUSTER_LABEL, settings.cluster())
            .addToLabels(REVISION_LABEL, revision(spec))
            .addToAnnotations(START_ANNOTATION, start)
            .addToAnnotations(SLOTS_ANNOTATION, Integer.toString(spec.taskSlots()))
            .addToAnnotations(HEAP_ANNOTATION, spec.heap())
            .build();
    settings.owner().ifPresent(owner -> metadata.getOwnerReferences().add(owner));

    GenericKubernetesResource application = new GenericKubernetesResource();
    application.setApiVersion("spark.apache.org/v1");
    application.setKind("SparkApplication");
    application.setMetadata(metadata);
    application.setAdditionalProperty("spec", body(settings, spec));
    return application;
  }

  /** Returns one that no cluster has claimed yet. */
  static GenericKubernetesResource pooled(
      KubernetesSettings settings,
      String pool,
      ReplicaId id,
      ReplicaSpec spec,
      String start,
      Instant made) {
    KubernetesSettings unclaimed = settings.ofCluster(UNCLAIMED);
    GenericKubernetesResource application = manifest(unclaimed, id, spec, start);
    application.getMetadata().getLabels().put(POOL_LABEL, pool);
    application
        .getMetadata()
        .getAnnotations()
        .put(BLUEPRINT_ANNOTATION, Blueprint.of(unclaimed, spec).digest());
    application.getMetadata().getAnnotations().put(MADE_ANNOTATION, made.toString());
    return application;
  }

  /** Returns when one of a pool was asked for; empty if it does not say so. */
  static Optional<Instant> made(GenericKubernetesResource application) {
    try {
      return Optional.ofNullable(application.getMetadata().getAnnotations())
          .map(annotations -> annotations.get(MADE_ANNOTATION))
          .map(Instant::parse);
    } catch (DateTimeParseException notOurs) {
      return Optional.empty();
    }
  }

  static Map<String, Object> body(KubernetesSettings settings, ReplicaSpec spec) {
    KubernetesPlace place = place(spec);
    long grace = settings.grace().toSeconds();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("mainClass", "org.apache.spark.sql.connect.service.SparkConnectServer");
    body.put("deploymentMode", "ClusterMode");
    body.put(
        "runtimeVersions", Map.of("sparkVersion", spec.sparkVersion(), "scalaVersion", "2.13"));
    body.put("sparkConf", configuration(settings, spec, place));
    body.put("driverSpec", Map.of("podTemplateSpec", PodTemplates.driver(place, grace)));
    body.put("executorSpec", Map.of("podTemplateSpec", PodTemplates.executor(place, grace)));
    body.put(
        "applicationTolerations",
        Map.of(
            // A driver that starts again has lost every session: the manager replaces it.
            "restartConfig",
            Map.of("restartPolicy", "Never"),
            "applicationTimeoutConfig",
            Map.of(
                "driverStartTimeoutMillis",
                settings.startLimit().toMillis(),
                "driverReadyTimeoutMillis",
                settings.startLimit().toMillis(),
                "forceTerminationGracePeriodMillis",
                settings.grace().toMillis()),
            // Executors come when statements need them.
            "instanceConfig",
            Map.of("initExecutors", 0, "minExecutors", 0, "maxExecutors", place.mostExecutors()),
            "resourceRetainPolicy",
            "Never",
            "ttlAfterStopMillis",
            settings.grace().toMillis()));
    return body;
  }

  private static Map<String, String> configuration(
      KubernetesSettings settings, ReplicaSpec spec, KubernetesPlace place) {
    ReplicaSize size = place.size();
    Map<String, String> values = new TreeMap<>();
    values.put("spark.sql.shuffle.partitions", Integer.toString(4 * spec.taskSlots()));
    values.put("spark.dynamicAllocation.executorIdleTimeout", "60s");
    values.put("spark.dynamicAllocation.cachedExecutorIdleTimeout", "600s");
    values.put("spark.executor.decommission.killInterval", "110s");
    values.put("spark.ui.retainedJobs", "100");
    values.put("spark.ui.retainedStages", "100");
    values.put("spark.ui.retainedTasks", "1000");
    values.putAll(spec.configuration());

    values.put("spark.app.name", "sluice");
    values.put(
        "spark.sql.extensions",
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    values.put("spark.ui.enabled", "false");
    values.put("spark.authenticate", "true");
    values.put("spark.scheduler.mode", "FAIR");
    values.put("spark.driver.cores", Integer.toString(size.driverCores()));
    values.put("spark.driver.memory", spec.heap());
    values.put("spark.executor.cores", Integer.toString(size.executorCores()));
    values.put("spark.executor.memory", size.executorHeap());
    values.put("spark.dynamicAllocation.enabled", "true");
    values.put("spark.dynamicAllocation.shuffleTracking.enabled", "true");
    String least = Integer.toString(place.leastExecutors());
    values.put("spark.dynamicAllocation.initialExecutors", least);
    values.put("spark.dynamicAllocation.minExecutors", least);
    values.put("spark.dynamicAllocation.maxExecutors", Integer.toString(place.mostExecutors()));
    // An executor whose node is taken away hands on what it holds.
    values.put("spark.decommission.enabled", "true");
    values.put("spark.storage.decommission.enabled", "true");
    values.put("spark.storage.decommission.rddBlocks.enabled", "true");
    values.put("spark.storage.decommission.shuffleBlocks.enabled", "true");
    values.put("spark.connect.grpc.binding.port", Integer.toString(PORT));
    values.put("spark.kubernetes.container.image", place.image());
    values.put("spark.kubernetes.namespace", settings.namespace());
    // Else Spark takes the first container of a template for its own, which may be another.
    values.put("spark.kubernetes.driver.podTemplateContainerName", PodTemplates.DRIVER);
    values.put("spark.kubernetes.executor.podTemplateContainerName", PodTemplates.EXECUTOR);
    values.put("spark.kubernetes.authenticate.driver.serviceAccountName", place.serviceAccount());
    values.put("spark.kubernetes.driver.label." + CLUSTER_LABEL, settings.cluster());
    values.put("spark.kubernetes.executor.label." + CLUSTER_LABEL, settings.cluster());
    values.put(
        "spark.kubernetes.driver.secretKeyRef.SPARK_CONNECT_AUTHENTICATE_TOKEN",
        settings.tokenSecret() + ":" + settings.tokenKey());
    values.putAll(SparkConfiguration.required(spec));
    return values;
  }

  /** Returns which call of {@code start} or {@code claim} was the last to make it what it is. */
  static Optional<String> start(GenericKubernetesResource application) {
    return Optional.ofNullable(application.getMetadata().getAnnotations())
        .map(annotations -> annotations.get(START_ANNOTATION));
  }

  /**
   * Returns what a replica is like: the current kind if its application says so, else one of
   * another kind with the figures that it tells.
   */
  static ReplicaSpec spec(GenericKubernetesResource application, ReplicaSpec current) {
    Map<String, String> labels = application.getMetadata().getLabels();
    if (labels != null && revision(current).equals(labels.get(REVISION_LABEL))) {
      return current;
    }
    Map<String, String> annotations = application.getMetadata().getAnnotations();
    String slots = annotations == null ? null : annotations.get(SLOTS_ANNOTATION);
    String heap = annotations == null ? null : annotations.get(HEAP_ANNOTATION);
    try {
      return new ReplicaSpec(
          slots == null ? current.taskSlots() : Integer.parseInt(slots),
          heap == null ? current.heap() : heap,
          current.sparkVersion(),
          current.configuration(),
          new OtherRevision(labels == null ? "" : labels.getOrDefault(REVISION_LABEL, "")));
    } catch (IllegalArgumentException notOurs) {
      return new ReplicaSpec(
          current.taskSlots(),
          current.heap(),
          current.sparkVersion(),
          current.configuration(),
          new OtherRevision(""));
    }
  }

  /** The place of a replica of another kind, of which no more is known. */
  private record OtherRevision(String revision) implements ReplicaPlace {}

  private static KubernetesPlace place(ReplicaSpec spec) {
    if (spec.place() instanceof KubernetesPlace place) {
      return place;
    }
    throw new IllegalArgumentException("not a replica for Kubernetes: " + spec);
  }

  /** Returns a short name of all that a replica is like; different ones for different replicas. */
  static String revision(ReplicaSpec spec) {
    return digest(canonical(spec)).substring(0, 16);
  }

  /** Returns a text's SHA-256 in hexadecimal digits. */
  static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  private static String canonical(ReplicaSpec spec) {
    KubernetesPlace place = place(spec);
    return String.join(
        "\n",
        spec.sparkVersion(),
        Integer.toString(spec.taskSlots()),
        spec.heap(),
        sorted(spec.configuration()).toString(),
        place.image(),
        place.serviceAccount(),
        place.size().name(),
        place.leastExecutors() + " " + place.mostExecutors() + " " + place.capacity(),
        sorted(place.driverTemplate()).toString(),
        sorted(place.executorTemplate()).toString());
  }

  /** Returns the same with the keys of all its objects in order. */
  static Map<String, Object> sorted(Map<String, ?> map) {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(key, sortedValue(value)));
    return sorted;
  }

  @SuppressWarnings("unchecked") // JSON's objects have texts for keys.
  private static Object sortedValue(Object value) {
    if (value instanceof Map) {
      return sorted((Map<String, Object>) value);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(SparkApplications::sortedValue).toList();
    }
    return value;
  }
}
