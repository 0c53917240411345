package io.sluice.testkit.kubernetes;

import static io.sluice.testkit.kubernetes.TenantExtension.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.model.ReplicaId;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import io.sluice.spark.SparkSession;
import io.sluice.testkit.CuttableProxy;
import io.sluice.testkit.FakeBatches;
import io.sluice.testkit.FakeSpark;
import io.sluice.testkit.ResultProbe;
import io.sluice.testkit.SparkFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a gateway that dies leaves running on Spark is ended by the others. */
@Timeout(600)
class LostGatewayTest {

  private static final String ENDLESS =
      "select count(*) from range(0, 1000000000000000, 1, 8) where id % 7 = 8";

  private static final String SHORT = "select count(*) from range(0, 1000, 1, 8)";

  private static final List<String> PARTS =
      IntStream.range(0, 64).mapToObj(part -> "sluice.ledger.sessions." + part).toList();

  /** Those of a gateway that serves. */
  private static final Duration TERM = Duration.ofSeconds(15);

  private static final Duration TICK = Duration.ofSeconds(5);

  @RegisterExtension private static final TenantExtension TENANT = new TenantExtension();

  private final FakeSpark fake =
      new FakeSpark(SparkConfiguration.required(KubernetesFixture.spec("spark:1")))
          .endless(ENDLESS, FakeBatches.longSchema("count(1)"));
  private final SparkSession session = SparkFixture.session("ann of \"sales\": 50 % ü");

  private FakeGateway gateway(String identity, int port) {
    return TENANT.gateway(
        identity, port, endpoint -> fake.connect(), FakeGateway.TERM, FakeGateway.TICK);
  }

  /** Returns the replica of a cluster that all gateways use. */
  private ReplicaId replica() {
    TENANT.define("bi", "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}");
    eventually(
        () ->
            assertThat(TENANT.gateways)
                .allSatisfy(one -> assertThat(one.ready("bi")).isEqualTo(1)));
    return TENANT.gateways.get(0).replicas("bi").get(0).id();
  }

  private static List<Lease> leases() {
    return TENANT.leases();
  }

  /** Runs a statement that does not end by itself through a gateway. */
  private static SparkRun run(
      FakeGateway gateway, ReplicaId replica, SparkSession session, UUID operation) {
    SparkRun run =
        gateway
            .clusters
            .cluster("bi")
            .flatMap(manager -> manager.backend(replica))
            .orElseThrow()
            .execute(new ExecuteRequest(session, operation, ENDLESS, List.of()));
    ResultProbe.of(run).request(2);
    return run;
  }

  /** Waits until a gateway has told a replica of a Spark session. */
  private void awaitLedger(SparkBackend spark, SparkSession listed) {
    eventually(
        () ->
            assertThat(leases())
                .anySatisfy(
                    lease ->
                        assertThat(
                                spark
                                    .configuration(
                                        new SparkSession(
                                            UUID.fromString(
                                                lease
                                                    .getMetadata()
                                                    .getAnnotations()
                                                    .get("sluice.io/ledger")),
                                            "sluice-ledger"),
                                        PARTS)
                                    .join()
                                    .toString())
                            .contains(listed.id().toString())));
  }

  @Test
  void aPeerEndsWhatAGatewayThatDiedLeftRunningAndNothingElse() {
    FakeGateway dying = gateway("one", TENANT.server().port());
    FakeGateway living = gateway("two", TENANT.server().port());
    ReplicaId replica = replica();
    SparkSession other = SparkFixture.session("ann");
    dying.sessions.put(replica, List.of(SparkFixture.session("idle"), session));
    living.sessions.put(replica, List.of(other));
    UUID left = UUID.randomUUID();
    UUID alive = UUID.randomUUID();
    run(dying, replica, session, left);
    run(living, replica, other, alive);
    assertThat(fake.running()).containsExactlyInAnyOrder(left, alive);
    awaitLedger(fake.connect(), session);
    awaitLedger(fake.connect(), other);

    TENANT.vanish(dying);
    Instant vanished = Instant.now();
    eventually(() -> assertThat(fake.running()).containsExactly(alive));
    assertThat(Duration.between(vanished, Instant.now()))
        .isGreaterThan(FakeGateway.TERM.dividedBy(2));
    // Nobody keeps it in mind for good.
    eventually(() -> assertThat(leases()).hasSize(1));
    assertThat(fake.running()).containsExactly(alive);
  }

  private boolean isReleased(SparkSession which) {
    return fake.connect().configuration(which, List.of("x")).isCompletedExceptionally();
  }

  @Test
  void aGatewayThatStopsReleasesWhatItHasAndGoes() {
    FakeGateway stopping = gateway("one", TENANT.server().port());
    gateway("two", TENANT.server().port());
    ReplicaId replica = replica();
    stopping.sessions.put(replica, List.of(session));
    awaitLedger(fake.connect(), session);
    List<SparkSession> ledgers =
        leases().stream()
            .map(lease -> lease.getMetadata().getAnnotations().get("sluice.io/ledger"))
            .map(id -> new SparkSession(UUID.fromString(id), "sluice-ledger"))
            .toList();
    assertThat(ledgers).hasSize(2).noneMatch(this::isReleased);

    TENANT.stop(stopping);
    assertThat(leases()).hasSize(1);
    assertThat(isReleased(session)).isTrue();
    assertThat(ledgers).filteredOn(this::isReleased).hasSize(1);
  }

  @Test
  void whatAGatewayThatStoppedCouldNotEndAPeerEnds() {
    FakeGateway stopping = gateway("one", TENANT.server().port());
    gateway("two", TENANT.server().port());
    ReplicaId replica = replica();
    stopping.sessions.put(replica, List.of(session));
    awaitLedger(fake.connect(), session);

    fake.silence(true);
    CompletableFuture<Void> stop = CompletableFuture.runAsync(stopping::close);
    TENANT.gateways.remove(stopping);
    while (!stop.isDone()) {
      assertThat(leases()).hasSize(2);
    }
    stop.join();
    assertThat(leases()).hasSize(2);
    fake.silence(false);
    assertThat(isReleased(session)).isFalse();
    eventually(() -> assertThat(isReleased(session)).isTrue());
    eventually(() -> assertThat(leases()).hasSize(1));
  }

  @Test
  void aGatewayThatTheApiServerDoesNotHearLosesNothing() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy(TENANT.server().port())) {
      FakeGateway unheard = gateway("one", proxy.port());
      gateway("two", TENANT.server().port());
      ReplicaId replica = replica();
      unheard.sessions.put(replica, List.of(session));
      UUID operation = UUID.randomUUID();
      run(unheard, replica, session, operation);
      awaitLedger(fake.connect(), session);

      proxy.away(true);
      // Long enough for its Lease to run out, and to be deleted.
      eventually(() -> assertThat(leases()).hasSize(1));
      assertThat(fake.running()).containsExactly(operation);
      proxy.away(false);
      eventually(() -> assertThat(leases()).hasSize(2));
      assertThat(fake.running()).containsExactly(operation);

      TENANT.vanish(unheard);
      eventually(() -> assertThat(fake.running()).isEmpty());
    }
  }

  @Test
  void aStatementOfADeadGatewayIsOffSparkWithinHalfAMinute() {
    SparkFixture spark = SparkFixture.shared();
    spark.run(SHORT);
    List<SparkBackend> connections = new CopyOnWriteArrayList<>();
    FakeGateway dying =
        TENANT.gateway(
            "one",
            TENANT.server().port(),
            endpoint -> {
              SparkBackend connection = spark.connect();
              connections.add(connection);
              return connection;
            },
            TERM,
            TICK);
    TENANT.gateway("two", TENANT.server().port(), endpoint -> spark.connect(), TERM, TICK);
    ReplicaId replica = replica();
    dying.sessions.put(replica, List.of(session));
    SparkRun run = run(dying, replica, session, UUID.randomUUID());
    await().atMost(Duration.ofSeconds(180)).until(() -> run.progress().isPresent());
    awaitLedger(spark.backend(), session);

    TENANT.vanish(dying);
    connections.forEach(SparkBackend::close);
    Instant vanished = Instant.now();
    // All task slots are taken until it is ended.
    assertThat(spark.run(SHORT).column()).isEqualTo(List.<Object>of(1000L));
    assertThat(Duration.between(vanished, Instant.now()))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(30));
  }
}
