package io.sluice.planner.show;

import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.metadata.MetadataReader;
import java.util.Objects;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;

/** SHOW, DESCRIBE, USE, SET and RESET. */
public final class MetadataStatements {

  public MetadataStatements(MetadataReader metadata, CatalogReader catalog) {
    Objects.requireNonNull(metadata);
    Objects.requireNonNull(catalog);
  }

  /** Returns the analysis; empty when the statement is none of them. */
  public Optional<Analysis> analyze(ParserRuleContext statement, AnalysisRequest request) {
    return Optional.empty();
  }
}
