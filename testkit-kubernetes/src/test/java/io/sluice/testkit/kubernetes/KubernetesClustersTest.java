package io.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.testkit.CuttableProxy;
import io.sluice.testkit.FakeSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clusters that objects define, kept by two gateways. */
@Timeout(180)
class KubernetesClustersTest {

  /** How long the API server is away; a minute where there is time. */
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("sluice.kubernetes.outage", 8));

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
    FakeGateway gateway =
        new FakeGateway(
            identity, server.client("gateway", port), fixture.namespace, fixture.token, sparks);
    gateways.add(gateway);
    return gateway;
  }

  private FakeGateway gateway(String identity) {
    return gateway(identity, server.port());
  }

  private void define(String name, String spec) {
    server.client().resource(LakehouseClusterTest.resource(fixture.namespace, name, spec)).create();
  }

  private Resource<GenericKubernetesResource> object(String name) {
    return server
        .client()
        .genericKubernetesResources(LakehouseCluster.CONTEXT)
        .inNamespace(fixture.namespace)
        .withName(name);
  }

  private Object status(String name, String field) {
    Object value = object(name).get().get("status", field);
    return value == null ? "" : value;
  }

  /** Changes what {@code bi} is to be, as {@code kubectl patch} does. */
  private void change(String field, Object value) {
    object("bi")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of(field, value))));
  }

  private List<GenericKubernetesResource> applications() {
    return server
        .client()
        .genericKubernetesResources("spark.apache.org/v1", "SparkApplication")
        .inNamespace(fixture.namespace)
        .list()
        .getItems();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(assertion);
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

  private FakeGateway follower() {
    FakeGateway leader = leader();
    return gateways.stream().filter(gateway -> gateway != leader).findFirst().orElseThrow();
  }

  @Test
  void aClusterComesServesInAllGatewaysAndGoesWithItsObject() {
    gateway("one");
    gateway("two");
    define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 2, maxReplicas: 2}}");
    eventually(
        () -> assertThat(gateways).allSatisfy(one -> assertThat(one.ready("bi")).isEqualTo(2)));
    assertThat(applications()).hasSize(2);
    eventually(
        () -> {
          assertThat(status("bi", "phase")).isEqualTo("Ready");
          assertThat(status("bi", "readyReplicas")).isEqualTo(2);
        });
    assertThat(object("bi").get().getMetadata().getFinalizers()).contains("sluice.io/drain");
    assertThat(applications().get(0).getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getName()).isEqualTo("bi"));

    object("bi").delete();
    eventually(() -> assertThat(object("bi").get()).isNull());
    assertThat(applications()).isEmpty();
    eventually(() -> assertThat(gateways).allSatisfy(one -> assertThat(one.closed).contains("bi")));
  }

  @Test
  void aStatementAtAFollowerWakesTheCluster() {
    gateway("one");
    gateway("two");
    define("bi", "image: 'spark:1'");
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
    assertThat(applications()).isEmpty();

    eventually(() -> assertThat(follower().opened).contains("bi"));
    follower().load(0, 1, Map.of());
    eventually(() -> assertThat(follower().ready("bi")).isEqualTo(1));
  }

  @Test
  void aDrainingReplicaWaitsForTheStatementsOfAFollower() {
    gateway("one");
    gateway("two");
    define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(follower().ready("bi")).isEqualTo(1));
    ReplicaId replica = follower().replicas("bi").get(0).id();
    follower().load(1, 0, Map.of(replica, 1));
    eventually(() -> assertThat(status("bi", "running")).isEqualTo(1));

    change("suspend", true);
    eventually(
        () ->
            assertThat(follower().replicas("bi"))
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo(ReplicaState.DRAINING)));
    assertThat(applications()).hasSize(1);
    follower().load(0, 0, Map.of());
    eventually(() -> assertThat(applications()).isEmpty());
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
  }

  @Test
  void anotherGatewayLeadsWithinTheTermAndKeepsTheReplicas() {
    gateway("one");
    gateway("two");
    define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 3}}");
    eventually(
        () -> assertThat(gateways).allSatisfy(one -> assertThat(one.ready("bi")).isEqualTo(1)));
    String before = applications().get(0).getMetadata().getUid();

    FakeGateway first = leader();
    FakeGateway second = follower();
    first.vanish();
    gateways.remove(first);
    Instant vanished = Instant.now();
    await().atMost(Duration.ofSeconds(20)).until(second.clusters::isLeader);
    assertThat(Duration.between(vanished, Instant.now()))
        .isLessThan(FakeGateway.TERM.multipliedBy(2));
    second.load(1, 5, Map.of());
    eventually(() -> assertThat(second.ready("bi")).isGreaterThan(1));
    assertThat(applications())
        .anySatisfy(one -> assertThat(one.getMetadata().getUid()).isEqualTo(before));
  }

  @Test
  void oneThatStopsHandsOverAtOnce() {
    gateway("one");
    gateway("two");
    FakeGateway first = leader();
    FakeGateway second = follower();
    first.close();
    gateways.remove(first);
    await().atMost(FakeGateway.TERM).until(second.clusters::isLeader);
  }

  @Test
  void anImageThatChangesIsRolledOut() {
    gateway("one");
    define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(leader().ready("bi")).isEqualTo(1));
    change("image", "spark:2");
    eventually(
        () ->
            assertThat(applications())
                .singleElement()
                .satisfies(
                    one ->
                        assertThat(
                                one.<Object>get(
                                    "spec", "sparkConf", "spark.kubernetes.container.image"))
                            .isEqualTo("spark:2")));
    eventually(() -> assertThat(leader().ready("bi")).isEqualTo(1));
  }

  @Test
  void aBrokenDefinitionIsToldAndTheLastGoodOneHolds() {
    gateway("one");
    define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(leader().ready("bi")).isEqualTo(1));
    change("sparkVersion", "3.5.0");
    eventually(
        () ->
            assertThat(status("bi", "reason"))
                .isEqualTo("spec.sparkVersion is 3.5.0, but the gateway speaks 4.1.2"));
    assertThat(status("bi", "phase")).isEqualTo("Degraded");
    assertThat(leader().ready("bi")).isEqualTo(1);

    if (!ApiServer.isReal()) {
      // A real one refuses it.
      change("sparkVersion", "4.1.2");
      change("catalogRef", "lake");
      eventually(
          () -> assertThat(status("bi", "reason")).isEqualTo("spec.catalogRef cannot be changed"));
      assertThat(leader().ready("bi")).isEqualTo(1);
    }
  }

  @Test
  void anObjectThatCannotBeDealtWithHoldsUpNoOther() {
    FakeGateway gateway = gateway("one");
    gateway.failing = "broken";
    define("broken", "image: 'spark:1'");
    define("empty", "{image: 'spark:1', driverTemplate: {spec: null}}");
    define("bi", "image: 'spark:1'");
    eventually(() -> assertThat(gateway.opened).containsExactlyInAnyOrder("bi", "empty"));
    eventually(
        () ->
            assertThat(status("broken", "reason"))
                .isEqualTo(
                    "the gateway cannot keep it as it is defined; the gateway's log says why"));
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
  }

  @Test
  void anObjectOfTheSameNameIsAnotherCluster() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(server.port())) {
      FakeGateway gateway = gateway("one", proxy.port());
      define("bi", "image: 'spark:1'");
      eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
      proxy.away(true);
      object("bi")
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": null}}");
      object("bi").delete();
      eventually(() -> assertThat(object("bi").get()).isNull());
      define("bi", "{image: 'spark:1', groups: [finance]}");
      proxy.away(false);
      eventually(() -> assertThat(gateway.groups.get("bi")).isEqualTo(Set.of("finance")));
      assertThat(gateway.closed).containsExactly("bi");
      eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
    }
  }

  @Test
  void whoMayUseAClusterCountsWhateverElseCannotBeRead() {
    FakeGateway gateway = gateway("one");
    define("bi", "image: 'spark:1'");
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
    change("sparkVersion", "3.5.0");
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Degraded"));
    assertThat(gateway.groups.get("bi")).isEmpty();
    change("groups", List.of("finance"));
    eventually(() -> assertThat(gateway.groups.get("bi")).isEqualTo(Set.of("finance")));
    if (!ApiServer.isReal()) {
      // A real one refuses it.
      change("groups", "everybody");
      eventually(
          () ->
              assertThat(gateway.groups.get("bi"))
                  .isNotEmpty()
                  .doesNotContain("finance", "everybody"));
    }
  }

  @Test
  void anApiServerThatIsAwayTakesNothingAwayAndParksStarts() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(server.port())) {
      FakeGateway gateway = gateway("one", proxy.port());
      define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 3}}");
      define("cold", "image: 'spark:1'");
      eventually(() -> assertThat(gateway.ready("bi")).isEqualTo(1));
      eventually(() -> assertThat(gateway.opened).contains("cold"));
      List<ClusterSnapshot.ReplicaStatus> before = gateway.replicas("bi");

      proxy.away(true);
      Instant end = Instant.now().plus(OUTAGE);
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> reason(gateway, "cold").contains("API server does not answer"));
      gateway.load(1, 3, Map.of());
      while (Instant.now().isBefore(end)) {
        assertThat(gateway.replicas("bi")).containsAll(before);
        assertThat(applications()).hasSize(1);
        Thread.sleep(200);
      }
      proxy.away(false);
      eventually(() -> assertThat(gateway.ready("bi")).isGreaterThan(1));
      assertThat(gateway.replicas("bi")).containsAll(before);
      eventually(() -> assertThat(gateway.ready("cold")).isPositive());
    }
  }

  @Test
  void aGatewayThatStartsWithoutTheApiServerServesWhatWasThereLast() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(server.port())) {
      FakeGateway before = gateway("one", proxy.port());
      define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 3}}");
      define("gone", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
      eventually(() -> assertThat(before.ready("bi")).isEqualTo(1));
      eventually(() -> assertThat(before.ready("gone")).isEqualTo(1));
      eventually(() -> assertThat(status("gone", "readyReplicas")).isEqualTo(1));
      eventually(() -> assertThat(status("bi", "readyReplicas")).isEqualTo(1));
      Path kept = fixture.token.resolveSibling("one");
      eventually(
          () ->
              assertThat(Files.readString(driversOf(kept)))
                  .contains("bi-1", "gone-1", "\"podIP\":"));
      before.vanish();
      gateways.remove(before);

      proxy.away(true);
      FakeGateway after = gateway("one", proxy.port());
      eventually(() -> assertThat(after.ready("bi")).isEqualTo(1));
      assertThat(after.clusters.isRemembered()).isTrue();
      assertThat(after.listed).isTrue();
      after.load(1, 3, Map.of());
      object("gone")
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": null}}");
      object("gone").delete();
      Instant end = Instant.now().plus(FakeGateway.TERM);
      while (Instant.now().isBefore(end)) {
        assertThat(after.ready("bi")).isEqualTo(1);
        assertThat(after.opened).containsExactlyInAnyOrder("bi", "gone");
        Thread.sleep(200);
      }
      assertThat(after.clusters.trouble()).contains("API server does not answer");

      proxy.away(false);
      eventually(() -> assertThat(after.closed).containsExactly("gone"));
      eventually(() -> assertThat(after.ready("bi")).isGreaterThan(1));
      assertThat(after.clusters.isRemembered()).isFalse();
    }
  }

  private Path driversOf(Path kept) {
    return kept.resolve("pods-in-namespace-" + fixture.namespace + ".json");
  }

  private static String reason(FakeGateway gateway, String cluster) {
    return gateway.clusters.cluster(cluster).orElseThrow().snapshot().reason();
  }
}
