package io.sluice.gateway.statement;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.Namespace;
import io.sluice.router.StatementKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * The road: received, analysed, queued, routed, running, ended. No step holds a thread while it
 * waits; each continues where the one before completes.
 */
public final class SparkStatementService implements StatementService {

  private final Analyses analyses;
  private final Clusters clusters;
  private final Executor work;
  private final InstantSource clock;
  private final StatementTexts texts = new StatementTexts();
  private final LivingStatements living;
  private final SparkAccess spark;
  private final RunAuthorization authorization;
  private final Preparations preparations;
  private final GatewayRuns gatewayRuns;
  private final SparkRuns sparkRuns;

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
    this.work = work;
    this.clock = clock;
    this.living = new LivingStatements(journal, limits, work, clock);
    this.spark = new SparkAccess(replicas, sparkSessions);
    ResultSchemas schemas = new ResultSchemas(clusters, spark, work, ticker);
    this.authorization =
        new RunAuthorization(analyses, schemas, administrator, viewChanges.names());
    this.gatewayRuns =
        new GatewayRuns(
            analyses, clusters, schemas, authorization, answers, gatewayAnswers, viewChanges);
    this.sparkRuns =
        new SparkRuns(
            clusters, spark, schemas, authorization, separate, living, catalogChanged, work);
    this.preparations =
        new Preparations(analyses, living, texts, schemas, authorization, gatewayRuns, clock);
  }

  @Override
  public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
    return preparations.prepare(session, sql, true).thenApply(Optional::orElseThrow);
  }

  @Override
  public CompletableFuture<Optional<PreparedStatement>> prepareUnasked(
      Session session, String sql) {
    return preparations.prepare(session, sql, false);
  }

  @Override
  public Statement submit(Session session, String sql, Parameters parameters) {
    ManagedStatement statement = living.received(session, sql.length());
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
    AnalysisRequest request = Analyses.request(session, sql);
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
                    ? Optional.of(DescribedStatement.digest(query))
                    : Optional.empty());
  }

  @Override
  public Ingestion ingest(Session session, IngestTarget target) {
    ManagedStatement statement = living.received(session, 0);
    Map<String, String> configuration = session.configuration();
    String catalog = session.namespace().catalog();
    SparkIngestion ingestion =
        new SparkIngestion(
            statement,
            target,
            sql -> analyses.of(Analyses.request(session, sql)),
            command -> authorization.disclosure(session, command),
            () -> clusters.statement(session, configuration, catalog, StatementKind.INGEST, 0),
            grant -> {
              statement.tellLoss(() -> sparkRuns.noteLoss(grant.replica()));
              return spark.leaseAlone(session, configuration, List.of(), grant.replica());
            },
            sparkRuns.effect(session),
            work);
    ingestion.start();
    return ingestion;
  }

  private CompletableFuture<Boolean> isCurrent(
      ManagedStatement statement, long effects, AnalysisRequest before, Analysis analysis) {
    Session session = statement.session();
    AnalysisRequest now = Analyses.request(session, before.sql());
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

  /** Ends the statements of some sessions. */
  public void cancelAll(Predicate<Session> sessions, String reason) {
    living.cancelAll(sessions, reason);
  }

  /** Ends statements whose replica is taken away; their clients may send them again. */
  public void replicaLeaves(List<StatementId> statements) {
    living.replicaLeaves(statements);
  }

  /**
   * Lets the statements go on that have a permit, and ends the others, which may be sent elsewhere;
   * from now on ends every other as soon as it comes.
   *
   * @return completes when none is left
   */
  public CompletableFuture<Void> drain() {
    return living.drain();
  }

  /** Returns whether no statement is taken any more. */
  public boolean isStopping() {
    return living.isStopping();
  }

  /** Ends all statements, and from now on every other as soon as it comes. */
  public void shutDown() {
    living.shutDown();
  }

  /** Ends the statements that have passed a limit of time; to be called every so often. */
  public void enforceLimits() {
    living.enforceLimits();
  }

  /** Returns whether a statement of the session has not ended. */
  public boolean isBusy(Session session) {
    return living.isBusy(session);
  }

  /** Returns how many bytes the texts and values of statements hold that have not ended. */
  public long textBytes() {
    return texts.held();
  }

  /** Returns how many statements have not ended. */
  public int running() {
    return living.size();
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
      return sparkRuns.run(statement, request, query, parameters);
    }
    return gatewayRuns.run(statement, request, analysis);
  }
}
