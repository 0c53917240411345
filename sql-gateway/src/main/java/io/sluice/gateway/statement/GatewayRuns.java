package io.sluice.gateway.statement;

import io.sluice.gateway.arrow.AnswerTables;
import io.sluice.gateway.session.Session;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.SessionSettings;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.pojo.Schema;

/** Statements that the gateway answers or carries out itself, without a replica to run on. */
final class GatewayRuns {

  private final Analyses analyses;
  private final Clusters clusters;
  private final ResultSchemas schemas;
  private final RunAuthorization authorization;
  private final AnswerTables answers;
  private final GatewayAnswers gatewayAnswers;
  private final ViewChanges viewChanges;

  GatewayRuns(
      Analyses analyses,
      Clusters clusters,
      ResultSchemas schemas,
      RunAuthorization authorization,
      AnswerTables answers,
      GatewayAnswers gatewayAnswers,
      ViewChanges viewChanges) {
    this.analyses = analyses;
    this.clusters = clusters;
    this.schemas = schemas;
    this.authorization = authorization;
    this.answers = answers;
    this.gatewayAnswers = gatewayAnswers;
    this.viewChanges = viewChanges;
  }

  /** Carries out a statement that was analysed; what it fails with ends the statement. */
  CompletableFuture<Void> run(
      ManagedStatement statement, AnalysisRequest request, Analysis analysis) {
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

  /**
   * A cluster's name is a setting like others, but who may use it is known here alone.
   *
   * @throws io.sluice.model.SluiceException {@code CLUSTER_NOT_FOUND}
   */
  void checkCluster(Session session, Analysis.SetConfiguration set) {
    if (set.key().equals(SessionSettings.CLUSTER)) {
      clusters.check(session.principal(), set.value());
    }
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
