package io.sluice.planner.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.policy.PolicyEngine;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Analyses queries, and repeats an analysis when an equal request comes again and everything that
 * the analysis asked of the catalogs has the same answer and the policies have the same version. An
 * analysis under policies that may decide otherwise each time (by time, address or script) is not
 * kept, nor is a refusal, a command or an answer of the gateway's own. Safe for use by many
 * threads; blocks on the catalogs as the analyser does.
 */
public final class AnalysisCache {

  private final CatalogReader catalog;
  private final PolicyEngine policies;
  private final Function<AnalysisRequest, Analysis> analyzer;
  private final ThreadLocal<@Nullable Evidence> current = new ThreadLocal<>();
  private final Cache<AnalysisRequest, Kept> analyses;

  private record Kept(Analysis analysis, Evidence evidence, int weight) {}

  /**
   * @param analyzers makes the analyser over catalogs and policies; it asks nothing else that may
   *     change, and all of it on the caller's thread
   * @param mostBytes how much is kept, roughly, in bytes of heap; above zero
   */
  public AnalysisCache(
      CatalogReader catalog,
      PolicyEngine policies,
      BiFunction<CatalogReader, PolicyEngine, Function<AnalysisRequest, Analysis>> analyzers,
      long mostBytes) {
    this.catalog = catalog;
    this.policies = policies;
    this.analyzer =
        analyzers.apply(
            new RecordedCatalog(catalog, current), new RecordedPolicies(policies, current));
    this.analyses =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumWeight(mostBytes)
            .weigher((AnalysisRequest request, Kept kept) -> kept.weight())
            .build();
  }

  /**
   * Analyses a statement, or returns what it was found to be before.
   *
   * @throws io.sluice.model.SluiceException if it is refused, for whatever reason
   */
  public Analysis analyze(AnalysisRequest request) {
    Kept known = analyses.getIfPresent(request);
    if (known != null && known.evidence().holds()) {
      return known.analysis();
    }
    Evidence evidence = new Evidence(policies);
    Analysis analysis;
    current.set(evidence);
    try {
      analysis = analyzer.apply(request);
    } finally {
      current.remove();
    }
    if (analysis instanceof Analysis.SparkQuery query && !query.command() && evidence.isLasting()) {
      analyses.put(request, new Kept(analysis, evidence, weight(request, query, evidence)));
    }
    return analysis;
  }

  /**
   * Returns whether the tables are still those that were analysed. Asks the catalogs now.
   *
   * @throws io.sluice.model.SluiceException {@code CATALOG_UNAVAILABLE}
   */
  public boolean isCurrent(Analysis.SparkQuery query) {
    return query.relations().stream()
        .allMatch(
            use ->
                catalog
                    .tableNow(use.table())
                    .filter(table -> table.uuid().equals(use.uuid()))
                    .filter(table -> table.schemaId() == use.schemaId())
                    .isPresent());
  }

  /** Java holds a character of most texts in one byte or two; two covers both. */
  private static int weight(AnalysisRequest request, Analysis.SparkQuery query, Evidence evidence) {
    return 1000
        + 2
            * (request.sql().length()
                + query.sql().length()
                + request.temporaryViews().characters()
                + request.temporaryFunctions().characters()
                + request.variables().characters())
        + evidence.weight();
  }
}
