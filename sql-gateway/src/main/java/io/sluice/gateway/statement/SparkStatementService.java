package io.sluice.gateway.statement;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.AnswerTable;
import io.sluice.planner.Namespace;
import io.sluice.planner.SessionSettings;
import io.sluice.router.Admission.Grant;
import io.sluice.router.StatementKind;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkRun;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/**
 * The road: received, analysed, queued, routed, running, ended. No step holds a thread while it
 * waits; each continues where the one before completes.
 */
public final class SparkStatementService implements StatementService {

  private final Analyses analyses;
  private final Clusters clusters;
  private final Journal journal;
  private final Executor work;
  private final AnswerTables answers;
  private final GatewayAnswers gatewayAnswers;
  private final SparkAccess spark;
  private final ResultSchemas schemas;
  private final RunAuthorization authorization;
  private final StatementLimits limits;
  private final Runnable catalogChanged;
  private final ViewChanges viewChanges;
  private final SeparateRuns separate;
  private final InstantSource clock;
  private final StatementTexts texts = new StatementTexts();
  private final Map<StatementId, ManagedStatement> living = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * @param administrator who may read all that Spark says
   * @param clusters where statements run
   * @param gatewayAnswers bounds the answers that the gateway itself gives
   * @param work runs short steps that never block
   * @param ticker ages the cache of schemas
   * @param limits how long a statement may take, as {@link #enforceLimits} finds, and how much it
   *     may return; sessions may lower them
   * @param catalogChanged is run when a command has ended, before its client knows; never throws
   */
  public SparkStatementService(
      Analyses analyses,
      Predicate<Principal> administrator,
      Replicas replicas,
      Clusters clusters,
      SparkSessions sparkSessions,
      Journal journal,
      AnswerTables answers,
      GatewayAnswers gatewayAnswers,
      Executor work,
      Ticker ticker,
      StatementLimits limits,
      Runnable catalogChanged,
      ViewChanges viewChanges,
      SeparateRuns separate,
      InstantSource clock) {
    this.analyses = analyses;
    this.clusters = clusters;
    this.journal = journal;
    this.answers = answers;
    this.gatewayAnswers = gatewayAnswers;
    this.work = work;
    this.spark = new SparkAccess(replicas, sparkSessions);
    this.schemas = new ResultSchemas(clusters, spark, work, ticker);
    this.authorization =
        new RunAuthorization(analyses, schemas, administrator, viewChanges.names());
    this.limits = limits;
    this.catalogChanged = catalogChanged;
    this.viewChanges = viewChanges;
    this.separate = separate;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
    return prepare(session, sql, true).thenApply(Optional::orElseThrow);
  }

  @Override
  public CompletableFuture<Optional<PreparedStatement>> prepareUnasked(
      Session session, String sql) {
    return prepare(session, sql, false);
  }

  private CompletableFuture<Optional<PreparedStatement>> prepare(
      Session session, String sql, boolean mayAsk) {
    StatementId id = StatementId.random();
    if (stopping) {
      return CompletableFuture.failedFuture(
          refuse(id, session, sql, ManagedStatement.shuttingDown()));
    }
    StatementTexts.Held text = texts.of(session.principal().name());
    try {
      text.add(sql, Parameters.of(List.of()));
    } catch (SluiceException full) {
      return CompletableFuture.failedFuture(refuse(id, session, sql, full));
    }
    AnalysisRequest request = request(session, sql);
    Instant began = clock.instant();
    return analyses
        .of(request)
        .thenCompose(
            analysis -> {
              text.add(analysis);
              session.prepared(Duration.between(began, clock.instant()));
              return mayAsk || isKnown(request, analysis)
                  ? describe(id, session, request, analysis).thenApply(Optional::of)
                  : CompletableFuture.completedFuture(Optional.<PreparedStatement>empty());
            })
        .thenApply(
            prepared -> {
              if (session.isClosed()) {
                throw closed();
              }
              return prepared;
            })
        .whenComplete((prepared, failure) -> text.close())
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(refuse(id, session, sql, failure)));
  }

  /** Returns whether its run would tell nothing that is not known. */
  private boolean isKnown(AnalysisRequest request, Analysis analysis) {
    return !(analysis instanceof Analysis.SparkQuery query)
        || query.command()
        || query.alone()
        || !query.parameters().isEmpty()
        || schemas.known(request, query).isPresent();
  }

  /** A statement that is refused when it is prepared never comes to be submitted; it ends here. */
  private SluiceException refuse(StatementId id, Session session, String sql, Throwable failure) {
    ManagedStatement refused = new ManagedStatement(id, session, limits, journal, work, clock);
    journal.received(refused, sql.length());
    SluiceException error = Failures.forClient(failure, UnaryOperator.identity(), id);
    refused.failed(error);
    return error;
  }

  @Override
  public Statement submit(Session session, String sql, Parameters parameters) {
    ManagedStatement statement = received(session, sql.length());
    if (statement.state().isTerminal()) {
      return statement;
    }
    StatementTexts.Held text = texts.of(session.principal().name());
    statement.ending().thenRun(text::close);
    try {
      text.add(sql, parameters);
    } catch (SluiceException full) {
      statement.failed(full);
      return statement;
    }
    long effects = session.effects();
    AnalysisRequest request = request(session, sql);
    analyses
        .of(request)
        .thenCompose(analysis -> whenWanted(statement, request, analysis))
        .thenApply(
            analysis -> {
              text.add(analysis);
              statement.isCurrentWhile(() -> isCurrent(statement, effects, request, analysis));
              return analysis;
            })
        .thenCompose(analysis -> proceed(statement, request, analysis, parameters))
        .exceptionally(
            failure -> {
              statement.failed(failure);
              return null;
            });
    return statement;
  }

  @Override
  public CompletableFuture<Optional<String>> wouldRunAs(
      Principal principal, String clientAddress, Namespace namespace, String sql) {
    return analyses
        .of(new AnalysisRequest(sql, principal, clientAddress, namespace, Map.of()))
        .thenApply(
            analysis ->
                analysis instanceof Analysis.SparkQuery query
                    ? Optional.of(ManagedStatement.digest(query))
                    : Optional.empty());
  }

  @Override
  public Ingestion ingest(Session session, IngestTarget target) {
    ManagedStatement statement = received(session, 0);
    Map<String, String> configuration = session.configuration();
    String catalog = session.namespace().catalog();
    SparkIngestion ingestion =
        new SparkIngestion(
            statement,
            target,
            sql -> analyses.of(request(session, sql)),
            command -> authorization.disclosure(session, command),
            () -> clusters.statement(session, configuration, catalog, StatementKind.INGEST),
            grant -> {
              statement.tellLoss(() -> noteLoss(grant.replica()));
              return spark.leaseAlone(session, configuration, List.of(), grant.replica());
            },
            effect(session),
            work);
    ingestion.start();
    return ingestion;
  }

  private CompletableFuture<Boolean> isCurrent(
      ManagedStatement statement, long effects, AnalysisRequest before, Analysis analysis) {
    Session session = statement.session();
    AnalysisRequest now = request(session, before.sql());
    if (session.effects() != effects || !now.equals(before)) {
      return CompletableFuture.completedFuture(false);
    }
    Instant began = clock.instant();
    return analyses
        .of(now)
        .thenApply(
            again -> {
              statement.worked(Duration.between(began, clock.instant()));
              return statement
                  .authorized()
                  .<Analysis>map(ran -> ran)
                  .orElse(analysis)
                  .equals(again);
            });
  }

  private Runnable effect(Session session) {
    return () -> {
      session.hadEffect();
      catalogChanged.run();
    };
  }

  private ManagedStatement received(Session session, int characters) {
    ManagedStatement statement =
        new ManagedStatement(
            StatementId.random(),
            session,
            limits.loweredBy(session.configuration()),
            journal,
            work,
            clock);
    statement.worked(session.takePreparation());
    journal.received(statement, characters);
    living.put(statement.id(), statement);
    statement.ending().thenRun(() -> living.remove(statement.id()));
    if (stopping) {
      statement.shutDown();
    } else if (session.isClosed()) {
      // One that is closed from now on finds this statement among those that it is to end.
      statement.failed(closed());
    }
    return statement;
  }

  private static SluiceException closed() {
    return new SluiceException(
        ErrorCode.SESSION_CLOSED, "The session was closed or has expired; connect again.");
  }

  /** Ends the statements of some sessions. */
  public void cancelAll(Predicate<Session> sessions, String reason) {
    List<ManagedStatement> all =
        living.values().stream().filter(statement -> sessions.test(statement.session())).toList();
    end(all, statement -> statement.cancel(reason));
  }

  /** Ends statements whose replica is taken away; their clients may send them again. */
  public void replicaLeaves(List<StatementId> statements) {
    for (StatementId id : statements) {
      Optional.ofNullable(living.get(id)).ifPresent(ManagedStatement::replicaLeaves);
    }
  }

  /**
   * Lets the statements go on that have a permit, and ends the others, which may be sent elsewhere;
   * from now on ends every other as soon as it comes.
   *
   * @return completes when none is left
   */
  public CompletableFuture<Void> drain() {
    stopping = true;
    List<ManagedStatement> all = List.copyOf(living.values());
    all.stream().filter(statement -> !statement.hasPermit()).forEach(ManagedStatement::shutDown);
    return CompletableFuture.allOf(
        all.stream().map(ManagedStatement::ending).toArray(CompletableFuture<?>[]::new));
  }

  /** Returns whether no statement is taken any more. */
  public boolean isStopping() {
    return stopping;
  }

  /** Ends all statements, and from now on every other as soon as it comes. */
  public void shutDown() {
    stopping = true;
    end(List.copyOf(living.values()), ManagedStatement::shutDown);
  }

  /** Those without a permit first, or one of them would get the permit that another gives back. */
  private static void end(List<ManagedStatement> all, Consumer<ManagedStatement> ending) {
    all.stream().filter(s -> s.state() != StatementState.RUNNING).forEach(ending);
    all.forEach(ending);
  }

  /** Ends the statements that have passed a limit of time; to be called every so often. */
  public void enforceLimits() {
    living.values().forEach(ManagedStatement::enforceLimits);
  }

  /** Returns whether a statement of the session has not ended. */
  public boolean isBusy(Session session) {
    return living.values().stream().anyMatch(s -> s.session().id().equals(session.id()));
  }

  /** Returns how many bytes the texts and values of statements hold that have not ended. */
  public long textBytes() {
    return texts.held();
  }

  /** Returns how many statements have not ended. */
  public int running() {
    return living.size();
  }

  /** The session as it is now: what it is set to later is for its later statements. */
  private static AnalysisRequest request(Session session, String sql) {
    return new AnalysisRequest(
        sql,
        session.principal(),
        session.clientAddress(),
        session.namespace(),
        session.configuration(),
        session.temporaryViews(),
        session.temporaryFunctions(),
        session.variables());
  }

  /**
   * Nothing runs before a client waits for it, and then not on an authorisation kept from before.
   */
  private CompletableFuture<Analysis> whenWanted(
      ManagedStatement statement, AnalysisRequest request, Analysis analysis) {
    CompletableFuture<Void> subscribed = statement.whenSubscribed();
    return subscribed.isDone()
        ? CompletableFuture.completedFuture(analysis)
        : subscribed.thenCompose(now -> analyses.of(request));
  }

  private CompletableFuture<Void> proceed(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis analysis,
      Parameters parameters) {
    if (!statement.advance(StatementState.ANALYZED, analysis.note())) {
      return CompletableFuture.completedFuture(null);
    }
    statement.analyzed(analysis);
    if (analysis instanceof Analysis.SparkQuery query) {
      statement.disclose(authorization.disclosure(statement.session(), query));
      parameters.inOrder(query);
      return run(statement, request, query, parameters);
    }
    if (ViewChanges.concerns(analysis)) {
      return changeViews(statement, request, analysis);
    }
    if (statement.advance(StatementState.RUNNING, "gateway")) {
      if (analysis instanceof Analysis.Answer answer) {
        AnswerRows place = gatewayAnswers.enter(statement.session().principal());
        statement.onEnd(place::close);
        answer.table().rows().forEach(row -> place.count(row, 0));
        answers.publisher(answer.table()).subscribe(statement.relay().source());
      } else {
        change(statement.session(), analysis);
        statement.completed();
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> changeViews(
      ManagedStatement statement, AnalysisRequest request, Analysis analysis) {
    if (analysis instanceof Analysis.Definition definition) {
      statement.disclose(authorization.disclosure(statement.session(), definition.query()));
    }
    if (!statement.advance(StatementState.RUNNING, "gateway" + ViewChanges.describe(analysis))) {
      return CompletableFuture.completedFuture(null);
    }
    statement.onEnd(() -> schemas.leave(statement.id()));
    return viewChanges
        .carryOut(
            statement.session(),
            analysis,
            query ->
                schemas
                    .of(statement.id(), statement.session(), request, query)
                    .thenCompose(schema -> stillWanted(statement, request, analysis, schema)))
        .thenRun(statement::completed);
  }

  /** Asking for the schema took time, after which nobody may want or be granted the view. */
  private CompletableFuture<Schema> stillWanted(
      ManagedStatement statement, AnalysisRequest request, Analysis before, Schema schema) {
    return analyses
        .of(request)
        .thenApply(
            now -> {
              if (statement.state().isTerminal() || !now.equals(before)) {
                throw RunAuthorization.outdated();
              }
              return schema;
            });
  }

  private CompletableFuture<Void> run(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      Parameters parameters) {
    RoutedPermit permit =
        clusters.statement(
            statement.session(),
            request.configuration(),
            request.namespace().catalog(),
            query.command() ? StatementKind.COMMAND : StatementKind.QUERY);
    statement.routed(permit::route);
    if (!statement.advance(StatementState.QUEUED, permit.route().text())) {
      return CompletableFuture.completedFuture(null);
    }
    return enter(statement, request, query, parameters, permit, false);
  }

  /**
   * @param again whether its replica was lost once; it is authorised anew then as after a wait
   */
  private CompletableFuture<Void> enter(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      Parameters parameters,
      RoutedPermit permit,
      boolean again) {
    String user = statement.session().principal().name();
    CompletableFuture<Grant> granted =
        again ? permit.enterAgain(statement.id(), user) : permit.enter(statement.id(), user);
    statement.routed(permit::route);
    statement.waitsAt(() -> permit.place(statement.id()));
    // A cancelled run holds its permit until Spark has let go of it.
    statement.onceFreed(() -> permit.leave(statement.id()));
    boolean waits = again || !granted.isDone();
    // A permit that was waited for is handed on by another statement, which this one must not hold.
    return granted.thenComposeAsync(
        grant -> {
          statement.permitted();
          statement.tellLoss(() -> noteLoss(grant.replica()));
          if (!again) {
            statement.onLoss(
                () ->
                    runAgain(
                        statement, request, query, parameters, permit.again(), grant.replica()));
          }
          if (!statement.advance(StatementState.ROUTED, permit.describe(grant))) {
            return CompletableFuture.completedFuture(null);
          }
          return run(statement, request, query, parameters, grant, waits);
        },
        waits ? work : Runnable::run);
  }

  /** Whatever broke off there, nothing else is to break off for the same reason. */
  private void noteLoss(ReplicaId replica) {
    var unused = spark.lost(replica);
  }

  /** Runs it on another replica, or on the one that takes the lost one's place. */
  private void runAgain(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      Parameters parameters,
      RoutedPermit permit,
      ReplicaId lost) {
    if (stopping) {
      statement.shutDown();
      return;
    }
    spark
        .lost(lost)
        .thenComposeAsync(
            noted ->
                enter(
                    statement,
                    request,
                    statement.authorized().orElse(query),
                    parameters,
                    permit,
                    true),
            work)
        .exceptionally(
            failure -> {
              statement.failed(failure);
              return null;
            });
  }

  private CompletableFuture<Void> run(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      Parameters parameters,
      Grant grant,
      boolean waited) {
    CompletableFuture<SparkAccess.Leased> lease =
        query.alone()
            ? spark.leaseAlone(
                statement.session(), request.configuration(), query.variables(), grant.replica())
            : spark.lease(statement.session(), request, query, grant.replica());
    boolean outdated = waited || !lease.isDone();
    return lease.thenCompose(
        access ->
            authorization
                .of(statement, request, query, outdated)
                .thenAccept(authorized -> run(statement, request, authorized, parameters, access))
                .exceptionallyCompose(
                    failure -> {
                      access.close();
                      return CompletableFuture.failedFuture(failure);
                    }));
  }

  private void run(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      Parameters parameters,
      SparkAccess.Leased access) {
    List<Expression.Literal> values = parameters.inOrder(query);
    if (query.command() && query.variableChange().isEmpty()) {
      statement.changes(effect(statement.session()));
    }
    if (query.alone()) {
      statement.runsOnce();
      if (!statement.runs(query, access.replica())) {
        access.close();
        return;
      }
      separate
          .run(statement, query, values, access)
          .whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  statement.completed();
                } else {
                  statement.failed(failure);
                }
                access.close();
              });
      return;
    }
    UUID operation = statement.operation();
    SparkRun run =
        access
            .backend()
            .execute(new ExecuteRequest(access.session(), operation, query.sql(), values));
    Flow.Subscriber<ResultMessage> rows = statement.relay().source();
    if (!statement.runs(query, access.replica(), run)) {
      access.close();
      return;
    }
    run.freed().whenComplete((done, failure) -> access.close());
    if (statement.awaitsColumns()) {
      run.columns()
          .thenAcceptAsync(
              columns -> {
                schemas.learn(request, query, columns);
                statement.tellColumns(operation, columns);
              },
              work);
    }
    run.subscribe(rows);
  }

  /** A cluster's name is a setting like others, but who may use it is known here alone. */
  private void checkCluster(Session session, Analysis.SetConfiguration set) {
    if (set.key().equals(SessionSettings.CLUSTER)) {
      clusters.check(session.principal(), set.value());
    }
  }

  private CompletableFuture<PreparedStatement> describe(
      StatementId id, Session session, AnalysisRequest request, Analysis analysis) {
    String sql = request.sql();
    if (analysis instanceof Analysis.SetConfiguration set) {
      checkCluster(session, set);
    }
    if (analysis instanceof Analysis.SparkQuery query && !query.command()) {
      return schemas
          .of(id, session, request, query)
          .thenApply(
              schema ->
                  new PreparedStatement(
                      sql,
                      true,
                      schema,
                      query.parameters(),
                      query.parameterNames(),
                      query.relations(),
                      true))
          .exceptionallyCompose(
              failure ->
                  CompletableFuture.failedFuture(
                      Failures.forClient(failure, authorization.disclosure(session, query), id)));
    }
    if (analysis instanceof Analysis.Answer answer) {
      return CompletableFuture.completedFuture(
          new PreparedStatement(sql, true, AnswerTables.schema(answer.table()), List.of()));
    }
    if (analysis instanceof Analysis.SparkQuery call && !call.columns().isEmpty()) {
      Schema schema = AnswerTables.schema(new AnswerTable(call.columns(), List.of()));
      return CompletableFuture.completedFuture(
          new PreparedStatement(sql, true, schema, call.parameters(), List.of(), call.relations()));
    }
    Schema none = new Schema(List.of());
    return CompletableFuture.completedFuture(
        analysis instanceof Analysis.SparkQuery command
            ? new PreparedStatement(
                sql,
                false,
                none,
                command.parameters(),
                command.parameterNames(),
                command.relations())
            : new PreparedStatement(sql, false, none, List.of()));
  }

  private void change(Session session, Analysis analysis) {
    if (analysis instanceof Analysis.Use use) {
      session.use(use.namespace());
    } else if (analysis instanceof Analysis.DropVariable dropped) {
      session.dropVariable(dropped.name());
    } else if (analysis instanceof Analysis.SetConfiguration set) {
      checkCluster(session, set);
      session.configure(values -> values.put(set.key(), set.value()));
    } else if (analysis instanceof Analysis.ResetConfiguration reset) {
      session.configure(values -> reset.key().ifPresentOrElse(values::remove, values::clear));
    } else if (!(analysis instanceof Analysis.Nothing)) {
      throw new IllegalStateException("no way to carry out " + analysis.getClass());
    }
  }
}
