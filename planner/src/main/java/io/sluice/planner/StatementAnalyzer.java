package io.sluice.planner;

import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.policy.PolicyEngine;

/**
 * Turns SQL text into a statement that may run. Every path that does not end in an {@link Analysis}
 * ends in a {@link io.sluice.model.SluiceException}. Safe for use by many threads; blocks on the
 * catalog, so call it from the planner's own threads, whose stacks are deep enough to parse.
 */
public final class StatementAnalyzer {

  private final CatalogReader catalog;
  private final PolicyEngine policies;
  private final MetadataReader metadata;

  public StatementAnalyzer(CatalogReader catalog, PolicyEngine policies, MetadataReader metadata) {
    this.catalog = catalog;
    this.policies = policies;
    this.metadata = metadata;
  }

  /**
   * Analyses one statement.
   *
   * @throws io.sluice.model.SluiceException if it is refused, for whatever reason
   */
  public Analysis analyze(AnalysisRequest request) {
    throw new IllegalStateException(
        "not built: " + catalog + policies + metadata + request.namespace());
  }
}
