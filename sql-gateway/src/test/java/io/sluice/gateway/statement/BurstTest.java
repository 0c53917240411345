package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sluice.cluster.ClusterDemand;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.arrow.ResultReader;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.session.Door;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.model.ClusterLoad;
import io.sluice.model.Principal;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.StatementState;
import io.sluice.planner.Namespace;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.Routing;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkBackend;
import io.sluice.testkit.FakeProvisioner;
import io.sluice.testkit.FakeSpark;
import io.sluice.testkit.ManualScheduler;
import io.sluice.testkit.SparkFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The road, the queue and the manager together, over replicas in memory and a time that the test
 * moves. A statement runs until its client asks for rows.
 */
class BurstTest {

  private static final int BURST = 40;
  private static final ReplicaSpec SPEC =
      new ReplicaSpec(4, "1g", SparkFixture.SPARK_VERSION, Map.of());

  private final ManualScheduler time = new ManualScheduler();
  private final FakeProvisioner provisioner = new FakeProvisioner();
  private final Map<Integer, FakeSpark> sparks = new HashMap<>();
  private final RootAllocator allocator = new RootAllocator();
  private final ClusterManager cluster =
      new ClusterManager(
          ClusterSettings.of("main", SPEC, ScalingSettings.of(0, 3, ScalingPolicy.standard())),
          provisioner,
          endpoint -> sparks.computeIfAbsent(endpoint.port(), port -> spark()).connect(),
          time,
          time,
          time);
  private final StatementQueue queue = newQueue();
  private final SparkSessions sparkSessions = new SparkSessions(Duration.ofMinutes(10), time);
  private final Session session =
      new SessionRegistry(new Namespace("lake", "tpch"), Duration.ofHours(1), time, s -> false)
          .at(Door.FLIGHT)
          .open(new Principal("ann", Set.of()), "");
  private final SparkStatementService service = newService();
  private final List<Statement> statements = new ArrayList<>();
  private final List<RecordingClient> clients = new ArrayList<>();

  private static FakeSpark spark() {
    return new FakeSpark(SparkConfiguration.required(SPEC))
        .result(
            "slow",
            new Schema(List.of()),
            List.of(
                new ResultMessage.BatchMessage(
                    ByteString.EMPTY, ByteString.copyFromUtf8("row"), 1)));
  }

  private StatementQueue newQueue() {
    return new StatementQueue(
        new AdmissionLimits(1, 100, Duration.ofMinutes(5)), cluster::snapshot, time);
  }

  private SparkStatementService newService() {
    return new SparkStatementService(
        new Analyses(
            request -> StatementServiceFixture.query("slow", false), query -> true, Runnable::run),
        principal -> false,
        new Replicas() {
          @Override
          public Optional<SparkBackend> backend(ReplicaId replica) {
            return cluster.backend(replica);
          }

          @Override
          public CompletableFuture<Void> suspect(ReplicaId replica) {
            return cluster.suspect(replica);
          }
        },
        new Clusters(
            Routing.toOnly("burst"), Map.of("burst", new Clusters.Queues(queue, newQueue())), time),
        sparkSessions,
        new Journal(time),
        new AnswerTables(new RowEncoder(allocator)),
        new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, time),
        Runnable::run,
        () -> 0,
        StatementServiceFixture.LIMITS,
        () -> {},
        new ViewChanges(new RecordedViews(), Runnable::run, () -> {}),
        new SeparateRuns(new ResultReader(allocator)),
        time);
  }

  @BeforeEach
  void start() {
    cluster.addListener(snapshot -> queue.changed());
    queue.onWait(cluster::wake);
    cluster.onInterrupt(gone -> service.replicaLeaves(queue.runningOn(gone)));
    cluster.start(
        new ClusterDemand() {
          @Override
          public ClusterLoad load() {
            return queue.load();
          }

          @Override
          public int permits() {
            return queue.permits(SPEC.taskSlots());
          }
        });
    provisioner.slowStarts();
  }

  @AfterEach
  void stop() {
    cluster.close();
    allocator.close();
  }

  private void burst() {
    for (int one = 0; one < BURST; one++) {
      Statement statement = service.submit(session, "slow", List.of());
      RecordingClient client = new RecordingClient();
      statement.result().subscribe(client);
      statements.add(statement);
      clients.add(client);
    }
  }

  private long inState(StatementState state) {
    return statements.stream().filter(statement -> statement.state() == state).count();
  }

  private void listen(int number) {
    provisioner.listen(new ReplicaId("main-" + number), number);
  }

  /** From none to three, until twelve statements run. */
  private void grow() {
    burst();
    assertThat(provisioner.starts()).isBetween(1, 3);
    assertThat(inState(StatementState.QUEUED)).isEqualTo(BURST);
    assertThat(statements.get(BURST - 1).place())
        .contains(new QueuePlace(BURST, Optional.empty(), "Spark is starting"));
    time.advance(Duration.ofSeconds(15));
    listen(1);
    assertThat(inState(StatementState.RUNNING)).isEqualTo(4);
    listenUntilTwelveRun();
    assertThat(provisioner.starts()).isEqualTo(3);
  }

  /** Time passes, and every replica listens that was started. */
  private void listenUntilTwelveRun() {
    for (int second = 0; second < 120 && inState(StatementState.RUNNING) < 12; second++) {
      time.advance(Duration.ofSeconds(1));
      provisioner
          .list()
          .forEach(id -> listen(Integer.parseInt(id.value().substring("main-".length()))));
    }
    assertThat(inState(StatementState.RUNNING)).isEqualTo(12);
  }

  /** Every client asks for its rows once its statement runs. */
  private void finish() {
    for (int step = 0; step < BURST && inState(StatementState.FINISHED) < BURST; step++) {
      time.advance(Duration.ofSeconds(5));
      for (int one = 0; one < BURST; one++) {
        if (statements.get(one).state() == StatementState.RUNNING) {
          clients.get(one).subscription.request(Long.MAX_VALUE);
        }
      }
    }
    assertThat(clients)
        .allSatisfy(
            client -> {
              assertThat(client.error).isNull();
              assertThat(client.completions).isEqualTo(1);
              assertThat(client.messages).as("a schema and a batch").hasSize(2);
            });
  }

  private void goBackToNone() {
    time.advance(Duration.ofMinutes(6));
    assertThat(provisioner.list()).isEmpty();
    assertThat(cluster.isSuspended()).isTrue();
    assertThat(sparkSessions.leases()).isZero();
    assertThat(queue.load().statements()).isZero();
  }

  @Test
  void aBurstGoesFromNoneToThreeReplicasAndBackAndLosesNoStatement() {
    grow();
    finish();
    goBackToNone();
    assertThat(provisioner.starts()).isEqualTo(3);
  }

  @Test
  void aReplicaThatDiesUnderABurstLosesNoStatementEither() {
    grow();
    provisioner.kill(new ReplicaId("main-2"), "Spark was killed");
    assertThat(inState(StatementState.RUNNING)).as("those of the other two").isEqualTo(8);
    assertThat(inState(StatementState.QUEUED)).isEqualTo(BURST - 8);
    listenUntilTwelveRun();
    finish();
    goBackToNone();
    assertThat(provisioner.starts()).isEqualTo(4);
    assertThat(sparks.values().stream().mapToInt(spark -> spark.requests().size()).sum())
        .as("four ran twice")
        .isEqualTo(BURST + 4);
  }

  @Test
  void anUpgradeUnderABurstFailsNoStatement() {
    grow();
    cluster.upgrade(new ReplicaSpec(4, "2g", SparkFixture.SPARK_VERSION, Map.of()));
    time.advance(Duration.ofSeconds(1));
    for (int next = 4; next <= 6; next++) {
      listen(next);
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(cluster.snapshot().replicas())
        .filteredOn(replica -> replica.state() == ReplicaState.READY)
        .extracting(replica -> replica.id().value())
        .containsExactly("main-4", "main-5", "main-6");
    finish();
    assertThat(sparks.values().stream().mapToInt(spark -> spark.requests().size()).sum())
        .as("what ran on the old ones came to its end there")
        .isEqualTo(BURST);
    goBackToNone();
  }
}
