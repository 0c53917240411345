package io.sluice.testkit.kubernetes;

import static io.sluice.testkit.kubernetes.TenantExtension.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.testkit.CuttableProxy;
import io.sluice.testkit.FakeSpark;
import io.sluice.testkit.kubernetes.FakeOperator.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What gateways that share clusters tell one another, in the pace of those that serve. */
@Timeout(180)
class SeveralGatewaysTest {

  /** Long enough for an API server that is slow. */
  private static final Duration TERM = Duration.ofSeconds(30);

  private static final Duration TICK = Duration.ofSeconds(5);
  private static final Duration WATCHED = Duration.ofSeconds(10);

  /** For each of two gateways: one in each half tick, and some at the beginning. */
  private static final int WRITES = 2 * (int) (WATCHED.toMillis() / (TICK.toMillis() / 2) + 2);

  @RegisterExtension private static final TenantExtension TENANT = new TenantExtension();

  private final FakeSpark spark =
      new FakeSpark(SparkConfiguration.required(KubernetesFixture.spec("spark:1")));

  private FakeGateway gateway(String identity, int port) {
    return TENANT.gateway(identity, port, endpoint -> spark.connect(), TERM, TICK);
  }

  private FakeGateway gateway(String identity) {
    return gateway(identity, TENANT.server().port());
  }

  private static ReplicaState state(FakeGateway gateway) {
    return gateway.replicas("bi").get(0).state();
  }

  /** Counts what gateways write into their own Leases. */
  private static Watch writes(AtomicInteger count) {
    return TENANT
        .server()
        .client()
        .leases()
        .inNamespace(TENANT.fixture().namespace)
        .withLabel("sluice.io/gateway")
        .watch(
            new Watcher<Lease>() {
              @Override
              public void eventReceived(Action action, Lease lease) {
                count.incrementAndGet();
              }

              @Override
              public void onClose(WatcherException cause) {}
            });
  }

  @Test
  void nobodyAnswersALeaseWithALease() {
    FakeGateway one = gateway("one");
    FakeGateway two = gateway("two");
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(() -> assertThat(List.of(one.ready("bi"), two.ready("bi"))).containsOnly(1L));
    AtomicInteger idle = new AtomicInteger();
    try (Watch watch = writes(idle)) {
      await().during(WATCHED).atMost(WATCHED.plusSeconds(5)).until(() -> idle.get() <= WRITES);
    }
    assertThat(idle.get()).as("each says that it lives").isGreaterThanOrEqualTo(2);
    AtomicInteger busy = new AtomicInteger();
    try (Watch watch = writes(busy)) {
      await()
          .during(WATCHED)
          .atMost(WATCHED.plusSeconds(5))
          .until(
              () -> {
                // Statements come all the time.
                one.load(busy.get() % 7, 3, Map.of());
                two.load(1, 1 + busy.get() % 5, Map.of());
                return busy.get() <= WRITES;
              });
    }
  }

  @Test
  void aReplicaEndsOnceEveryGatewayHasSaidThatItLeavesItAlone() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(TENANT.server().port())) {
      FakeGateway leader = gateway("one");
      await().atMost(Duration.ofSeconds(30)).until(leader.clusters::isLeader);
      FakeGateway follower = gateway("two", proxy.port());
      TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
      eventually(
          () -> assertThat(List.of(leader.ready("bi"), follower.ready("bi"))).containsOnly(1L));
      eventually(() -> assertThat(TENANT.leases()).hasSize(2));
      ReplicaId replica = follower.replicas("bi").get(0).id();

      proxy.away(true);
      follower.grant(replica);
      TENANT.change(LakehouseCluster.CONTEXT, "bi", "suspend", true);
      eventually(() -> assertThat(state(leader)).isEqualTo(ReplicaState.DRAINING));
      assertStays(Duration.ofSeconds(6));
      assertThat(state(follower)).isEqualTo(ReplicaState.READY);

      proxy.away(false);
      eventually(() -> assertThat(state(follower)).isEqualTo(ReplicaState.DRAINING));
      assertStays(Duration.ofSeconds(4));
      follower.load(0, 0, Map.of());
      eventually(() -> assertThat(TENANT.applications()).isEmpty());
    }
  }

  private static void assertStays(Duration time) {
    await().during(time).atMost(time.plusSeconds(5)).until(() -> TENANT.applications().size() == 1);
  }

  @Test
  void thatNothingCanStartIsKnownInEveryGateway() {
    TENANT.fixture().operator.fate(Fate.NO_IMAGE);
    FakeGateway one = gateway("one");
    await().atMost(Duration.ofSeconds(30)).until(one.clusters::isLeader);
    FakeGateway follower = gateway("two");
    TENANT.define("bi", "image: 'spark:1'");
    eventually(() -> assertThat(follower.opened).contains("bi"));
    follower.load(0, 1, Map.of());
    eventually(
        () -> {
          ClusterSnapshot known = follower.clusters.cluster("bi").orElseThrow().snapshot();
          assertThat(known.failing()).isTrue();
          assertThat(known.reason()).startsWith("Spark does not start (").contains("nowhere/spark");
        });

    TENANT.fixture().operator.fate(Fate.LISTENS);
    eventually(() -> assertThat(follower.ready("bi")).isEqualTo(1));
    assertThat(follower.clusters.cluster("bi").orElseThrow().snapshot().failing()).isFalse();
  }

  @Test
  void othersInTheNamespaceAreNoPeers() {
    FakeGateway one = TENANT.gateway("one");
    FakeGateway other =
        new FakeGateway(
            "two",
            TENANT.server().client("gateway"),
            TENANT.fixture().namespace,
            TENANT.fixture().token,
            endpoint -> spark.connect(),
            "another",
            FakeGateway.TERM,
            FakeGateway.TICK);
    TENANT.gateways.add(other);
    eventually(
        () ->
            assertThat(List.of(one.clusters.isLeader(), other.clusters.isLeader()))
                .containsOnly(true));
    eventually(
        () ->
            assertThat(TENANT.leases())
                .extracting(lease -> lease.getMetadata().getLabels().get("sluice.io/gateway"))
                .containsExactlyInAnyOrder("sluice", "another"));
  }
}
