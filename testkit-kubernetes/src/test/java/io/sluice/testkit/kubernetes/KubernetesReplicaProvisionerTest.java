package io.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.ReplicaStartException;
import io.sluice.cluster.kubernetes.KubernetesReplicaProvisioner;
import io.sluice.cluster.kubernetes.KubernetesSettings;
import io.sluice.cluster.kubernetes.WarmDrivers;
import io.sluice.model.ReplicaId;
import io.sluice.testkit.CuttableProxy;
import io.sluice.testkit.ReplicaProvisionerContract;
import io.sluice.testkit.kubernetes.FakeOperator.Fate;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replicas as the Spark operator's applications. */
class KubernetesReplicaProvisionerTest extends ReplicaProvisionerContract {

  private static final ReplicaId ID = new ReplicaId("contract-9");

  @RegisterExtension private static final TenantExtension TENANT = new TenantExtension();

  private KubernetesSettings settings() {
    return TENANT.fixture().settings(Duration.ofSeconds(60));
  }

  @Override
  protected ReplicaProvisioner provisioner() {
    return TENANT.fixture().provisioner(settings());
  }

  @Override
  protected ReplicaProvisioner provisionerOfServersThatEnd() {
    TENANT.fixture().operator.fate(Fate.CRASHES);
    return TENANT.fixture().provisioner(settings());
  }

  @Override
  protected boolean replicasOutliveTheirProvisioner() {
    return true;
  }

  @Override
  protected ReplicaSpec spec() {
    return KubernetesFixture.spec("spark:1");
  }

  private void assertStartFails(KubernetesSettings settings, String reason) {
    try (KubernetesReplicaProvisioner provisioner = TENANT.fixture().provisioner(settings)) {
      assertThat(provisioner.start(ID, spec()))
          .failsWithin(20, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(ReplicaStartException.class)
          .withMessageContaining(reason)
          .withMessageNotContaining("\tat");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(TENANT.applications()).isEmpty());
      assertThat(provisioner.list()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NO_IMAGE, ImagePullBackOff",
    "NO_QUOTA, exceeded quota: small",
    "CRASHES, Spark ended with status 1"
  })
  void aStartThatCannotSucceedFailsAtOnceWithTheReason(Fate fate, String reason) {
    TENANT.fixture().operator.fate(fate);
    assertStartFails(settings(), reason);
  }

  @Test
  void aDriverThatNoNodeTakesHasAsLongAsAStartMayTake() {
    TENANT.fixture().operator.fate(Fate.NO_NODE);
    assertStartFails(
        TENANT.fixture().settings(Duration.ofSeconds(3)),
        "Spark did not listen within 3 s: no node takes Spark's driver (0/3 nodes are available: 3 Insufficient memory.)");
  }

  @Test
  void aDriverThatDoesNotListenInTimeFails() {
    TENANT.fixture().operator.fate(Fate.STARTS_FOR_EVER);
    assertStartFails(
        TENANT.fixture().settings(Duration.ofMillis(500)), "Spark did not listen within 0 s: ");
  }

  @Test
  void withoutTheKeyNothingIsStarted() throws IOException {
    Files.delete(TENANT.fixture().token);
    assertStartFails(settings(), "mount the Secret sluice-connect");
  }

  @Test
  void whatWasToEndAndWasNotHeardIsForgottenByOneThatLeadsNoLonger() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(TENANT.server().port());
        KubernetesClient client = TENANT.server().client("gateway", proxy.port());
        KubernetesReplicaProvisioner provisioner =
            TENANT.fixture().provisioner(settings(), client)) {
      provisioner.start(ID, spec()).get(20, TimeUnit.SECONDS);
      proxy.away(true);
      CompletableFuture<Void> gone = provisioner.stop(ID);
      provisioner.relinquish();
      proxy.away(false);
      await()
          .during(Duration.ofSeconds(4))
          .atMost(Duration.ofSeconds(8))
          .until(() -> TENANT.applications().size() == 1);
      assertThat(gone).isNotDone();
      assertThat(provisioner.list()).containsExactly(ID);

      assertThat(provisioner.stop(ID)).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(gone).isDone();
      assertThat(TENANT.applications()).isEmpty();
    }
  }

  @Test
  void aNameThatIsTakenIsNotTakenOver() throws Exception {
    try (KubernetesReplicaProvisioner first = TENANT.fixture().provisioner(settings())) {
      first.start(ID, spec()).get(20, TimeUnit.SECONDS);
    }
    // It has not looked yet.
    try (var late =
            new io.sluice.cluster.kubernetes.NamespaceWatch(
                TENANT.server().client(), "elsewhere", Optional.empty(), InstantSource.system());
        KubernetesReplicaProvisioner second =
            new KubernetesReplicaProvisioner(
                settings(),
                spec(),
                TENANT.server().client(),
                late,
                new WarmDrivers(TENANT.server().client(), late, () -> {}),
                TENANT.fixture().executor,
                TENANT.fixture().scheduler,
                InstantSource.system())) {
      assertThat(second.start(ID, spec()))
          .failsWithin(20, TimeUnit.SECONDS)
          .withThrowableThat()
          .withMessageContaining("Kubernetes refused to create SparkApplications");
    }
  }

  @Test
  void theWatchersHearOfADriverThatDies() throws Exception {
    try (KubernetesReplicaProvisioner provisioner = TENANT.fixture().provisioner(settings())) {
      CompletableFuture<String> ended = new CompletableFuture<>();
      provisioner.watch((id, reason) -> ended.complete(id + ": " + reason));
      provisioner.start(ID, spec()).get(20, TimeUnit.SECONDS);
      TENANT.fixture().operator.crash(ID.value(), 3);
      assertThat(ended)
          .succeedsWithin(10, TimeUnit.SECONDS)
          .isEqualTo("contract-9: Spark ran out of memory");
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(provisioner.list()).isEmpty());
    }
  }

  @Test
  void oneThatIsLabelledAsAnotherClustersIsLetGoAtOnce() throws Exception {
    try (KubernetesReplicaProvisioner provisioner = TENANT.fixture().provisioner(settings())) {
      CompletableFuture<String> ended = new CompletableFuture<>();
      provisioner.watch((id, reason) -> ended.complete(id + ": " + reason));
      provisioner.start(ID, spec()).get(20, TimeUnit.SECONDS);
      TENANT
          .server()
          .client()
          .genericKubernetesResources("spark.apache.org/v1", "SparkApplication")
          .inNamespace(TENANT.fixture().namespace)
          .withName(ID.value())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"metadata\": {\"labels\": {\"sluice.io/cluster\": \"another\"}}}");
      assertThat(ended)
          .succeedsWithin(10, TimeUnit.SECONDS)
          .isEqualTo("contract-9: its application is labelled as another cluster's");
      assertThat(provisioner.list()).isEmpty();
    }
  }

  @Test
  void oneOfAnotherKindIsFoundAsSuch() throws Exception {
    try (KubernetesReplicaProvisioner provisioner = TENANT.fixture().provisioner(settings())) {
      provisioner.start(ID, KubernetesFixture.spec("spark:0")).get(20, TimeUnit.SECONDS);
    }
    List<ReplicaProvisioner.FoundReplica> found = new CopyOnWriteArrayList<>();
    try (KubernetesReplicaProvisioner next = TENANT.fixture().provisioner(settings())) {
      next.discover(found::add);
      await().atMost(Duration.ofSeconds(10)).until(() -> !found.isEmpty());
      assertThat(found.get(0).spec()).isNotEqualTo(spec());
      assertThat(found.get(0).spec().taskSlots()).isEqualTo(spec().taskSlots());
    }
  }
}
