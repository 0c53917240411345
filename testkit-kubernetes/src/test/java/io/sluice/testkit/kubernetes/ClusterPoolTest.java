package io.sluice.testkit.kubernetes;

import static io.sluice.testkit.kubernetes.LakehouseClusterTest.GATEWAY;
import static io.sluice.testkit.kubernetes.LakehouseClusterTest.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sluice.cluster.kubernetes.ClusterPool;
import io.sluice.cluster.kubernetes.ClusterRules;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The definition and the Java that reads it say the same; where the API server is real, it too. */
class ClusterPoolTest {

  @RegisterExtension private static final ApiServerExtension API = new ApiServerExtension();

  static GenericKubernetesResource resource(String namespace, String name, String spec) {
    return LakehouseClusterTest.resource("ClusterPool", namespace, name, spec);
  }

  private static Map<String, Object> schema() throws IOException {
    return LakehouseClusterTest.schema("clusterpool.yaml");
  }

  private static Map<String, Object> fields(Map<String, Object> schema) {
    return map(map(map(schema.get("properties")).get("spec")).get("properties"));
  }

  @Test
  void theDefinitionsRulesAreThoseOfTheCode() throws IOException {
    Set<String> found = new TreeSet<>();
    LakehouseClusterTest.messages(schema(), found);
    assertThat(found)
        .containsExactlyInAnyOrder(
            ClusterRules.NAME, ClusterRules.SPARK_CONF, ClusterRules.EXECUTORS);
  }

  @Test
  void theDefinitionsDefaultsAreThoseOfTheCode() throws IOException {
    GenericKubernetesResource plain = resource(API.namespace(), "plain", "image: spark:1");
    GenericKubernetesResource full = resource(API.namespace(), "plain", "image: spark:1");
    LakehouseClusterTest.setDefaults(
        map(map(schema().get("properties")).get("spec")), map(full.get("spec")));
    assertThat(map(full.get("spec")))
        .containsKeys(
            "size",
            "serviceAccountName",
            "executors",
            "replicas",
            "maxAgeSeconds",
            "startTimeoutSeconds");
    assertThat(ClusterPool.read(full, GATEWAY)).isEqualTo(ClusterPool.read(plain, GATEWAY));
    if (ApiServer.isReal()) {
      GenericKubernetesResource created = API.server().client().resource(plain).create();
      assertThat(created.<Object>get("spec")).isEqualTo(full.<Object>get("spec"));
    }
  }

  /** What makes a replica is said in the same words in both, and all of it. */
  @Test
  void whatADriverIsLikeIsSaidAsAClusterSaysIt() throws IOException {
    Map<String, Object> pool = new LinkedHashMap<>(fields(schema()));
    pool.keySet().removeAll(List.of("replicas", "maxAgeSeconds", "startTimeoutSeconds"));
    Map<String, Object> cluster =
        new LinkedHashMap<>(fields(LakehouseClusterTest.schema("lakehousecluster.yaml")));
    cluster
        .keySet()
        .removeAll(
            List.of(
                "groups", "warmPoolRef", "suspend", "replicas", "autoscaling", "queue", "drain"));
    assertThat(undescribed(pool)).isEqualTo(undescribed(cluster));
  }

  private static Object undescribed(Object value) {
    if (!(value instanceof Map)) {
      return value;
    }
    Map<String, Object> left = new LinkedHashMap<>();
    map(value)
        .forEach(
            (key, field) -> {
              if (!key.equals("description")) {
                left.put(key, undescribed(field));
              }
            });
    return left;
  }

  @Test
  void aPoolsDriverIsWhatTheSameFieldsMakeOfACluster() {
    String fields =
        """
        size: M
        image: spark:2
        sparkConf: {spark.sql.adaptive.enabled: "false"}
        catalogRef: lake
        serviceAccountName: sales-spark
        executors: {min: 1, max: 3, capacity: SpotOnly}
        driverTemplate: {spec: {priorityClassName: high}}
        """;
    ClusterPool pool =
        ClusterPool.read(
            resource(
                "sales",
                "shared",
                fields + "replicas: 4\nmaxAgeSeconds: 600\nstartTimeoutSeconds: 90\n"),
            GATEWAY);
    assertThat(pool.replica())
        .isEqualTo(
            LakehouseCluster.read(LakehouseClusterTest.resource("sales", "bi", fields), GATEWAY)
                .replica());
    assertThat(pool.namespace()).isEqualTo("sales");
    assertThat(pool.name()).isEqualTo("shared");
    assertThat(pool.replicas()).isEqualTo(4);
    assertThat(pool.maxAge()).isEqualTo(Duration.ofSeconds(600));
    assertThat(pool.startTimeout()).isEqualTo(Duration.ofSeconds(90));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a-name-that-is-longer-than-forty-characters | {image: i} | metadata.name must be",
        "Upper | {image: i} | metadata.name must be",
        "a | {image: i, executors: {min: 3, max: 2}} | spec.executors.min must not be above",
        "a | {image: i, sparkConf: {spark.master: k8s}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.sql.catalog.lake.uri: x}} | spec.sparkConf must not set",
        "a | {image: i, driverTemplate: {spec: {hostPID: true}}} | spec.hostPID cannot be set",
      })
  void aPoolThatBreaksARuleIsRefused(String name, String spec, String message) {
    GenericKubernetesResource resource = resource(API.namespace(), name, spec);
    assertThatThrownBy(() -> ClusterPool.read(resource, GATEWAY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    // What no definition knows is dropped there, as LakehouseClusterTest has it.
    if (ApiServer.isReal() && !name.equals("Upper") && !spec.contains("hostPID")) {
      assertThatThrownBy(() -> API.server().client().resource(resource).create())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{image: i, replicas: -1}",
        "{image: i, replicas: 101}",
        "{image: i, replicas: many}",
        "{image: i, maxAgeSeconds: 59}",
        "{image: i, maxAgeSeconds: 2592001}",
        "{image: i, startTimeoutSeconds: 0}",
        "{image: i, startTimeoutSeconds: 3601}",
        "{image: i, size: XXL}",
        "{image: i, executors: {max: 0}}"
      })
  void whatIsNotOfTheSchemaIsRefused(String spec) {
    GenericKubernetesResource resource = resource(API.namespace(), "b", spec);
    assertThatThrownBy(() -> ClusterPool.read(resource, GATEWAY))
        .isInstanceOf(IllegalArgumentException.class);
    if (ApiServer.isReal()) {
      assertThatThrownBy(() -> API.server().client().resource(resource).create())
          .isInstanceOf(KubernetesClientException.class);
    }
  }
}
