package io.sluice.planner.routine;

import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.SourceMap;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.ParserRuleContext;

/**
 * Writes the calls of a session's own functions out, before anything else is made of a text. What
 * comes of it is analysed as if its sender had typed it, so a function gives nobody anything that
 * they could not ask for without one; and it is done to users' texts alone, so no expression of a
 * policy can ever meet one.
 */
public final class FunctionExpander {

  private final SparkParser parser;
  private final CatalogReader catalog;

  public FunctionExpander(SparkParser parser, CatalogReader catalog) {
    this.parser = parser;
    this.catalog = catalog;
  }

  /**
   * Writes the calls in a statement out.
   *
   * @return empty when the statement calls none
   * @throws io.sluice.model.SluiceException {@code WRONG_NUM_ARGS}, {@code NOT_SUPPORTED}, {@code
   *     STATEMENT_TOO_LARGE}, {@code STATEMENT_TOO_COMPLEX}
   */
  public Optional<SourceMap> expand(
      ParsedSql<?> sql, ParserRuleContext statement, AnalysisRequest request) {
    if (request.temporaryFunctions().isEmpty()) {
      return Optional.empty();
    }
    List<FunctionCall> calls = FunctionCall.in(statement, request.temporaryFunctions());
    return calls.isEmpty()
        ? Optional.empty()
        : Optional.of(new Expansion(parser, catalog, request).statement(sql, calls));
  }
}
