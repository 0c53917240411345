package io.sluice.gateway.statement;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SessionId;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.router.Admission.Grant;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.SparkRun;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/**
 * The road: received, analysed, queued, routed, running, ended. No step holds a thread while it
 * waits; each continues where the one before completes.
 */
public final class SparkStatementService implements StatementService {

  private final Function<AnalysisRequest, Analysis> analyzer;
  private final StatementQueue queue;
  private final Journal journal;
  private final Executor planning;
  private final Executor work;
  private final AnswerTables answers;
  private final SparkAccess spark;
  private final ResultSchemas schemas;
  private final StatementLimits limits;
  private final Runnable catalogChanged;
  private final InstantSource clock;
  private final Map<StatementId, ManagedStatement> living = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /**
   * @param analyzer the planner; throws {@link SluiceException} to refuse
   * @param queue the permits for running statements
   * @param schemaQueue the permits for asking Spark for a schema, which must not wait behind
   *     results that their clients are slow to fetch
   * @param planning runs the analyser; bounded, with stacks of 16 MiB
   * @param work runs short steps that never block
   * @param ticker ages the cache of schemas
   * @param limits how long a statement may take, as {@link #enforceLimits} finds
   * @param catalogChanged is run when a command has ended, before its client knows; never throws
   */
  public SparkStatementService(
      Function<AnalysisRequest, Analysis> analyzer,
      Replicas replicas,
      StatementQueue queue,
      StatementQueue schemaQueue,
      SparkSessions sparkSessions,
      Journal journal,
      AnswerTables answers,
      Executor planning,
      Executor work,
      Ticker ticker,
      StatementLimits limits,
      Runnable catalogChanged,
      InstantSource clock) {
    this.analyzer = analyzer;
    this.queue = queue;
    this.journal = journal;
    this.answers = answers;
    this.planning = planning;
    this.work = work;
    this.spark = new SparkAccess(replicas, sparkSessions);
    this.schemas = new ResultSchemas(schemaQueue, spark, work, ticker);
    this.limits = limits;
    this.catalogChanged = catalogChanged;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
    StatementId id = StatementId.random();
    AnalysisRequest request = request(session, sql);
    return analyze(request)
        .thenCompose(analysis -> describe(id, session, request, analysis))
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(refuse(id, session, sql, failure)));
  }

  /** A statement that is refused when it is prepared never comes to be submitted; it ends here. */
  private SluiceException refuse(StatementId id, Session session, String sql, Throwable failure) {
    ManagedStatement refused = new ManagedStatement(id, session, journal, work, clock);
    journal.received(refused, sql.length());
    SluiceException error = Failures.forClient(failure, false, id);
    refused.failed(error);
    return error;
  }

  @Override
  public Statement submit(Session session, String sql, List<Expression.Literal> parameters) {
    ManagedStatement statement =
        new ManagedStatement(StatementId.random(), session, journal, work, clock);
    journal.received(statement, sql.length());
    living.put(statement.id(), statement);
    statement.ending().thenRun(() -> living.remove(statement.id()));
    if (stopping) {
      statement.shutDown();
      return statement;
    }
    AnalysisRequest request = request(session, sql);
    analyze(request)
        .thenCompose(analysis -> whenWanted(statement, request, analysis))
        .thenCompose(analysis -> proceed(statement, request, analysis, parameters))
        .exceptionally(
            failure -> {
              statement.failed(failure);
              return null;
            });
    return statement;
  }

  /** Ends the statements of a session. */
  public void cancelAll(SessionId session, String reason) {
    List<ManagedStatement> all =
        living.values().stream()
            .filter(statement -> statement.session().id().equals(session))
            .toList();
    end(all, statement -> statement.cancel(reason));
  }

  /** Ends statements whose replica is taken away; their clients may send them again. */
  public void replicaLeaves(List<StatementId> statements) {
    for (StatementId id : statements) {
      Optional.ofNullable(living.get(id)).ifPresent(ManagedStatement::replicaLeaves);
    }
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

  /** Ends the statements that have passed a limit; to be called every so often. */
  public void enforceLimits() {
    living.values().forEach(statement -> statement.enforce(limits));
  }

  /** Returns whether a statement of the session has not ended. */
  public boolean isBusy(Session session) {
    return living.values().stream().anyMatch(s -> s.session().id().equals(session.id()));
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
        session.configuration());
  }

  private CompletableFuture<Analysis> analyze(AnalysisRequest request) {
    try {
      return CompletableFuture.supplyAsync(() -> analyzer.apply(request), planning);
    } catch (RuntimeException rejected) {
      return CompletableFuture.failedFuture(rejected);
    }
  }

  /**
   * Nothing runs before a client waits for it, and then not on an authorisation kept from before.
   */
  private CompletableFuture<Analysis> whenWanted(
      ManagedStatement statement, AnalysisRequest request, Analysis analysis) {
    CompletableFuture<Void> subscribed = statement.whenSubscribed();
    return subscribed.isDone()
        ? CompletableFuture.completedFuture(analysis)
        : subscribed.thenCompose(now -> analyze(request));
  }

  private CompletableFuture<Void> proceed(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis analysis,
      List<Expression.Literal> parameters) {
    if (!statement.advance(StatementState.ANALYZED, "")) {
      return CompletableFuture.completedFuture(null);
    }
    if (analysis instanceof Analysis.SparkQuery query) {
      if (query.restricted()) {
        statement.restrict();
      }
      checkCount(query, parameters);
      return run(statement, request, query, parameters);
    }
    if (statement.advance(StatementState.RUNNING, "gateway")) {
      if (analysis instanceof Analysis.Answer answer) {
        answers.publisher(answer.table()).subscribe(statement.relay());
      } else {
        change(statement.session(), analysis);
        statement.completed();
      }
    }
    return CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> run(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      List<Expression.Literal> parameters) {
    if (!statement.advance(StatementState.QUEUED, "")) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Grant> permit =
        queue.enter(statement.id(), statement.session().principal().name());
    // A cancelled run holds its permit until Spark has let go of it.
    statement.onEnd(
        () -> statement.freed().whenComplete((done, failure) -> queue.leave(statement.id())));
    boolean waits = !permit.isDone();
    return permit.thenComposeAsync(
        grant -> {
          statement.permitted();
          return (waits
                  ? renew(statement, request, query)
                  : CompletableFuture.completedFuture(query))
              .thenCompose(current -> run(statement, request, current, parameters, grant));
        },
        work);
  }

  /**
   * Authorises anew what has waited. The same shape is needed because its client was told of one; a
   * shape that nobody remembers counts as another.
   */
  private CompletableFuture<Analysis.SparkQuery> renew(
      ManagedStatement statement, AnalysisRequest request, Analysis.SparkQuery before) {
    return analyze(request)
        .thenCompose(
            analysis -> {
              if (!(analysis instanceof Analysis.SparkQuery now)) {
                throw outdated();
              }
              if (now.restricted()) {
                statement.restrict();
              }
              // A command's client was told of no shape.
              if (now.command() || now.dependencies().equals(before.dependencies())) {
                return CompletableFuture.completedFuture(now);
              }
              Schema promised = schemas.known(request, before).orElseThrow(() -> outdated());
              statement.onEnd(() -> schemas.leave(statement.id()));
              return schemas
                  .of(statement.id(), statement.session(), request, now)
                  .thenCompose(schema -> unchanged(request, now, schema.equals(promised)));
            });
  }

  /** Asking for the schema took time too: what was authorised before it must still hold. */
  private CompletableFuture<Analysis.SparkQuery> unchanged(
      AnalysisRequest request, Analysis.SparkQuery before, boolean sameSchema) {
    if (!sameSchema) {
      throw outdated();
    }
    return analyze(request)
        .thenApply(
            analysis -> {
              if (analysis instanceof Analysis.SparkQuery now
                  && now.dependencies().equals(before.dependencies())) {
                return now;
              }
              throw outdated();
            });
  }

  private static SluiceException outdated() {
    return new SluiceException(
        ErrorCode.STATEMENT_OUTDATED,
        "A table or policy that the statement depends on changed while it waited for its turn, and"
            + " its result may have other columns now. Send the statement again.");
  }

  private CompletableFuture<Void> run(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      List<Expression.Literal> parameters,
      Grant grant) {
    if (!statement.advance(StatementState.ROUTED, grant.replica() + ", " + grant.reason())) {
      return CompletableFuture.completedFuture(null);
    }
    return spark
        .lease(statement.session(), request.configuration(), grant.replica())
        .thenAccept(
            access -> {
              if (query.command()) {
                statement.beforeClientIsTold(catalogChanged);
              }
              if (!statement.advance(StatementState.RUNNING, grant.replica().value())) {
                access.close();
                return;
              }
              SparkRun run =
                  access
                      .backend()
                      .execute(
                          new ExecuteRequest(
                              access.session(), statement.id().value(), query.sql(), parameters));
              statement.runsUntil(run.freed());
              run.freed().whenComplete((done, failure) -> access.close());
              run.subscribe(statement.relay());
            });
  }

  private CompletableFuture<PreparedStatement> describe(
      StatementId id, Session session, AnalysisRequest request, Analysis analysis) {
    String sql = request.sql();
    if (analysis instanceof Analysis.SparkQuery query && !query.command()) {
      return schemas
          .of(id, session, request, query)
          .thenApply(schema -> new PreparedStatement(sql, true, schema, query.parameters()))
          .exceptionallyCompose(
              failure ->
                  CompletableFuture.failedFuture(
                      Failures.forClient(failure, query.restricted(), id)));
    }
    if (analysis instanceof Analysis.Answer answer) {
      return CompletableFuture.completedFuture(
          new PreparedStatement(sql, true, AnswerTables.schema(answer.table()), List.of()));
    }
    List<Optional<String>> parameters =
        analysis instanceof Analysis.SparkQuery command ? command.parameters() : List.of();
    return CompletableFuture.completedFuture(
        new PreparedStatement(sql, false, new Schema(List.of()), parameters));
  }

  private static void checkCount(Analysis.SparkQuery query, List<Expression.Literal> parameters) {
    if (query.parameters().size() != parameters.size()) {
      throw new SluiceException(
          ErrorCode.PARAMETER_MISMATCH,
          "The statement has "
              + query.parameters().size()
              + " parameter markers, but "
              + parameters.size()
              + " values were given.");
    }
  }

  private static void change(Session session, Analysis analysis) {
    if (analysis instanceof Analysis.Use use) {
      session.use(use.namespace());
    } else if (analysis instanceof Analysis.SetConfiguration set) {
      Map<String, String> values = new HashMap<>(session.configuration());
      values.put(set.key(), set.value());
      session.configure(values);
    } else if (analysis instanceof Analysis.ResetConfiguration reset) {
      Map<String, String> values = new HashMap<>(session.configuration());
      reset.key().ifPresentOrElse(values::remove, values::clear);
      session.configure(values);
    } else {
      throw new IllegalStateException("no way to carry out " + analysis.getClass());
    }
  }
}
