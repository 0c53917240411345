package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Says what a statement runs as when its turn has come: authorised under the policies and over the
 * tables of that moment, with the result that its client was told of.
 */
final class RunAuthorization {

  /** A table that changes more often than this while one statement is about to run is outpaced. */
  private static final int MOST_RENEWALS = 3;

  private final Analyses analyses;
  private final ResultSchemas schemas;
  private final Predicate<Principal> administrator;
  private final NamesInUse names;

  RunAuthorization(
      Analyses analyses,
      ResultSchemas schemas,
      Predicate<Principal> administrator,
      NamesInUse names) {
    this.names = names;
    this.analyses = analyses;
    this.schemas = schemas;
    this.administrator = administrator;
  }

  /** Returns what the session's user is told of Spark's errors. */
  UnaryOperator<SluiceException> disclosure(Session session, Analysis.SparkQuery query) {
    return Disclosure.of(query, administrator.test(session.principal()));
  }

  /**
   * Completes with what is to run; fails with {@code STATEMENT_OUTDATED} when it would have another
   * result, and with whatever refuses it now.
   *
   * @param analyzed what it was found to be when it came
   * @param waited whether that is so long ago that it counts for nothing
   */
  CompletableFuture<Analysis.SparkQuery> of(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery analyzed,
      boolean waited) {
    return waited
        ? renew(statement, request, analyzed, MOST_RENEWALS)
        : current(statement, request, analyzed, MOST_RENEWALS);
  }

  private CompletableFuture<Analysis.SparkQuery> current(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery query,
      int renewals) {
    List<TableName> tables = query.relations().stream().map(Analysis.RelationUse::table).toList();
    names.use(tables);
    statement.onceFreed(() -> names.release(tables));
    return analyses
        .isCurrent(query)
        .thenCompose(
            current -> {
              if (current) {
                return CompletableFuture.completedFuture(query);
              }
              if (renewals == 0) {
                throw outdated();
              }
              return renew(statement, request, query, renewals - 1);
            });
  }

  /**
   * Authorises it anew. The same shape is needed because its client was told of one; a shape that
   * nobody remembers counts as another.
   */
  private CompletableFuture<Analysis.SparkQuery> renew(
      ManagedStatement statement,
      AnalysisRequest request,
      Analysis.SparkQuery before,
      int renewals) {
    return analyses
        .of(request)
        .thenCompose(
            analysis -> {
              // A variable that counts as dropped by now, Spark has already.
              if (!(analysis instanceof Analysis.SparkQuery now)
                  || !now.variables().equals(before.variables())) {
                throw outdated();
              }
              statement.disclose(disclosure(statement.session(), now));
              // A command's client was told of no shape, nor one that the run is to tell.
              if (now.command()
                  || statement.awaitsColumns()
                  || now.dependencies().equals(before.dependencies())) {
                return CompletableFuture.completedFuture(now);
              }
              Schema promised = schemas.known(request, before).orElseThrow(() -> outdated());
              statement.onEnd(() -> schemas.leave(statement.id()));
              return schemas
                  .of(statement.id(), statement.session(), request, now)
                  .thenCompose(schema -> unchanged(request, now, schema.equals(promised)));
            })
        .thenCompose(now -> current(statement, request, now, renewals));
  }

  /** Asking for the schema took time too: what was authorised before it must still hold. */
  private CompletableFuture<Analysis.SparkQuery> unchanged(
      AnalysisRequest request, Analysis.SparkQuery before, boolean sameSchema) {
    if (!sameSchema) {
      throw outdated();
    }
    return analyses
        .of(request)
        .thenApply(
            analysis -> {
              if (analysis instanceof Analysis.SparkQuery now
                  && now.dependencies().equals(before.dependencies())) {
                return now;
              }
              throw outdated();
            });
  }

  static SluiceException outdated() {
    return new SluiceException(
        ErrorCode.STATEMENT_OUTDATED,
        "A table or policy that the statement depends on changed before it could run, and its"
            + " result may have other columns now. Send the statement again.");
  }
}
