package io.sluice.testkit.kubernetes;

import static io.sluice.testkit.kubernetes.LakehouseClusterTest.GATEWAY;
import static io.sluice.testkit.kubernetes.TenantExtension.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.ReplicaStartException;
import io.sluice.cluster.kubernetes.ClusterPool;
import io.sluice.cluster.kubernetes.KubernetesReplicaProvisioner;
import io.sluice.cluster.kubernetes.KubernetesSettings;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.cluster.kubernetes.NamespaceWatch;
import io.sluice.cluster.kubernetes.WarmDrivers;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import io.sluice.testkit.CuttableProxy;
import io.sluice.testkit.kubernetes.FakeOperator.Fate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Drivers that are started before a cluster needs them. */
@Timeout(180)
class WarmPoolTest {

  @RegisterExtension private static final TenantExtension TENANT = new TenantExtension();

  /** A day and more: nobody gets that old here. */
  private int maxAge = 90_000;

  private void pool(String spec) {
    TENANT
        .server()
        .client()
        .resource(ClusterPoolTest.resource(TENANT.fixture().namespace, "shared", spec))
        .create();
  }

  private void cluster(String name, String spec) {
    TENANT.define(name, spec);
    eventually(
        () -> assertThat(TENANT.gateways).allSatisfy(one -> assertThat(one.opened).contains(name)));
    eventually(
        () ->
            assertThat(TENANT.object(LakehouseCluster.CONTEXT, name).get().<Object>get("status"))
                .isNotNull());
  }

  private static Object poolStatus(String field) {
    return TENANT.status(ClusterPool.CONTEXT, "shared", field);
  }

  /** Returns once every gateway has looked at everything, and the pool was kept after that. */
  private void looksAgain() {
    TENANT.awaitPasses();
    GenericKubernetesResource changed =
        TENANT.change(ClusterPool.CONTEXT, "shared", "maxAgeSeconds", maxAge++);
    eventually(
        () ->
            assertThat(((Number) poolStatus("observedGeneration")).longValue())
                .isGreaterThanOrEqualTo(changed.getMetadata().getGeneration()));
  }

  private Set<String> names() {
    return TENANT.applications().stream()
        .map(application -> application.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> unclaimed() {
    return TENANT.applications().stream()
        .filter(one -> "Pool".equals(one.getMetadata().getLabels().get("sluice.io/cluster")))
        .map(application -> application.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private GenericKubernetesResource application(String name) {
    return TENANT.applications().stream()
        .filter(one -> one.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void filled(int replicas) {
    eventually(
        () -> {
          assertThat(unclaimed()).hasSize(replicas);
          assertThat(poolStatus("readyReplicas")).isEqualTo(replicas);
          assertThat(poolStatus("reason")).isEqualTo("");
        });
  }

  /** Lets a statement wait, and returns the replica that comes for it. */
  private String wake(String cluster) {
    FakeGateway leader = TENANT.leader();
    leader.load(0, 1, Map.of());
    eventually(
        () ->
            assertThat(TENANT.gateways)
                .allSatisfy(one -> assertThat(one.ready(cluster)).isEqualTo(1)));
    return leader.replicas(cluster).get(0).id().value();
  }

  @Test
  void aClusterClaimsADriverWhichIsItsOwnFromThenOnAndThePoolIsFilledAgain() throws Exception {
    TENANT.gateway("one");
    TENANT.gateway("two");
    pool("{image: 'spark:1', replicas: 2}");
    filled(2);
    looksAgain();
    Set<String> kept = unclaimed();
    assertThat(kept).as("one gateway fills it").hasSize(2);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    assertThat(TENANT.sparks).as("nobody uses what nobody claimed").isEmpty();

    String claimed = wake("bi");
    assertThat(kept).contains(claimed);
    GenericKubernetesResource application = application(claimed);
    assertThat(application.getMetadata().getLabels())
        .containsEntry("sluice.io/cluster", "bi")
        .containsEntry("sluice.io/pool", "shared");
    List<OwnerReference> owners = application.getMetadata().getOwnerReferences();
    assertThat(owners).last().extracting(OwnerReference::getName).isEqualTo("bi");
    if (ApiServer.isReal()) {
      // The mock adds to a list where a merge patch replaces it.
      assertThat(owners).hasSize(1);
    }
    assertThat(TENANT.leader().clusters.cluster("bi").orElseThrow().status().decisions())
        .anySatisfy(made -> assertThat(made.action()).isEqualTo("claim " + claimed));
    filled(2);
    assertThat(names()).as("none was started for the cluster").hasSize(3);

    TENANT.leader().load(0, 0, Map.of());
    TENANT.change(LakehouseCluster.CONTEXT, "bi", "suspend", true);
    eventually(() -> assertThat(names()).doesNotContain(claimed).hasSize(2));
    filled(2);
  }

  @Test
  void aClusterThatDiffersIsStartedCold() {
    TENANT.gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    Set<String> kept = unclaimed();
    cluster(
        "bi",
        "{image: 'spark:1', warmPoolRef: shared, driverTemplate: {spec: {priorityClassName: high}}}");
    assertThat(wake("bi")).isEqualTo("bi-1");
    assertThat(unclaimed()).isEqualTo(kept);
  }

  @Test
  void aClusterThatNamesNoPoolOrAnotherIsStartedColdUntilItNamesThisOne() {
    TENANT.gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    Set<String> kept = unclaimed();
    cluster("bi", "{image: 'spark:1', autoscaling: {maxReplicas: 3}}");
    cluster("etl", "{image: 'spark:1', warmPoolRef: other}");
    assertThat(wake("bi")).isEqualTo("bi-1");
    assertThat(wake("etl")).isEqualTo("etl-1");
    assertThat(unclaimed()).isEqualTo(kept);

    TENANT.leader().load(0, 0, Map.of());
    TENANT.change(LakehouseCluster.CONTEXT, "bi", "replicas", 2);
    TENANT.change(LakehouseCluster.CONTEXT, "bi", "warmPoolRef", "shared");
    // Whichever of the two changes was seen first, what comes from now on may be claimed.
    TENANT.change(LakehouseCluster.CONTEXT, "bi", "replicas", 3);
    eventually(() -> assertThat(TENANT.leader().ready("bi")).isEqualTo(3));
    assertThat(TENANT.leader().replicas("bi"))
        .anySatisfy(one -> assertThat(kept).contains(one.id().value()));
  }

  @Test
  void ofTwoClustersOneGetsTheOnlyDriver() {
    FakeGateway gateway = TENANT.gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    String kept = unclaimed().iterator().next();
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    cluster("etl", "{image: 'spark:1', warmPoolRef: shared}");
    TENANT.fixture().operator.fate(Fate.STARTS_FOR_EVER);
    gateway.load(0, 1, Map.of());
    eventually(() -> assertThat(gateway.ready("bi") + gateway.ready("etl")).isEqualTo(1));
    String slow = gateway.ready("bi") == 1 ? "etl" : "bi";
    eventually(() -> assertThat(names()).contains(kept, slow + "-1"));
    assertThat(application(kept).getMetadata().getLabels())
        .containsEntry("sluice.io/cluster", slow.equals("bi") ? "etl" : "bi");
  }

  private CompletableFuture<SparkEndpoint> claim(
      KubernetesReplicaProvisioner provisioner, String driver, ReplicaSpec spec) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> provisioner.warm(spec).contains(new ReplicaId(driver)));
    return provisioner.claim(new ReplicaId(driver), spec);
  }

  private NamespaceWatch watch() {
    return new NamespaceWatch(
        TENANT.fixture().client,
        TENANT.fixture().namespace,
        Optional.empty(),
        InstantSource.system());
  }

  private KubernetesReplicaProvisioner provisioner(
      String cluster, String secret, ReplicaSpec spec, NamespaceWatch watch) {
    KubernetesClient client = TENANT.fixture().client;
    KubernetesReplicaProvisioner provisioner =
        new KubernetesReplicaProvisioner(
            KubernetesSettings.of(
                cluster,
                TENANT.fixture().namespace,
                Optional.of(
                    new OwnerReferenceBuilder()
                        .withApiVersion("sluice.io/v1")
                        .withKind("LakehouseCluster")
                        .withName(cluster)
                        .withUid(cluster)
                        .build()),
                secret,
                TENANT.fixture().token),
            spec,
            client,
            watch,
            new WarmDrivers(client, watch, () -> {}),
            TENANT.fixture().executor,
            TENANT.fixture().scheduler,
            InstantSource.system());
    provisioner.claimFrom(Optional.of("shared"));
    return provisioner;
  }

  /** Two gateways that both take themselves for the one that leads. */
  @Test
  void aDriverIsClaimedOnce() {
    TENANT.gateway("one");
    String text = "{image: 'spark:1'}";
    pool(text);
    filled(1);
    String kept = unclaimed().iterator().next();
    ReplicaSpec spec =
        ClusterPool.read(ClusterPoolTest.resource("n", "shared", text), GATEWAY).replica();
    try (NamespaceWatch watch = watch();
        NamespaceWatch other = watch();
        NamespaceWatch third = watch();
        KubernetesReplicaProvisioner bi = provisioner("bi", "sluice-connect", spec, watch);
        KubernetesReplicaProvisioner etl = provisioner("etl", "sluice-connect", spec, other);
        KubernetesReplicaProvisioner keyed = provisioner("etl", "another-key", spec, third)) {
      await().atMost(Duration.ofSeconds(20)).until(third::isComplete);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> etl.warm(spec).contains(new ReplicaId(kept)));
      assertThat(keyed.warm(spec)).as("it has another key").isEmpty();

      // The second one has not heard of the first one's when it asks.
      other.close();
      assertThat(claim(bi, kept, spec)).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(bi.list()).containsExactly(new ReplicaId(kept));
      assertThat(etl.claim(new ReplicaId(kept), spec))
          .failsWithin(20, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(ReplicaStartException.class)
          .withMessage("Spark that was kept ready is not there for this cluster any longer");
      assertThat(etl.list()).isEmpty();
      assertThat(etl.warm(spec)).as("it does not try that again").isEmpty();
      assertThat(application(kept).getMetadata().getLabels())
          .containsEntry("sluice.io/cluster", "bi");
    }
  }

  @Test
  void theNextLeaderKeepsWhatWasClaimedAndFillsThePool() throws Exception {
    TENANT.gateway("one");
    TENANT.gateway("two");
    pool("{image: 'spark:1'}");
    filled(1);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    String claimed = wake("bi");
    filled(1);
    Set<String> before = names();

    FakeGateway first = TENANT.leader();
    TENANT.vanish(first);
    FakeGateway second = TENANT.leader();
    second.load(0, 1, Map.of());
    looksAgain();
    assertThat(second.replicas("bi"))
        .singleElement()
        .satisfies(it -> assertThat(it.id().value()).isEqualTo(claimed));
    assertThat(names()).isEqualTo(before);
    String kept = unclaimed().iterator().next();
    TENANT.server().client().resource(application(kept)).delete();
    eventually(() -> assertThat(unclaimed()).hasSize(1).doesNotContain(kept));
  }

  @Test
  void aPoolThatIsDeletedTakesTheUnclaimedWithIt() {
    TENANT.gateway("one");
    pool("{image: 'spark:1', replicas: 2}");
    filled(2);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    String claimed = wake("bi");
    filled(2);
    TENANT.object(ClusterPool.CONTEXT, "shared").delete();
    eventually(() -> assertThat(names()).containsExactly(claimed));
    assertThat(TENANT.leader().ready("bi")).isEqualTo(1);
  }

  @Test
  void aPoolThatTheApiServerIsSlowAboutHoldsUpNoOtherAndNoCluster() {
    CountDownLatch held = new CountDownLatch(1);
    FakeGateway gateway =
        TENANT.gateway(
            "one", TENANT.server().slowClient("gateway", body -> body.contains("\"slow-w"), held));
    TENANT
        .server()
        .client()
        .resource(
            ClusterPoolTest.resource(
                TENANT.fixture().namespace, "slow", "{image: 'spark:1', replicas: 3}"))
        .create();
    pool("{image: 'spark:1', replicas: 2}");
    filled(2);
    cluster("bi", "image: 'spark:1'");
    gateway.load(0, 1, Map.of());
    eventually(() -> assertThat(gateway.ready("bi")).isEqualTo(1));
    assertThat(names()).noneMatch(name -> name.startsWith("slow-"));
    held.countDown();
    eventually(() -> assertThat(unclaimed()).hasSize(5));
  }

  @Test
  void aPoolIsEmptiedAndAskedForFewer() {
    TENANT.gateway("one");
    pool("{image: 'spark:1', replicas: 3}");
    filled(3);
    TENANT.change(ClusterPool.CONTEXT, "shared", "replicas", 1);
    filled(1);
    TENANT.change(ClusterPool.CONTEXT, "shared", "replicas", 0);
    filled(0);
  }

  @Test
  void oneOfAnotherKindOrTooOldStaysUntilAnotherListensInItsPlace() throws Exception {
    FakeGateway gateway = TENANT.gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    String first = unclaimed().iterator().next();
    TENANT.fixture().operator.fate(Fate.STARTS_FOR_EVER);
    TENANT.change(ClusterPool.CONTEXT, "shared", "image", "spark:2");
    eventually(() -> assertThat(unclaimed()).hasSize(2));
    looksAgain();
    assertThat(unclaimed()).hasSize(2).contains(first);
    String second =
        unclaimed().stream().filter(name -> !name.equals(first)).findFirst().orElseThrow();
    TENANT.fixture().operator.fate(Fate.LISTENS).listen(second);
    eventually(() -> assertThat(unclaimed()).containsExactly(second));

    gateway.later = Duration.ofHours(25);
    eventually(() -> assertThat(unclaimed()).hasSize(1).doesNotContain(second));
  }

  @Test
  void aPoolThatDoesNotStartSaysWhyAndWaits() throws Exception {
    TENANT.fixture().operator.fate(Fate.NO_IMAGE);
    FakeGateway gateway = TENANT.gateway("one");
    pool("{image: 'spark:1', replicas: 2}");
    eventually(() -> assertThat(poolStatus("reason").toString()).contains("ImagePullBackOff"));
    looksAgain();
    assertThat(TENANT.fixture().operator.submitted())
        .as("not one after the other")
        .hasSizeLessThanOrEqualTo(4);
    // What fails while there is one makes the next wait longer.
    eventually(() -> assertThat(names()).isEmpty());
    TENANT.fixture().operator.fate(Fate.LISTENS);
    gateway.later = Duration.ofHours(1);
    filled(2);
  }

  @Test
  void oneThatTheApiServerKeepsOtherwiseIsToldAndNotMadeAgainAndAgain() throws Exception {
    TENANT.gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    String kept = unclaimed().iterator().next();
    GenericKubernetesResource driver = application(kept);
    driver.setAdditionalProperty("spec", Map.of("sparkConf", Map.of("spark.ui.enabled", "other")));
    TENANT.server().client().resource(driver).update();
    eventually(
        () -> assertThat(poolStatus("reason").toString()).contains("keeps another specification"));
    looksAgain();
    assertThat(unclaimed()).containsExactly(kept);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    assertThat(wake("bi")).isEqualTo("bi-1");
  }

  @Test
  void aBrokenDefinitionIsToldAndWhatThereIsStays() throws Exception {
    TENANT.gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    Set<String> kept = unclaimed();
    TENANT.change(ClusterPool.CONTEXT, "shared", "sparkVersion", "3.5.0");
    eventually(
        () ->
            assertThat(poolStatus("reason"))
                .isEqualTo("spec.sparkVersion is 3.5.0, but the gateway speaks 4.1.2"));
    looksAgain();
    assertThat(unclaimed()).isEqualTo(kept);
  }

  @Test
  void anApiServerThatIsAwayChangesNothing() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(TENANT.server().port())) {
      FakeGateway gateway = TENANT.gateway("one", proxy.port());
      pool("{image: 'spark:1', replicas: 2}");
      filled(2);
      cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
      Set<String> before = names();
      proxy.away(true);
      // All of them are too old now.
      gateway.later = Duration.ofHours(25);
      gateway.load(0, 1, Map.of());
      eventually(
          () ->
              assertThat(gateway.clusters.cluster("bi").orElseThrow().snapshot().reason())
                  .contains("API server does not answer"));
      assertThat(unclaimed()).isEqualTo(before);
      proxy.away(false);
      eventually(() -> assertThat(gateway.ready("bi")).isEqualTo(1));
      eventually(() -> assertThat(unclaimed()).hasSize(2).doesNotContainAnyElementsOf(before));
    }
  }
}
