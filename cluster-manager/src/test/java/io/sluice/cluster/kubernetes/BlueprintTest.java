package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.model.ReplicaId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver is claimed if it is in everything what a start would have made, and else it is not. */
class BlueprintTest {

  private static final LakehouseCluster.Gateway GATEWAY =
      new LakehouseCluster.Gateway() {
        @Override
        public String sparkVersion() {
          return "4.1.2";
        }

        @Override
        public Map<String, String> catalog(String name) {
          return Map.of("spark.sql.catalog." + name, "X");
        }

        @Override
        public Map<String, String> catalogs() {
          return Map.of("spark.sql.catalog.lake", "X", "spark.sql.catalog.pond", "X");
        }

        @Override
        public Set<String> serviceAccounts() {
          return Set.of("spark", "x");
        }
      };

  private static final KubernetesSettings SETTINGS = settings("bi", "sluice-connect");

  private static KubernetesSettings settings(String cluster, String secret) {
    return KubernetesSettings.of(cluster, "sales", Optional.empty(), secret, Path.of("unused"));
  }

  private static GenericKubernetesResource resource(String name, String spec) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("sales").build());
    resource.setAdditionalProperty("spec", Serialization.unmarshal("---\n" + spec, Map.class));
    return resource;
  }

  private static ReplicaSpec cluster(String spec) {
    return LakehouseCluster.read(resource("bi", spec), GATEWAY).replica();
  }

  /** As the API server gives it back. */
  private static GenericKubernetesResource driver(String spec) {
    ReplicaSpec pooled = ClusterPool.read(resource("shared", spec), GATEWAY).replica();
    return Serialization.unmarshal(
        Serialization.asJson(
            SparkApplications.pooled(
                settings(SparkApplications.UNCLAIMED, "sluice-connect")
                    .withStartLimit(Duration.ofSeconds(77)),
                "shared",
                new ReplicaId("shared-w1"),
                pooled,
                "start",
                Instant.EPOCH)),
        GenericKubernetesResource.class);
  }

  private static boolean isClaimable(GenericKubernetesResource driver, String cluster) {
    return Blueprint.of(SETTINGS, cluster(cluster)).isThatOf(driver);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{image: i}",
        "{image: i, size: M, catalogRef: lake, sparkConf: {spark.sql.shuffle.partitions: '7'},"
            + " serviceAccountName: x, executors: {min: 1, max: 3, capacity: OnDemand},"
            + " driverTemplate: {spec: {priorityClassName: high, volumes: [{name: a}]}},"
            + " executorTemplate: {spec: {nodeSelector: {a: b}}}}"
      })
  void whatTheSameFieldsMakeIsTheSame(String spec) {
    assertThat(isClaimable(driver(spec), spec)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{image: j}",
        "{image: i, size: M}",
        "{image: i, catalogRef: lake}",
        "{image: i, serviceAccountName: x}",
        "{image: i, sparkConf: {spark.sql.adaptive.enabled: 'false'}}",
        "{image: i, executors: {min: 1}}",
        "{image: i, executors: {max: 2}}",
        "{image: i, executors: {capacity: OnDemand}}",
        "{image: i, driverTemplate: {spec: {priorityClassName: high}}}",
        "{image: i, executorTemplate: {metadata: {labels: {a: b}}}}"
      })
  void whatAnyFieldMakesOtherwiseIsAnother(String spec) {
    assertThat(isClaimable(driver("{image: i}"), spec)).as("the cluster says more").isFalse();
    assertThat(isClaimable(driver(spec), "{image: i}")).as("the pool says more").isFalse();
  }

  @Test
  void anotherKeyOfSparkConnectIsAnother() {
    assertThat(
            Blueprint.of(settings("bi", "another-key"), cluster("{image: i}"))
                .isThatOf(driver("{image: i}")))
        .isFalse();
  }

  @Test
  void whatWasChangedSinceIsAnother() {
    GenericKubernetesResource configured = driver("{image: i}");
    configured.<Map<String, Object>>get("spec", "sparkConf").put("spark.sql.ansi.enabled", "false");
    assertThat(isClaimable(configured, "{image: i}")).isFalse();

    GenericKubernetesResource added = driver("{image: i}");
    added.<Map<String, Object>>get("spec", "sparkConf").put("spark.jars", "x");
    assertThat(isClaimable(added, "{image: i}")).isFalse();

    GenericKubernetesResource started = driver("{image: i}");
    started.<Map<String, Object>>get("spec").put("mainClass", "x");
    assertThat(isClaimable(started, "{image: i}")).isFalse();

    GenericKubernetesResource contained = driver("{image: i}");
    contained
        .<List<Object>>get("spec", "driverSpec", "podTemplateSpec", "spec", "containers")
        .add(Map.of("name", "sidecar"));
    assertThat(isClaimable(contained, "{image: i}")).isFalse();

    GenericKubernetesResource unmarked = driver("{image: i}");
    unmarked.getMetadata().getAnnotations().remove(SparkApplications.BLUEPRINT_ANNOTATION);
    assertThat(isClaimable(unmarked, "{image: i}")).isFalse();
  }

  @Test
  void defaultsOfTheApiServerAreNoChange() {
    GenericKubernetesResource defaulted = driver("{image: i}");
    defaulted
        .<Map<String, Object>>get("spec", "applicationTolerations", "restartConfig")
        .put("restartBackoffMillis", 30000);
    assertThat(isClaimable(defaulted, "{image: i}")).isTrue();
  }

  /** So that none of them could be taken for a cluster's, nor a cluster's for one of them. */
  @Test
  void noClusterIsCalledAsThoseAreThatBelongToNone() {
    assertThat(
            ClusterRules.problems(
                SparkApplications.UNCLAIMED, new ResourceFields("spec", Map.of())))
        .contains(ClusterRules.NAME);
  }
}
