package io.sluice.gateway.statement;

import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.arrow.ResultReader;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.session.Door;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.Principal;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.planner.SourceMap;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.Routing;
import io.sluice.spark.SparkBackend;
import io.sluice.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;

/** A statement service with one permit, on a Spark and a clock that the test moves by hand. */
abstract class StatementServiceFixture {

  static final StatementLimits LIMITS =
      new StatementLimits(Duration.ofMinutes(5), Duration.ofHours(2), 100, 1_000);

  private static final ClusterSnapshot SNAPSHOT =
      new ClusterSnapshot(
          "main", List.of(new ReplicaStatus(new ReplicaId("one"), ReplicaState.READY, 1)), "");

  final ManualScheduler time = new ManualScheduler();
  final RootAllocator allocator = new RootAllocator();
  final RecordedSpark spark = new RecordedSpark();
  final List<EndedStatement> ended = new ArrayList<>();
  final Journal journal = new Journal(time, ended::add);
  final Session session =
      new SessionRegistry(new Namespace("lake", "tpch"), Duration.ofHours(1), time, s -> false)
          .at(Door.FLIGHT)
          .open(new Principal("ann", Set.of()), "");
  Optional<SparkBackend> backend = Optional.of(spark);

  /** What was said to have broken off, in order, and what comes of that. */
  final List<ReplicaId> suspected = new ArrayList<>();

  Supplier<CompletableFuture<Void>> onSuspect = () -> CompletableFuture.completedFuture(null);
  Analysis analysis = query("select 1", false);
  RuntimeException refusal;
  Executor planning = Runnable::run;
  final List<AnalysisRequest> analyzed = new ArrayList<>();
  final List<String> catalogChanges = new ArrayList<>();

  /** What was compared with the catalog; it is current if it is the latest analysis. */
  final List<Analysis.SparkQuery> checks = new ArrayList<>();

  Runnable onCheck = () -> {};

  final Replicas replicas =
      new Replicas() {
        @Override
        public Optional<SparkBackend> backend(ReplicaId replica) {
          return backend;
        }

        @Override
        public CompletableFuture<Void> suspect(ReplicaId replica) {
          suspected.add(replica);
          return onSuspect.get();
        }
      };

  final RecordedViews views = new RecordedViews();
  final StatementQueue queue = newQueue(1);
  final SparkSessions sparkSessions = new SparkSessions(Duration.ofMinutes(10), time);
  final GatewayAnswers gatewayAnswers =
      new GatewayAnswers(LIMITS.clientStall(), Runnable::run, time);
  final SparkStatementService service =
      new SparkStatementService(
          new Analyses(
              request -> {
                analyzed.add(request);
                if (refusal != null) {
                  throw refusal;
                }
                return analysis;
              },
              query -> {
                checks.add(query);
                onCheck.run();
                return query == analysis;
              },
              task -> planning.execute(task)),
          principal -> principal.name().equals("root"),
          replicas,
          new Clusters(routing(), Map.of("main", new Clusters.Queues(queue, newQueue(1))), time),
          sparkSessions,
          journal,
          new AnswerTables(new RowEncoder(allocator)),
          gatewayAnswers,
          Runnable::run,
          () -> 0,
          LIMITS,
          () -> catalogChanges.add("changed"),
          new ViewChanges(views, Runnable::run, () -> catalogChanges.add("changed")),
          new SeparateRuns(new ResultReader(allocator)),
          time);

  /** Returns the rules; those of a test may be of another kind. Called while this is made. */
  Routing routing() {
    return Routing.toOnly("main");
  }

  StatementQueue newQueue(int perSlot) {
    return new StatementQueue(
        new AdmissionLimits(perSlot, 10, Duration.ofMinutes(5)), () -> SNAPSHOT, time);
  }

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  RecordedSpark.Run started(Statement statement) {
    subscribe(statement);
    return spark.runs.get(spark.runs.size() - 1);
  }

  static RecordingClient subscribe(Statement statement) {
    RecordingClient client = new RecordingClient();
    statement.result().subscribe(client);
    return client;
  }

  static List<Optional<String>> markers(String type) {
    return List.of(Optional.of(type));
  }

  static Analysis.SparkQuery command(String sql, List<Optional<String>> parameters) {
    return query(sql, List.of(), parameters, true);
  }

  static Analysis.SparkQuery query(String sql, boolean restricted) {
    List<Analysis.RelationUse> relations =
        restricted
            ? List.of(
                new Analysis.RelationUse(
                    new TableName("lake", "tpch", "orders"), "uuid", 0, true, List.of("4"), 0))
            : List.of();
    return query(sql, relations, List.of(), false);
  }

  static Analysis.SparkQuery query(
      String sql,
      List<Analysis.RelationUse> relations,
      List<Optional<String>> parameters,
      boolean command) {
    return new Analysis.SparkQuery(
        sql,
        relations,
        !relations.isEmpty(),
        parameters,
        List.of("text=" + sql),
        command,
        List.of(),
        List.of(),
        SourceMap.ofOwn(sql),
        "");
  }
}
