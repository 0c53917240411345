package io.sluice.testkit.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.model.ReplicaId;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.spark.SparkRun;
import io.sluice.spark.SparkSession;
import io.sluice.testkit.CuttableProxy;
import io.sluice.testkit.FakeBatches;
import io.sluice.testkit.FakeSpark;
import io.sluice.testkit.ResultProbe;
import io.sluice.testkit.SparkFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private static ApiServer server;

  @SuppressWarnings("NullAway.Init") // JUnit calls it first.
  private KubernetesFixture fixture;

  private final FakeSpark fake =
      new FakeSpark(SparkConfiguration.required(KubernetesFixture.spec("spark:1")))
          .endless(ENDLESS, FakeBatches.longSchema("count(1)"));
  private final List<FakeGateway> gateways = new ArrayList<>();
  private final SparkSession session = SparkFixture.session("ann of \"sales\": 50 % ü");

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

  private FakeGateway gateway(
      String identity,
      int port,
      Function<SparkEndpoint, SparkBackend> sparks,
      Duration term,
      Duration tick) {
    FakeGateway gateway =
        new FakeGateway(
            identity,
            server.client("gateway", port),
            fixture.namespace,
            fixture.token,
            sparks,
            term,
            tick);
    gateways.add(gateway);
    return gateway;
  }

  private FakeGateway gateway(String identity, int port) {
    return gateway(identity, port, endpoint -> fake.connect(), FakeGateway.TERM, FakeGateway.TICK);
  }

  /** Returns the replica of a cluster that all gateways use. */
  private ReplicaId replica() {
    server
        .client()
        .resource(
            LakehouseClusterTest.resource(
                fixture.namespace,
                "bi",
                "{image: 'spark:1', autoscaling: {minReplicas: 1, maxReplicas: 1}}"))
        .create();
    eventually(
        () -> assertThat(gateways).allSatisfy(one -> assertThat(one.ready("bi")).isEqualTo(1)));
    return gateways.get(0).replicas("bi").get(0).id();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(assertion);
  }

  private List<Lease> leases() {
    return server
        .client()
        .leases()
        .inNamespace(fixture.namespace)
        .withLabel("sluice.io/gateway")
        .list()
        .getItems();
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
    FakeGateway dying = gateway("one", server.port());
    FakeGateway living = gateway("two", server.port());
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

    dying.vanish();
    gateways.remove(dying);
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
    FakeGateway stopping = gateway("one", server.port());
    gateway("two", server.port());
    ReplicaId replica = replica();
    stopping.sessions.put(replica, List.of(session));
    awaitLedger(fake.connect(), session);
    List<SparkSession> ledgers =
        leases().stream()
            .map(lease -> lease.getMetadata().getAnnotations().get("sluice.io/ledger"))
            .map(id -> new SparkSession(UUID.fromString(id), "sluice-ledger"))
            .toList();
    assertThat(ledgers).hasSize(2).noneMatch(this::isReleased);

    stopping.close();
    gateways.remove(stopping);
    assertThat(leases()).hasSize(1);
    assertThat(isReleased(session)).isTrue();
    assertThat(ledgers).filteredOn(this::isReleased).hasSize(1);
  }

  @Test
  void whatAGatewayThatStoppedCouldNotEndAPeerEnds() {
    FakeGateway stopping = gateway("one", server.port());
    gateway("two", server.port());
    ReplicaId replica = replica();
    stopping.sessions.put(replica, List.of(session));
    awaitLedger(fake.connect(), session);

    fake.silence(true);
    CompletableFuture<Void> stop = CompletableFuture.runAsync(stopping::close);
    gateways.remove(stopping);
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
    try (CuttableProxy proxy = new CuttableProxy(server.port())) {
      FakeGateway unheard = gateway("one", proxy.port());
      gateway("two", server.port());
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

      unheard.vanish();
      gateways.remove(unheard);
      eventually(() -> assertThat(fake.running()).isEmpty());
    }
  }

  @Test
  void aStatementOfADeadGatewayIsOffSparkWithinHalfAMinute() {
    SparkFixture spark = SparkFixture.shared();
    spark.run(SHORT);
    List<SparkBackend> connections = new CopyOnWriteArrayList<>();
    FakeGateway dying =
        gateway(
            "one",
            server.port(),
            endpoint -> {
              SparkBackend connection = spark.connect();
              connections.add(connection);
              return connection;
            },
            TERM,
            TICK);
    gateway("two", server.port(), endpoint -> spark.connect(), TERM, TICK);
    ReplicaId replica = replica();
    dying.sessions.put(replica, List.of(session));
    SparkRun run = run(dying, replica, session, UUID.randomUUID());
    await().atMost(Duration.ofSeconds(180)).until(() -> run.progress().isPresent());
    awaitLedger(spark.backend(), session);

    dying.vanish();
    connections.forEach(SparkBackend::close);
    gateways.remove(dying);
    Instant vanished = Instant.now();
    // All task slots are taken until it is ended.
    assertThat(spark.run(SHORT).column()).isEqualTo(List.<Object>of(1000L));
    assertThat(Duration.between(vanished, Instant.now()))
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(30));
  }
}
