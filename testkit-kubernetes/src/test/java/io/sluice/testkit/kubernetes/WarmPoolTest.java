package io.sluice.testkit.kubernetes;

import static io.sluice.testkit.kubernetes.LakehouseClusterTest.GATEWAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
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
import io.sluice.testkit.FakeSpark;
import io.sluice.testkit.kubernetes.FakeOperator.Fate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drivers that are started before a cluster needs them. */
@Timeout(180)
class WarmPoolTest {

  private static final Duration A_WHILE = Duration.ofSeconds(2);

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private static ApiServer server;

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private KubernetesFixture fixture;

  private final Map<String, FakeSpark> sparks = new ConcurrentHashMap<>();
  private final List<FakeGateway> gateways = new ArrayList<>();

  @BeforeAll
  static void open() {
    server = new ApiServer();
  }

  @AfterAll
  static void shut() {
    server.close();
  }

  @BeforeEach
  void begin(@TempDir Path directory) {
    fixture = new KubernetesFixture(server, directory);
  }

  @AfterEach
  void end() {
    gateways.forEach(FakeGateway::close);
    fixture.close();
  }

  private FakeGateway gateway(String identity, int port) {
    return gateway(identity, server.client("gateway", port));
  }

  private FakeGateway gateway(String identity, KubernetesClient client) {
    FakeGateway gateway =
        new FakeGateway(identity, client, fixture.namespace, fixture.token, sparks);
    gateways.add(gateway);
    return gateway;
  }

  private FakeGateway gateway(String identity) {
    return gateway(identity, server.port());
  }

  private FakeGateway leader() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> gateways.stream().anyMatch(gateway -> gateway.clusters.isLeader()));
    return gateways.stream()
        .filter(gateway -> gateway.clusters.isLeader())
        .findFirst()
        .orElseThrow();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(assertion);
  }

  private void pool(String spec) {
    server.client().resource(ClusterPoolTest.resource(fixture.namespace, "shared", spec)).create();
  }

  private void cluster(String name, String spec) {
    server.client().resource(LakehouseClusterTest.resource(fixture.namespace, name, spec)).create();
    eventually(() -> assertThat(gateways).allSatisfy(one -> assertThat(one.opened).contains(name)));
    eventually(
        () ->
            assertThat(object(LakehouseCluster.CONTEXT, name).get().<Object>get("status"))
                .isNotNull());
  }

  private Resource<GenericKubernetesResource> object(ResourceDefinitionContext kind, String name) {
    return server
        .client()
        .genericKubernetesResources(kind)
        .inNamespace(fixture.namespace)
        .withName(name);
  }

  private void change(ResourceDefinitionContext kind, String name, String field, Object value) {
    object(kind, name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of(field, value))));
  }

  private Object poolStatus(String field) {
    Object value = object(ClusterPool.CONTEXT, "shared").get().get("status", field);
    return value == null ? "" : value;
  }

  private List<GenericKubernetesResource> applications() {
    return server
        .client()
        .genericKubernetesResources("spark.apache.org/v1", "SparkApplication")
        .inNamespace(fixture.namespace)
        .list()
        .getItems();
  }

  private Set<String> names() {
    return applications().stream()
        .map(application -> application.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> unclaimed() {
    return applications().stream()
        .filter(one -> "Pool".equals(one.getMetadata().getLabels().get("sluice.io/cluster")))
        .map(application -> application.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private GenericKubernetesResource application(String name) {
    return applications().stream()
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
    FakeGateway leader = leader();
    leader.load(0, 1, Map.of());
    eventually(
        () -> assertThat(gateways).allSatisfy(one -> assertThat(one.ready(cluster)).isEqualTo(1)));
    return leader.replicas(cluster).get(0).id().value();
  }

  @Test
  void aClusterClaimsADriverWhichIsItsOwnFromThenOnAndThePoolIsFilledAgain() throws Exception {
    gateway("one");
    gateway("two");
    pool("{image: 'spark:1', replicas: 2}");
    filled(2);
    Thread.sleep(A_WHILE.toMillis());
    Set<String> kept = unclaimed();
    assertThat(kept).as("one gateway fills it").hasSize(2);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    assertThat(sparks).as("nobody uses what nobody claimed").isEmpty();

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
    assertThat(leader().clusters.cluster("bi").orElseThrow().status().decisions())
        .anySatisfy(made -> assertThat(made.action()).isEqualTo("claim " + claimed));
    filled(2);
    assertThat(names()).as("none was started for the cluster").hasSize(3);

    leader().load(0, 0, Map.of());
    change(LakehouseCluster.CONTEXT, "bi", "suspend", true);
    eventually(() -> assertThat(names()).doesNotContain(claimed).hasSize(2));
    filled(2);
  }

  @Test
  void aClusterThatDiffersIsStartedCold() {
    gateway("one");
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
    gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    Set<String> kept = unclaimed();
    cluster("bi", "{image: 'spark:1', autoscaling: {maxReplicas: 3}}");
    cluster("etl", "{image: 'spark:1', warmPoolRef: other}");
    assertThat(wake("bi")).isEqualTo("bi-1");
    assertThat(wake("etl")).isEqualTo("etl-1");
    assertThat(unclaimed()).isEqualTo(kept);

    leader().load(0, 0, Map.of());
    change(LakehouseCluster.CONTEXT, "bi", "replicas", 2);
    change(LakehouseCluster.CONTEXT, "bi", "warmPoolRef", "shared");
    // Whichever of the two changes was seen first, what comes from now on may be claimed.
    change(LakehouseCluster.CONTEXT, "bi", "replicas", 3);
    eventually(() -> assertThat(leader().ready("bi")).isEqualTo(3));
    assertThat(leader().replicas("bi"))
        .anySatisfy(one -> assertThat(kept).contains(one.id().value()));
  }

  @Test
  void ofTwoClustersOneGetsTheOnlyDriver() {
    FakeGateway gateway = gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    String kept = unclaimed().iterator().next();
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    cluster("etl", "{image: 'spark:1', warmPoolRef: shared}");
    fixture.operator.fate(Fate.STARTS_FOR_EVER);
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
        fixture.client, fixture.namespace, Optional.empty(), InstantSource.system());
  }

  private KubernetesReplicaProvisioner provisioner(
      String cluster, String secret, ReplicaSpec spec, NamespaceWatch watch) {
    KubernetesClient client = fixture.client;
    KubernetesReplicaProvisioner provisioner =
        new KubernetesReplicaProvisioner(
            KubernetesSettings.of(
                cluster,
                fixture.namespace,
                Optional.of(
                    new OwnerReferenceBuilder()
                        .withApiVersion("sluice.io/v1")
                        .withKind("LakehouseCluster")
                        .withName(cluster)
                        .withUid(cluster)
                        .build()),
                secret,
                fixture.token),
            spec,
            client,
            watch,
            new WarmDrivers(client, watch, () -> {}),
            fixture.executor,
            fixture.scheduler,
            InstantSource.system());
    provisioner.claimFrom(Optional.of("shared"));
    return provisioner;
  }

  /** Two gateways that both take themselves for the one that leads. */
  @Test
  void aDriverIsClaimedOnce() {
    gateway("one");
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
    gateway("one");
    gateway("two");
    pool("{image: 'spark:1'}");
    filled(1);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    String claimed = wake("bi");
    filled(1);
    Set<String> before = names();

    FakeGateway first = leader();
    first.vanish();
    gateways.remove(first);
    FakeGateway second = leader();
    second.load(0, 1, Map.of());
    Thread.sleep(A_WHILE.toMillis());
    assertThat(second.replicas("bi"))
        .singleElement()
        .satisfies(it -> assertThat(it.id().value()).isEqualTo(claimed));
    assertThat(names()).isEqualTo(before);
    String kept = unclaimed().iterator().next();
    server.client().resource(application(kept)).delete();
    eventually(() -> assertThat(unclaimed()).hasSize(1).doesNotContain(kept));
  }

  @Test
  void aPoolThatIsDeletedTakesTheUnclaimedWithIt() {
    gateway("one");
    pool("{image: 'spark:1', replicas: 2}");
    filled(2);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    String claimed = wake("bi");
    filled(2);
    object(ClusterPool.CONTEXT, "shared").delete();
    eventually(() -> assertThat(names()).containsExactly(claimed));
    assertThat(leader().ready("bi")).isEqualTo(1);
  }

  @Test
  void aPoolThatTheApiServerIsSlowAboutHoldsUpNoOtherAndNoCluster() {
    CountDownLatch held = new CountDownLatch(1);
    FakeGateway gateway =
        gateway("one", server.slowClient("gateway", body -> body.contains("\"slow-w"), held));
    server
        .client()
        .resource(
            ClusterPoolTest.resource(fixture.namespace, "slow", "{image: 'spark:1', replicas: 3}"))
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
    gateway("one");
    pool("{image: 'spark:1', replicas: 3}");
    filled(3);
    change(ClusterPool.CONTEXT, "shared", "replicas", 1);
    filled(1);
    change(ClusterPool.CONTEXT, "shared", "replicas", 0);
    filled(0);
  }

  @Test
  void oneOfAnotherKindOrTooOldStaysUntilAnotherListensInItsPlace() throws Exception {
    FakeGateway gateway = gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    String first = unclaimed().iterator().next();
    fixture.operator.fate(Fate.STARTS_FOR_EVER);
    change(ClusterPool.CONTEXT, "shared", "image", "spark:2");
    eventually(() -> assertThat(unclaimed()).hasSize(2));
    Thread.sleep(A_WHILE.toMillis());
    assertThat(unclaimed()).hasSize(2).contains(first);
    String second =
        unclaimed().stream().filter(name -> !name.equals(first)).findFirst().orElseThrow();
    fixture.operator.fate(Fate.LISTENS).listen(second);
    eventually(() -> assertThat(unclaimed()).containsExactly(second));

    gateway.later = Duration.ofHours(25);
    eventually(() -> assertThat(unclaimed()).hasSize(1).doesNotContain(second));
  }

  @Test
  void aPoolThatDoesNotStartSaysWhyAndWaits() throws Exception {
    fixture.operator.fate(Fate.NO_IMAGE);
    gateway("one");
    pool("{image: 'spark:1', replicas: 2}");
    eventually(() -> assertThat(poolStatus("reason").toString()).contains("ImagePullBackOff"));
    Set<String> seen = new TreeSet<>(names());
    for (int look = 0; look < 20; look++) {
      Thread.sleep(100);
      seen.addAll(names());
    }
    assertThat(seen).as("not one after the other").hasSizeLessThanOrEqualTo(4);
    fixture.operator.fate(Fate.LISTENS);
    filled(2);
  }

  @Test
  void oneThatTheApiServerKeepsOtherwiseIsToldAndNotMadeAgainAndAgain() throws Exception {
    gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    String kept = unclaimed().iterator().next();
    GenericKubernetesResource driver = application(kept);
    driver.setAdditionalProperty("spec", Map.of("sparkConf", Map.of("spark.ui.enabled", "other")));
    server.client().resource(driver).update();
    eventually(
        () -> assertThat(poolStatus("reason").toString()).contains("keeps another specification"));
    Thread.sleep(A_WHILE.toMillis());
    assertThat(unclaimed()).containsExactly(kept);
    cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
    assertThat(wake("bi")).isEqualTo("bi-1");
  }

  @Test
  void aBrokenDefinitionIsToldAndWhatThereIsStays() throws Exception {
    gateway("one");
    pool("{image: 'spark:1'}");
    filled(1);
    Set<String> kept = unclaimed();
    change(ClusterPool.CONTEXT, "shared", "sparkVersion", "3.5.0");
    eventually(
        () ->
            assertThat(poolStatus("reason"))
                .isEqualTo("spec.sparkVersion is 3.5.0, but the gateway speaks 4.1.2"));
    Thread.sleep(A_WHILE.toMillis());
    assertThat(unclaimed()).isEqualTo(kept);
  }

  @Test
  void anApiServerThatIsAwayChangesNothing() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(server.port())) {
      FakeGateway gateway = gateway("one", proxy.port());
      pool("{image: 'spark:1', replicas: 2}");
      filled(2);
      cluster("bi", "{image: 'spark:1', warmPoolRef: shared}");
      Set<String> before = names();
      proxy.away(true);
      // All of them are too old now.
      gateway.later = Duration.ofHours(25);
      gateway.load(0, 1, Map.of());
      for (int look = 0; look < 40; look++) {
        assertThat(unclaimed()).isEqualTo(before);
        Thread.sleep(100);
      }
      proxy.away(false);
      eventually(() -> assertThat(gateway.ready("bi")).isEqualTo(1));
      eventually(() -> assertThat(unclaimed()).hasSize(2).doesNotContainAnyElementsOf(before));
    }
  }
}
