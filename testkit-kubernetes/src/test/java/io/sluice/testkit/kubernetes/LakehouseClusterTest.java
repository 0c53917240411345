package io.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.kubernetes.ClusterRules;
import io.sluice.cluster.kubernetes.ExecutorCapacity;
import io.sluice.cluster.kubernetes.KubernetesPlace;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.cluster.kubernetes.ReplicaSize;
import io.sluice.cluster.kubernetes.TemplateRules;
import java.io.IOException;
import java.nio.file.Files;
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
class LakehouseClusterTest {

  static final LakehouseCluster.Gateway GATEWAY =
      new LakehouseCluster.Gateway() {
        @Override
        public String sparkVersion() {
          return "4.1.2";
        }

        @Override
        public Map<String, String> catalog(String name) {
          if (!name.equals("lake")) {
            throw new IllegalArgumentException("spec.catalogRef is none of [lake]: " + name);
          }
          return Map.of("spark.sql.catalog.lake", "X");
        }

        @Override
        public Map<String, String> catalogs() {
          return Map.of();
        }

        @Override
        public Set<String> serviceAccounts() {
          return Set.of("spark", "sales-spark");
        }
      };

  @RegisterExtension private static final ApiServerExtension API = new ApiServerExtension();

  static GenericKubernetesResource resource(String namespace, String name, String spec) {
    return resource("LakehouseCluster", namespace, name, spec);
  }

  static GenericKubernetesResource resource(
      String kind, String namespace, String name, String spec) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setApiVersion("sluice.io/v1");
    resource.setKind(kind);
    resource.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace(namespace).build());
    resource.setAdditionalProperty("spec", Serialization.unmarshal("---\n" + spec, Map.class));
    return resource;
  }

  private static Map<String, Object> schema() throws IOException {
    return schema("lakehousecluster.yaml");
  }

  static Map<String, Object> schema(String file) throws IOException {
    Map<String, Object> definition =
        map(
            Serialization.unmarshal(
                Files.readString(ApiServer.deploy().resolve("sluice/crds").resolve(file)),
                Map.class));
    Map<String, Object> version =
        map(((List<?>) map(definition.get("spec")).get("versions")).get(0));
    return map(map(version.get("schema")).get("openAPIV3Schema"));
  }

  @SuppressWarnings("unchecked") // YAML's objects have texts for keys.
  static Map<String, Object> map(Object value) {
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  static void messages(Map<String, Object> schema, Set<String> found) {
    if (schema.get("x-kubernetes-validations") instanceof List<?> rules) {
      rules.forEach(rule -> found.add(String.valueOf(map(rule).get("message"))));
    }
    map(schema.get("properties")).values().forEach(field -> messages(map(field), found));
  }

  /** As the API server does: the object's own default first, then those of its fields. */
  static void setDefaults(Map<String, Object> schema, Map<String, Object> object) {
    map(schema.get("properties"))
        .forEach(
            (name, field) -> {
              Object fallback = map(field).get("default");
              if (fallback != null && !object.containsKey(name)) {
                object.put(
                    name, fallback instanceof Map ? new LinkedHashMap<>(map(fallback)) : fallback);
              }
              if (object.get(name) instanceof Map) {
                setDefaults(map(field), map(object.get(name)));
              }
            });
  }

  @Test
  void theDefinitionsRulesAreThoseOfTheCode() throws IOException {
    Set<String> found = new TreeSet<>();
    messages(schema(), found);
    assertThat(found)
        .containsExactlyInAnyOrder(
            ClusterRules.NAME,
            ClusterRules.REPLICAS,
            ClusterRules.SPARK_CONF,
            ClusterRules.CATALOG,
            ClusterRules.WARM_POOL,
            ClusterRules.LEAST,
            ClusterRules.POLICY,
            ClusterRules.EXECUTORS);
  }

  @Test
  void theDefinitionsDefaultsAreThoseOfTheCode() throws IOException {
    GenericKubernetesResource plain = resource(API.namespace(), "plain", "image: spark:1");
    GenericKubernetesResource full = resource(API.namespace(), "plain", "image: spark:1");
    setDefaults(map(map(schema().get("properties")).get("spec")), map(full.get("spec")));
    assertThat(map(full.get("spec")))
        .containsKeys("size", "serviceAccountName", "autoscaling", "queue", "drain", "executors");
    assertThat(LakehouseCluster.read(full, GATEWAY))
        .isEqualTo(LakehouseCluster.read(plain, GATEWAY));
    if (ApiServer.isReal()) {
      GenericKubernetesResource created = API.server().client().resource(plain).create();
      assertThat(created.<Object>get("spec")).isEqualTo(full.<Object>get("spec"));
    }
  }

  /** Rules of an object are asked before the defaults of its fields are set. */
  @Test
  void anObjectsDefaultHoldsThoseOfItsFields() throws IOException {
    map(map(map(schema().get("properties")).get("spec")).get("properties"))
        .forEach(
            (name, field) -> {
              if (map(field).get("default") instanceof Map) {
                Map<String, Object> object = new LinkedHashMap<>(map(map(field).get("default")));
                setDefaults(map(field), object);
                assertThat(object).as(name).isEqualTo(map(field).get("default"));
              }
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a-name-that-is-longer-than-forty-characters | {image: i} | metadata.name must be",
        "1st | {image: i} | metadata.name must be",
        "with.dot | {image: i} | metadata.name must be",
        "a | {image: i, replicas: 2} | spec.replicas must not be above",
        "a | {image: i, autoscaling: {minReplicas: 2}} | spec.autoscaling.minReplicas must not be",
        "a | {image: i, autoscaling: {policy: Snowflake, targetUtilization: 0.5}} | hold for the",
        "a | {image: i, autoscaling: {policy: Databricks, queueWaitTargetSeconds: 5}} | hold for the",
        "a | {image: i, executors: {min: 3, max: 2}} | spec.executors.min must not be above",
        "a | {image: i, sparkConf: {spark.master: k8s}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.kubernetes.namespace: x}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.connect.authenticate.token: x}} | spec.sparkConf must not",
        "a | {image: i, sparkConf: {spark.authenticate.secret: x}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.submit.deployMode: x}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.sql.catalog.lake.uri: x}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.sql.catalog.mine: x}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.sql.extensions: x}} | spec.sparkConf must not set",
        "a | {image: i, sparkConf: {spark.sql.defaultCatalog: x}} | spec.sparkConf must not set",
        "a | {image: i, warmPoolRef: Shared} | spec.warmPoolRef must be the name of a ClusterPool",
        "a | {image: i, warmPoolRef: ''} | spec.warmPoolRef must be the name of a ClusterPool",
      })
  void aClusterThatBreaksARuleIsRefused(String name, String spec, String message) {
    GenericKubernetesResource resource = resource(API.namespace(), name, spec);
    assertThatThrownBy(() -> LakehouseCluster.read(resource, GATEWAY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    if (ApiServer.isReal()) {
      assertThatThrownBy(() -> API.server().client().resource(resource).create())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{image: i, size: XXL}",
        "{image: i, executors: {capacity: Cheap}}",
        "{image: i, autoscaling: {policy: Best}}",
        "{image: i, autoscaling: {maxReplicas: many}}",
        "{image: i, autoscaling: {scaleDown: {maxStep: 0}}}",
        "{image: i, executors: {max: 0}}",
        "{image: i, replicas: -1}",
        "{image: i, groups: analysts}",
        "{image: i, warmPoolRef: [shared]}",
        "{image: i, groups: ['']}"
      })
  void whatIsNotOfTheSchemaIsRefused(String spec) {
    GenericKubernetesResource resource = resource(API.namespace(), "b", spec);
    assertThatThrownBy(() -> LakehouseCluster.read(resource, GATEWAY))
        .isInstanceOf(IllegalArgumentException.class);
    if (ApiServer.isReal()) {
      assertThatThrownBy(() -> API.server().client().resource(resource).create())
          .isInstanceOf(KubernetesClientException.class);
    }
  }

  @Test
  void theCatalogStaysWhatItIs() {
    Map<String, Object> lake = Map.of("image", "i", "catalogRef", "lake");
    Map<String, Object> none = Map.of("image", "i");
    assertThat(ClusterRules.problemsOfChange(lake, lake)).isEmpty();
    assertThat(ClusterRules.problemsOfChange(none, lake)).containsExactly(ClusterRules.CATALOG);
    assertThat(ClusterRules.problemsOfChange(lake, none)).containsExactly(ClusterRules.CATALOG);
    if (ApiServer.isReal()) {
      GenericKubernetesResource created =
          API.server()
              .client()
              .resource(resource(API.namespace(), "catalog", "{image: i, catalogRef: lake}"))
              .create();
      map(created.get("spec")).put("catalogRef", "pond");
      assertThatThrownBy(() -> API.server().client().resource(created).update())
          .hasMessageContaining(ClusterRules.CATALOG);
    }
  }

  @Test
  void allOfItIsRead() {
    String spec =
        """
        size: M
        groups: [analysts, engineers]
        image: spark:2
        sparkConf: {spark.sql.adaptive.enabled: "false"}
        catalogRef: lake
        warmPoolRef: shared
        serviceAccountName: sales-spark
        autoscaling:
          minReplicas: 1
          maxReplicas: 4
          policy: Economy
          maxConcurrency: 7
          targetUtilization: 0.5
          queueWaitTargetSeconds: 40
          idleSuspendSeconds: 50
          scaleDown: {stabilizationSeconds: 60, maxStep: 2}
        queue: {maxQueued: 70, queueTimeoutSeconds: 80, coldStartTimeoutSeconds: 90}
        drain: {timeoutSeconds: 100}
        executors: {min: 1, max: 3, capacity: SpotOnly}
        driverTemplate: {spec: {priorityClassName: high}}
        """;
    LakehouseCluster cluster = LakehouseCluster.read(resource("sales", "bi", spec), GATEWAY);
    assertThat(cluster.namespace()).isEqualTo("sales");
    assertThat(cluster.name()).isEqualTo("bi");
    assertThat(cluster.groups()).containsExactlyInAnyOrder("analysts", "engineers");
    assertThat(cluster.warmPool()).contains("shared");
    assertThat(cluster.replica().taskSlots()).isEqualTo(12);
    assertThat(cluster.replica().heap()).isEqualTo("8g");
    assertThat(cluster.replica().configuration())
        .containsOnly(
            Map.entry("spark.sql.adaptive.enabled", "false"),
            Map.entry("spark.sql.catalog.lake", "X"));
    assertThat(cluster.replica().place())
        .isEqualTo(
            new KubernetesPlace(
                "spark:2",
                "sales-spark",
                ReplicaSize.M,
                1,
                3,
                ExecutorCapacity.SPOT_ONLY,
                Map.of("spec", Map.of("priorityClassName", "high")),
                Map.of()));
    assertThat(cluster.scaling().min()).isEqualTo(1);
    assertThat(cluster.scaling().max()).isEqualTo(4);
    assertThat(cluster.scaling().drainTimeout()).isEqualTo(Duration.ofSeconds(100));
    ScalingPolicy policy = cluster.scaling().policy();
    assertThat(policy.name()).isEqualTo("economy");
    assertThat(policy.idleSuspend()).isEqualTo(Duration.ofSeconds(50));
    assertThat(policy.in().window()).isEqualTo(Duration.ofSeconds(60));
    assertThat(policy.in().step()).isEqualTo(2);
    assertThat(policy.in().utilization()).isEqualTo(0.5);
    assertThat(policy.out().toString()).contains("PT40S").contains("0.5");
    assertThat(cluster.concurrency()).isEqualTo(7);
    assertThat(cluster.maxQueued()).isEqualTo(70);
    assertThat(cluster.queueTimeout()).isEqualTo(Duration.ofSeconds(80));
    assertThat(cluster.coldStartTimeout()).isEqualTo(Duration.ofSeconds(90));
    if (ApiServer.isReal()) {
      API.server().client().resource(resource(API.namespace(), "bi", spec)).create();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.hostNetwork | {spec: {hostNetwork: true}}",
        "spec.hostPID | {spec: {hostPID: true}}",
        "spec.hostIPC | {spec: {hostIPC: true}}",
        "spec.hostUsers | {spec: {hostUsers: true}}",
        "spec.nodeName | {spec: {nodeName: node-1}}",
        "spec.serviceAccountName | {spec: {serviceAccountName: admin}}",
        "spec.serviceAccount | {spec: {serviceAccount: admin}}",
        "spec.automountServiceAccountToken | {spec: {automountServiceAccountToken: true}}",
        "spec.securityContext | {spec: {securityContext: {runAsUser: 0}}}",
        "spec.initContainers | {spec: {initContainers: [{name: a}]}}",
        "spec.ephemeralContainers | {spec: {ephemeralContainers: [{name: a}]}}",
        "spec.volumes[0].hostPath | {spec: {volumes: [{name: a, hostPath: {path: /}}]}}",
        "spec.volumes[1].nfs | {spec: {volumes: [{name: a}, {name: b, nfs: {server: x}}]}}",
        "spec.containers[0].securityContext |"
            + " {spec: {containers: [{name: a, securityContext: {privileged: true}}]}}",
        "spec.containers[0].ports | {spec: {containers: [{name: a, ports: [{hostPort: 22}]}]}}",
        "spec.containers[0].volumeDevices | {spec: {containers: [{name: a, volumeDevices: []}]}}",
        "spec.containers[0].lifecycle | {spec: {containers: [{name: a, lifecycle: {}}]}}",
        "metadata.ownerReferences | {metadata: {ownerReferences: []}}",
        "status | {status: {}}",
      })
  void whatReachesTheNodeOrAnotherAccountIsNotForATemplate(String field, String template) {
    for (String which : List.of("driverTemplate", "executorTemplate")) {
      GenericKubernetesResource resource =
          resource(API.namespace(), "a", "{image: i, " + which + ": " + template + "}");
      assertThatThrownBy(() -> LakehouseCluster.read(resource, GATEWAY))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("spec." + which + "." + field + " cannot be set: only ");
      assertRefusedWhereReal(resource, which, field.replaceAll("^.*\\.", ""));
    }
  }

  /** Others send it without being asked to be strict: it is dropped then. */
  private static void assertRefusedWhereReal(
      GenericKubernetesResource resource, String which, String field) {
    if (ApiServer.isReal()) {
      assertThatThrownBy(
              () ->
                  API.server()
                      .client()
                      .resource(resource)
                      .fieldValidation(FieldValidateable.Validation.STRICT)
                      .create())
          .isInstanceOf(KubernetesClientException.class)
          .hasMessageContaining("unknown field")
          .hasMessageContaining(field);
      GenericKubernetesResource kept = API.server().client().resource(resource).create();
      API.server().client().resource(kept).delete();
      assertThat(Serialization.asJson(kept.<Object>get("spec", which)))
          .doesNotContain("\"" + field + "\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app.kubernetes.io/name",
        "sluice.io/cluster",
        "spark-role",
        "spark.operator/spark-app-name"
      })
  void noTemplateTakesALabelThatSluiceTellsPodsBy(String label) {
    assertThatThrownBy(
            () ->
                LakehouseCluster.read(
                    resource(
                        "n",
                        "a",
                        "{image: i, executorTemplate: {metadata: {labels: {" + label + ": x}}}}"),
                    GATEWAY))
        .hasMessage(
            "spec.executorTemplate.metadata.labels must not set "
                + label
                + ": Sluice tells pods by such labels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{spec: {containers: {name: a}}}",
        "{spec: {containers: [a]}}",
        "{spec: {volumes: [[]]}}",
        "{spec: text}",
        "{metadata: {labels: [a]}}"
      })
  void whatIsNotATemplateIsRefused(String template) {
    GenericKubernetesResource resource =
        resource(API.namespace(), "a", "{image: i, driverTemplate: " + template + "}");
    assertThatThrownBy(() -> LakehouseCluster.read(resource, GATEWAY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("spec.driverTemplate.");
    if (ApiServer.isReal()) {
      assertThatThrownBy(() -> API.server().client().resource(resource).create())
          .isInstanceOf(KubernetesClientException.class);
    }
  }

  /** As docs/kubernetes.md has it. */
  @Test
  void whatATemplateIsForIsTaken() {
    String spec =
        """
        image: i
        driverTemplate:
          metadata: {labels: {team: sales}, annotations: {a: b}}
          spec:
            nodeSelector: {pool: lakehouse}
            tolerations: [{key: a, operator: Exists}]
            containers:
              - name: spark-kubernetes-driver
                env: [{name: JDK_JAVA_OPTIONS, value: "@/etc/lake/options"}]
                volumeMounts: [{name: lake, mountPath: /etc/lake, readOnly: true}]
            volumes:
              - {name: lake, secret: {secretName: lake-credential, defaultMode: 288}}
        """;
    GenericKubernetesResource resource = resource(API.namespace(), "templates", spec);
    assertThat(LakehouseCluster.read(resource, GATEWAY).replica().place())
        .isInstanceOfSatisfying(
            KubernetesPlace.class,
            place ->
                assertThat(place.driverTemplate())
                    .isEqualTo(map(resource.<Object>get("spec")).get("driverTemplate")));
    if (ApiServer.isReal()) {
      GenericKubernetesResource kept = API.server().client().resource(resource).create();
      assertThat(map(kept.<Object>get("spec")).get("driverTemplate"))
          .isEqualTo(map(resource.<Object>get("spec")).get("driverTemplate"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lakehousecluster.yaml", "clusterpool.yaml"})
  void theDefinitionsTemplatesHoldWhatTheCodeAllows(String file) throws IOException {
    for (String which : List.of("driverTemplate", "executorTemplate")) {
      Map<String, Object> template = map(fields(map(fields(schema(file)).get("spec"))).get(which));
      assertThat(fields(template).keySet()).isEqualTo(TemplateRules.TEMPLATE);
      assertThat(fields(map(fields(template).get("metadata"))).keySet())
          .isEqualTo(TemplateRules.METADATA);
      Map<String, Object> pod = fields(map(fields(template).get("spec")));
      assertThat(pod.keySet()).isEqualTo(TemplateRules.POD);
      assertThat(fields(map(map(pod.get("containers")).get("items"))).keySet())
          .isEqualTo(TemplateRules.CONTAINER);
      assertThat(fields(map(map(pod.get("volumes")).get("items"))).keySet())
          .isEqualTo(TemplateRules.VOLUME);
    }
  }

  private static Map<String, Object> fields(Map<String, Object> schema) {
    return map(schema.get("properties"));
  }

  @Test
  void aPartOfATemplateThatIsNullIsLeftOut() {
    LakehouseCluster cluster =
        LakehouseCluster.read(
            resource("n", "a", "{image: i, driverTemplate: {spec: null, metadata: {}}}"), GATEWAY);
    assertThat(cluster.replica().place())
        .isInstanceOfSatisfying(
            KubernetesPlace.class,
            place -> assertThat(place.driverTemplate()).containsOnlyKeys("metadata"));
  }

  @Test
  void aFixedNumberASuspensionAndAnEndOverrideTheBounds() {
    GenericKubernetesResource fixed =
        resource("n", "a", "{image: i, replicas: 3, autoscaling: {maxReplicas: 5}}");
    assertThat(LakehouseCluster.read(fixed, GATEWAY).scaling().min()).isEqualTo(3);
    assertThat(LakehouseCluster.read(fixed, GATEWAY).scaling().max()).isEqualTo(3);
    fixed.getMetadata().setDeletionTimestamp("2026-01-01T00:00:00Z");
    assertThat(LakehouseCluster.read(fixed, GATEWAY).scaling().max()).isZero();
    assertThat(
            LakehouseCluster.read(
                    resource("n", "a", "{image: i, suspend: true, autoscaling: {minReplicas: 1}}"),
                    GATEWAY)
                .scaling()
                .max())
        .isZero();
  }

  @Test
  void aServiceAccountThatTheGatewayDoesNotAllowIsRefused() {
    assertThatThrownBy(
            () ->
                LakehouseCluster.read(
                    resource("n", "a", "{image: i, serviceAccountName: admin}"), GATEWAY))
        .hasMessage(
            "spec.serviceAccountName is none of those that the gateway's configuration allows,"
                + " [sales-spark, spark]: admin");
  }

  @Test
  void anImageOfAnotherSparkIsRefused() {
    assertThatThrownBy(
            () ->
                LakehouseCluster.read(
                    resource("n", "a", "{image: i, sparkVersion: 4.0.0}"), GATEWAY))
        .hasMessage("spec.sparkVersion is 4.0.0, but the gateway speaks 4.1.2");
  }
}
