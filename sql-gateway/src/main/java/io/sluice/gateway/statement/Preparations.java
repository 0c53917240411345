package io.sluice.gateway.statement;

import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.session.Session;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.AnswerTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.types.pojo.Schema;

/** Statements that are analysed, authorised and described without being run. */
final class Preparations {

  private final Analyses analyses;
  private final LivingStatements living;
  private final StatementTexts texts;
  private final ResultSchemas schemas;
  private final RunAuthorization authorization;
  private final GatewayRuns gatewayRuns;
  private final InstantSource clock;

  Preparations(
      Analyses analyses,
      LivingStatements living,
      StatementTexts texts,
      ResultSchemas schemas,
      RunAuthorization authorization,
      GatewayRuns gatewayRuns,
      InstantSource clock) {
    this.analyses = analyses;
    this.living = living;
    this.texts = texts;
    this.schemas = schemas;
    this.authorization = authorization;
    this.gatewayRuns = gatewayRuns;
    this.clock = clock;
  }

  /**
   * Prepares a statement.
   *
   * @param mayAsk whether Spark may be asked for the columns
   * @return empty if it may not, and its run will tell them
   */
  CompletableFuture<Optional<PreparedStatement>> prepare(
      Session session, String sql, boolean mayAsk) {
    StatementId id = StatementId.random();
    if (living.isStopping()) {
      return CompletableFuture.failedFuture(refuse(id, session, sql, Failures.shuttingDown()));
    }
    StatementTexts.Held text = texts.of(session.principal().name());
    try {
      text.add(sql, Parameters.of(List.of()));
    } catch (SluiceException full) {
      return CompletableFuture.failedFuture(refuse(id, session, sql, full));
    }
    AnalysisRequest request = Analyses.request(session, sql);
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
                throw LivingStatements.closed();
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
    SluiceException error = Failures.forClient(failure, UnaryOperator.identity(), id);
    living.refused(id, session, sql.length(), error);
    return error;
  }

  private CompletableFuture<PreparedStatement> describe(
      StatementId id, Session session, AnalysisRequest request, Analysis analysis) {
    String sql = request.sql();
    if (analysis instanceof Analysis.SetConfiguration set) {
      gatewayRuns.checkCluster(session, set);
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
}
