package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The planner, on its own threads: it parses deeply and blocks on the catalogs. */
public final class Analyses {

  private final Function<AnalysisRequest, Analysis> analyzer;
  private final Predicate<Analysis.SparkQuery> current;
  private final Executor planning;

  /**
   * @param analyzer throws {@link io.sluice.model.SluiceException} to refuse
   * @param current whether the tables of which policy hides something are, now, those that were
   *     analysed
   * @param planning runs both; bounded, with stacks of 16 MiB
   */
  public Analyses(
      Function<AnalysisRequest, Analysis> analyzer,
      Predicate<Analysis.SparkQuery> current,
      Executor planning) {
    this.analyzer = analyzer;
    this.current = current;
    this.planning = planning;
  }

  /** The session as it is now: what it is set to later is for its later statements. */
  static AnalysisRequest request(Session session, String sql) {
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

  /** Analyses and authorises a statement; the future fails to refuse it. */
  CompletableFuture<Analysis> of(AnalysisRequest request) {
    return plan(() -> analyzer.apply(request));
  }

  /** Completes with whether the restricted tables are still those that were analysed. */
  CompletableFuture<Boolean> isCurrent(Analysis.SparkQuery query) {
    return query.relations().stream().anyMatch(Analysis.RelationUse::restricted)
        ? plan(() -> current.test(query))
        : CompletableFuture.completedFuture(true);
  }

  private <T> CompletableFuture<T> plan(Supplier<T> task) {
    try {
      return CompletableFuture.supplyAsync(task, planning);
    } catch (RuntimeException rejected) {
      return CompletableFuture.failedFuture(rejected);
    }
  }
}
