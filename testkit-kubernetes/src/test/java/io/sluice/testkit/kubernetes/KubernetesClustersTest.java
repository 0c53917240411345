package io.sluice.testkit.kubernetes;

import static io.sluice.testkit.kubernetes.TenantExtension.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.testkit.CuttableProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clusters that objects define, kept by two gateways. */
@Timeout(180)
class KubernetesClustersTest {

  /** How long the API server is away; a minute where there is time. */
  private static final Duration OUTAGE =
      Duration.ofSeconds(Integer.getInteger("sluice.kubernetes.outage", 8));

  @RegisterExtension private static final TenantExtension TENANT = new TenantExtension();

  private static Resource<GenericKubernetesResource> object(String name) {
    return TENANT.object(LakehouseCluster.CONTEXT, name);
  }

  private static Object status(String name, String field) {
    return TENANT.status(LakehouseCluster.CONTEXT, name, field);
  }

  /** Changes what {@code bi} is to be. */
  private static void change(String field, Object value) {
    TENANT.change(LakehouseCluster.CONTEXT, "bi", field, value);
  }

  @Test
  void aClusterComesServesInAllGatewaysAndGoesWithItsObject() {
    TENANT.gateway("one");
    TENANT.gateway("two");
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 2, maxReplicas: 2}}");
    eventually(
        () ->
            assertThat(TENANT.gateways)
                .allSatisfy(one -> assertThat(one.ready("bi")).isEqualTo(2)));
    assertThat(TENANT.applications()).hasSize(2);
    eventually(
        () -> {
          assertThat(status("bi", "phase")).isEqualTo("Ready");
          assertThat(status("bi", "readyReplicas")).isEqualTo(2);
        });
    assertThat(object("bi").get().getMetadata().getFinalizers()).contains("sluice.io/drain");
    assertThat(TENANT.applications().get(0).getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getName()).isEqualTo("bi"));

    object("bi").delete();
    eventually(() -> assertThat(object("bi").get()).isNull());
    assertThat(TENANT.applications()).isEmpty();
    eventually(
        () -> assertThat(TENANT.gateways).allSatisfy(one -> assertThat(one.closed).contains("bi")));
  }

  @Test
  void aStatementAtAFollowerWakesTheCluster() {
    TENANT.gateway("one");
    TENANT.gateway("two");
    TENANT.define("bi", "image: 'spark:1'");
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
    assertThat(TENANT.applications()).isEmpty();

    eventually(() -> assertThat(TENANT.follower().opened).contains("bi"));
    TENANT.follower().load(0, 1, Map.of());
    eventually(() -> assertThat(TENANT.follower().ready("bi")).isEqualTo(1));
  }

  @Test
  void aDrainingReplicaWaitsForTheStatementsOfAFollower() {
    TENANT.gateway("one");
    TENANT.gateway("two");
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(TENANT.follower().ready("bi")).isEqualTo(1));
    ReplicaId replica = TENANT.follower().replicas("bi").get(0).id();
    TENANT.follower().load(1, 0, Map.of(replica, 1));
    eventually(() -> assertThat(status("bi", "running")).isEqualTo(1));

    change("suspend", true);
    eventually(
        () ->
            assertThat(TENANT.follower().replicas("bi"))
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo(ReplicaState.DRAINING)));
    assertThat(TENANT.applications()).hasSize(1);
    TENANT.follower().load(0, 0, Map.of());
    eventually(() -> assertThat(TENANT.applications()).isEmpty());
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
  }

  @Test
  void anotherGatewayLeadsWithinTheTermAndKeepsTheReplicas() {
    TENANT.gateway("one");
    TENANT.gateway("two");
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 3}}");
    eventually(
        () ->
            assertThat(TENANT.gateways)
                .allSatisfy(one -> assertThat(one.ready("bi")).isEqualTo(1)));
    String before = TENANT.applications().get(0).getMetadata().getUid();

    FakeGateway first = TENANT.leader();
    FakeGateway second = TENANT.follower();
    TENANT.vanish(first);
    Instant vanished = Instant.now();
    await().atMost(Duration.ofSeconds(20)).until(second.clusters::isLeader);
    assertThat(Duration.between(vanished, Instant.now()))
        .isLessThan(FakeGateway.TERM.multipliedBy(2));
    second.load(1, 5, Map.of());
    eventually(() -> assertThat(second.ready("bi")).isGreaterThan(1));
    assertThat(TENANT.applications())
        .anySatisfy(one -> assertThat(one.getMetadata().getUid()).isEqualTo(before));
  }

  @Test
  void oneThatStopsHandsOverAtOnce() {
    TENANT.gateway("one");
    TENANT.gateway("two");
    FakeGateway first = TENANT.leader();
    FakeGateway second = TENANT.follower();
    TENANT.stop(first);
    await().atMost(FakeGateway.TERM).until(second.clusters::isLeader);
  }

  @Test
  void anImageThatChangesIsRolledOut() {
    TENANT.gateway("one");
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(TENANT.leader().ready("bi")).isEqualTo(1));
    change("image", "spark:2");
    eventually(
        () ->
            assertThat(TENANT.applications())
                .singleElement()
                .satisfies(
                    one ->
                        assertThat(
                                one.<Object>get(
                                    "spec", "sparkConf", "spark.kubernetes.container.image"))
                            .isEqualTo("spark:2")));
    eventually(() -> assertThat(TENANT.leader().ready("bi")).isEqualTo(1));
  }

  @Test
  void aBrokenDefinitionIsToldAndTheLastGoodOneHolds() {
    TENANT.gateway("one");
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(TENANT.leader().ready("bi")).isEqualTo(1));
    change("sparkVersion", "3.5.0");
    eventually(
        () ->
            assertThat(status("bi", "reason"))
                .isEqualTo("spec.sparkVersion is 3.5.0, but the gateway speaks 4.1.2"));
    assertThat(status("bi", "phase")).isEqualTo("Degraded");
    assertThat(TENANT.leader().ready("bi")).isEqualTo(1);

    if (!ApiServer.isReal()) {
      // A real one refuses it.
      change("sparkVersion", "4.1.2");
      change("catalogRef", "lake");
      eventually(
          () -> assertThat(status("bi", "reason")).isEqualTo("spec.catalogRef cannot be changed"));
      assertThat(TENANT.leader().ready("bi")).isEqualTo(1);
    }
  }

  @Test
  void anObjectThatCannotBeDealtWithHoldsUpNoOther() {
    FakeGateway gateway = TENANT.gateway("one");
    gateway.failing = "broken";
    TENANT.define("broken", "image: 'spark:1'");
    TENANT.define("empty", "{image: 'spark:1', driverTemplate: {spec: null}}");
    TENANT.define("bi", "image: 'spark:1'");
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
    try (CuttableProxy proxy = new CuttableProxy(TENANT.server().port())) {
      FakeGateway gateway = TENANT.gateway("one", proxy.port());
      TENANT.define("bi", "image: 'spark:1'");
      eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
      proxy.away(true);
      object("bi")
          .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\": {\"finalizers\": null}}");
      object("bi").delete();
      eventually(() -> assertThat(object("bi").get()).isNull());
      TENANT.define("bi", "{image: 'spark:1', groups: [finance]}");
      proxy.away(false);
      eventually(() -> assertThat(gateway.groups.get("bi")).isEqualTo(Set.of("finance")));
      assertThat(gateway.closed).containsExactly("bi");
      eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Suspended"));
    }
  }

  @Test
  void whoMayUseAClusterCountsWhateverElseCannotBeRead() {
    FakeGateway gateway = TENANT.gateway("one");
    TENANT.define("bi", "image: 'spark:1'");
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
  void executorsThatDoNotStartAreToldOfAndNoReplicaThatWouldWantForTheSameIsStarted() {
    FakeGateway gateway = TENANT.gateway("one");
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 3}}");
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Ready"));
    String executor = TENANT.fixture().operator.executor("bi-1");
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(20))
        .until(() -> status("bi", "phase"), "Ready"::equals);
    // As long as a start may take goes by.
    eventually(
        () -> {
          gateway.later = gateway.later.plusSeconds(30);
          assertThat(status("bi", "phase")).isEqualTo("Degraded");
        });
    assertThat(gateway.later).isGreaterThan(Duration.ofSeconds(150));
    assertThat(status("bi", "reason"))
        .isEqualTo(
            "no node takes Spark's executors (0/3 nodes are available: 3 Insufficient memory.)");
    eventually(
        () ->
            assertThat(gateway.status("bi").standing())
                .startsWith("no node takes Spark's executors (0/3 "));
    FakeGateway follower = TENANT.gateway("two");
    eventually(
        () -> {
          assertThat(follower.status("bi").standing()).isEqualTo(gateway.status("bi").standing());
          assertThat(follower.status("bi").decisions())
              .extracting(MadeDecision::action, MadeDecision::reason)
              .isNotEmpty()
              .isEqualTo(
                  gateway.status("bi").decisions().stream()
                      .map(decision -> tuple(decision.action(), decision.reason()))
                      .toList());
        });
    gateway.load(1, 3, Map.of());
    await()
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(20))
        .until(TENANT::applications, applications -> applications.size() == 1);

    TENANT.fixture().operator.run(executor);
    eventually(() -> assertThat(gateway.ready("bi")).isGreaterThan(1));
    eventually(() -> assertThat(status("bi", "phase")).isEqualTo("Ready"));
  }

  @Test
  void anApiServerThatIsAwayTakesNothingAwayAndParksStarts() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(TENANT.server().port())) {
      FakeGateway gateway = TENANT.gateway("one", proxy.port());
      TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 3}}");
      TENANT.define("cold", "image: 'spark:1'");
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
        assertThat(gateway.status("bi").standing()).contains("API server does not answer");
        assertThat(gateway.replicas("bi")).containsAll(before);
        assertThat(TENANT.applications()).hasSize(1);
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
    try (CuttableProxy proxy = new CuttableProxy(TENANT.server().port())) {
      FakeGateway before = TENANT.gateway("one", proxy.port());
      TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 3}}");
      TENANT.define("gone", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
      eventually(() -> assertThat(before.ready("bi")).isEqualTo(1));
      eventually(() -> assertThat(before.ready("gone")).isEqualTo(1));
      eventually(() -> assertThat(status("gone", "readyReplicas")).isEqualTo(1));
      eventually(() -> assertThat(status("bi", "readyReplicas")).isEqualTo(1));
      Path kept = TENANT.fixture().token.resolveSibling("one");
      eventually(
          () ->
              assertThat(Files.readString(driversOf(kept)))
                  .contains("bi-1", "gone-1", "\"podIP\":"));
      TENANT.vanish(before);

      proxy.away(true);
      FakeGateway after = TENANT.gateway("one", proxy.port());
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
    return kept.resolve("pods-in-namespace-" + TENANT.fixture().namespace + ".json");
  }

  private static String reason(FakeGateway gateway, String cluster) {
    return gateway.clusters.cluster(cluster).orElseThrow().snapshot().reason();
  }
}
