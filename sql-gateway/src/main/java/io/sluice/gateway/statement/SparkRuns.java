package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ReplicaId;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.router.Admission.Grant;
import io.sluice.router.StatementKind;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkRun;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.apache.spark.connect.proto.Expression;

/** The part of the road that leads over Spark: queued, routed, running, and once more if lost. */
final class SparkRuns {

  private final Clusters clusters;
  private final SparkAccess spark;
  private final ResultSchemas schemas;
  private final RunAuthorization authorization;
  private final SeparateRuns separate;
  private final LivingStatements living;
  private final Runnable catalogChanged;
  private final Executor work;

  /**
   * @param catalogChanged is run when a command has ended, before its client knows; never throws
   * @param work runs short steps that never block
   */
  SparkRuns(
      Clusters clusters,
      SparkAccess spark,
      ResultSchemas schemas,
      RunAuthorization authorization,
      SeparateRuns separate,
      LivingStatements living,
      Runnable catalogChanged,
      Executor work) {
    this.clusters = clusters;
    this.spark = spark;
    this.schemas = schemas;
    this.authorization = authorization;
    this.separate = separate;
    this.living = living;
    this.catalogChanged = catalogChanged;
    this.work = work;
  }

  /** Returns what is to happen when a command of a session's has ended. */
  Runnable effect(Session session) {
    return () -> {
      session.hadEffect();
      catalogChanged.run();
    };
  }

  /** Sets a statement on its way to Spark; what it fails with ends the statement. */
  CompletableFuture<Void> run(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      Parameters parameters) {
    RoutedPermit permit =
        clusters.statement(
            statement.session(),
            request.configuration(),
            request.namespace().catalog(),
            query.command() ? StatementKind.COMMAND : StatementKind.QUERY,
            query.bytes());
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
  void noteLoss(ReplicaId replica) {
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
    if (living.isStopping()) {
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
}
