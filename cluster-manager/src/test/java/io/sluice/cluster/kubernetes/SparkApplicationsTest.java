package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.model.ReplicaId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the operator and Spark are told. */
class SparkApplicationsTest {

  private static final KubernetesSettings SETTINGS =
      KubernetesSettings.of(
          "bi",
          "sales",
          Optional.of(new OwnerReferenceBuilder().withName("bi").withUid("u").build()),
          "sluice-connect",
          Path.of("unused"));

  private static ReplicaSpec spec(String image, ExecutorCapacity capacity) {
    return new ReplicaSpec(
        16,
        "4g",
        "4.1.2",
        Map.of(
            "spark.sql.catalog.lake", "X",
            "spark.sql.extensions", "x.Other",
            "spark.sql.shuffle.partitions", "7",
            "spark.connect.grpc.binding.port", "1"),
        new KubernetesPlace(
            image,
            "sales-spark",
            ReplicaSize.S,
            1,
            4,
            capacity,
            Map.of(
                "metadata",
                Map.of("annotations", Map.of("team", "sales")),
                "spec",
                Map.of(
                    "priorityClassName",
                    "high",
                    "containers",
                    List.of(
                        Map.of(
                            "name",
                            "spark-kubernetes-driver",
                            "env",
                            List.of(Map.of("name", "A", "value", "b"))),
                        Map.of("name", "sidecar", "image", "logs")))),
            Map.of()));
  }

  private static GenericKubernetesResource manifest(ReplicaSpec spec) {
    return SparkApplications.manifest(SETTINGS, new ReplicaId("bi-3"), spec, "start");
  }

  private static PodTemplateSpec template(GenericKubernetesResource application, String role) {
    return Serialization.unmarshal(
        Serialization.asJson(application.get("spec", role, "podTemplateSpec")),
        PodTemplateSpec.class);
  }

  @Test
  void sparkIsToldWhatItIsToBe() {
    GenericKubernetesResource application =
        manifest(spec("spark:1", ExecutorCapacity.SPOT_PREFERRED));
    assertThat(application.getMetadata().getName()).isEqualTo("bi-3");
    assertThat(application.getMetadata().getNamespace()).isEqualTo("sales");
    assertThat(application.getMetadata().getLabels()).containsEntry("sluice.io/cluster", "bi");
    assertThat(application.getMetadata().getOwnerReferences()).hasSize(1);
    Map<String, String> configuration = application.get("spec", "sparkConf");
    assertThat(configuration)
        .containsAllEntriesOf(
            SparkConfiguration.required(spec("spark:1", ExecutorCapacity.SPOT_PREFERRED)))
        .containsEntry("spark.sql.catalog.lake", "X")
        .containsEntry(
            "spark.sql.extensions",
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
        .containsEntry("spark.sql.catalog.lake.cache-enabled", "false")
        .containsEntry("spark.sql.shuffle.partitions", "7")
        .containsEntry("spark.connect.grpc.binding.port", "15002")
        .containsEntry("spark.driver.memory", "4g")
        .containsEntry("spark.dynamicAllocation.minExecutors", "1")
        .containsEntry("spark.dynamicAllocation.maxExecutors", "4")
        .containsEntry("spark.kubernetes.container.image", "spark:1")
        .containsEntry("spark.kubernetes.driver.label.sluice.io/cluster", "bi")
        .containsEntry(
            "spark.kubernetes.driver.podTemplateContainerName", "spark-kubernetes-driver")
        .containsEntry(
            "spark.kubernetes.executor.podTemplateContainerName", "spark-kubernetes-executor")
        .containsEntry("spark.kubernetes.authenticate.driver.serviceAccountName", "sales-spark")
        .containsEntry(
            "spark.kubernetes.driver.secretKeyRef.SPARK_CONNECT_AUTHENTICATE_TOKEN",
            "sluice-connect:token");
    assertThat(
            application.<String>get(
                "spec", "applicationTolerations", "restartConfig", "restartPolicy"))
        .isEqualTo("Never");
  }

  @Test
  void theDriversTemplateHoldsWhatWasGivenAndWhatIsNeeded() {
    PodTemplateSpec driver =
        template(manifest(spec("spark:1", ExecutorCapacity.SPOT_ONLY)), "driverSpec");
    assertThat(driver.getMetadata().getAnnotations())
        .containsEntry("team", "sales")
        .containsEntry("karpenter.sh/do-not-disrupt", "true");
    assertThat(driver.getSpec().getPriorityClassName()).isEqualTo("high");
    assertThat(driver.getSpec().getContainers())
        .extracting(container -> container.getName())
        .containsExactly("spark-kubernetes-driver", "sidecar");
    var container = driver.getSpec().getContainers().get(0);
    assertThat(container.getEnv()).hasSize(1);
    assertThat(container.getReadinessProbe().getTcpSocket().getPort().getIntVal()).isEqualTo(15002);
    assertThat(driver.getSpec().getContainers())
        .allSatisfy(
            one -> {
              assertThat(one.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
              assertThat(one.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
              assertThat(one.getSecurityContext().getCapabilities().getDrop())
                  .containsExactly("ALL");
            });
    assertThat(driver.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    // Sessions live there, wherever executors run.
    assertThat(
            driver
                .getSpec()
                .getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms())
        .singleElement()
        .satisfies(
            term ->
                assertThat(term.getMatchExpressions())
                    .allSatisfy(one -> assertThat(one.getOperator()).isEqualTo("NotIn")));
    assertThat(driver.getSpec().getTolerations()).isEmpty();
  }

  @Test
  void executorsRunWhereTheirCapacitySays() {
    var preferred =
        template(manifest(spec("i", ExecutorCapacity.SPOT_PREFERRED)), "executorSpec").getSpec();
    assertThat(preferred.getTolerations()).isNotEmpty();
    assertThat(
            preferred
                .getAffinity()
                .getNodeAffinity()
                .getPreferredDuringSchedulingIgnoredDuringExecution())
        .isNotEmpty();
    var only = template(manifest(spec("i", ExecutorCapacity.SPOT_ONLY)), "executorSpec").getSpec();
    assertThat(only.getTolerations()).isNotEmpty();
    assertThat(
            only.getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms())
        .allSatisfy(
            term -> assertThat(term.getMatchExpressions().get(0).getOperator()).isEqualTo("In"));
    var demand =
        template(manifest(spec("i", ExecutorCapacity.ON_DEMAND)), "executorSpec").getSpec();
    assertThat(demand.getTolerations()).isEmpty();
    assertThat(
            demand
                .getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms())
        .singleElement()
        .satisfies(
            term ->
                assertThat(term.getMatchExpressions())
                    .allSatisfy(one -> assertThat(one.getOperator()).isEqualTo("NotIn")));
  }

  @Test
  void anApplicationTellsWhatItsReplicaIsLike() {
    ReplicaSpec first = spec("spark:1", ExecutorCapacity.ON_DEMAND);
    ReplicaSpec second = spec("spark:2", ExecutorCapacity.ON_DEMAND);
    assertThat(SparkApplications.spec(manifest(first), first)).isEqualTo(first);
    assertThat(SparkApplications.spec(manifest(first), second)).isNotEqualTo(second);
    assertThat(SparkApplications.revision(first))
        .isEqualTo(SparkApplications.revision(spec("spark:1", ExecutorCapacity.ON_DEMAND)))
        .isNotEqualTo(SparkApplications.revision(second));
  }
}
