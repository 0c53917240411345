package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.parse.Trees;
import io.sluice.planner.relation.TargetNames;
import io.sluice.planner.routine.FunctionClauses;
import io.sluice.planner.routine.FunctionExpander;
import io.sluice.planner.routine.FunctionParameter;
import io.sluice.planner.routine.TemporaryFunction;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AlterViewQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateUserDefinedFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateViewContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DropFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableNameContext;

/**
 * Makes and drops a session's own functions, and analyses the statements that call them: what their
 * calls are written out to is analysed in their place.
 */
final class FunctionAnalyzer {

  private static final String PERSISTENT =
      "Iceberg's catalogs keep no functions; write CREATE TEMPORARY FUNCTION, for this session.";

  private final FunctionExpander expander;
  private final CatalogReader catalog;
  private final Function<AnalysisRequest, Analysis> analyzer;

  /**
   * @param analyzer analyses a statement that calls none of the session's functions
   */
  FunctionAnalyzer(
      SparkParser parser, CatalogReader catalog, Function<AnalysisRequest, Analysis> analyzer) {
    this.expander = new FunctionExpander(parser, catalog);
    this.catalog = catalog;
    this.analyzer = analyzer;
  }

  /** Analyses a statement that calls functions of the session's; empty for any other. */
  Optional<Analysis> analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      AnalysisRequest request) {
    if (statement instanceof CreateUserDefinedFunctionContext) {
      // What its body calls is looked up at each call.
      return Optional.empty();
    }
    Optional<SourceMap> expanded = expander.expand(sql, statement, request);
    if (expanded.isEmpty()) {
      return Optional.empty();
    }
    if ((statement instanceof CreateViewContext view && view.TEMPORARY() == null)
        || statement instanceof AlterViewQueryContext) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The view calls a temporary function, which ends with its session; a view that stays may"
              + " not call it.",
          Identifiers.position(statement));
    }
    return Optional.of(analyze(expanded.get(), request));
  }

  private Analysis analyze(SourceMap expanded, AnalysisRequest request) {
    try {
      Analysis analysis = analyzer.apply(request.written(expanded.text()));
      return analysis instanceof Analysis.SparkQuery query
          ? query.from(query.source().through(expanded))
          : analysis;
    } catch (SluiceException refusal) {
      if (refusal.position().isEmpty()) {
        throw refusal;
      }
      Optional<TextPosition> place = refusal.position().flatMap(expanded::inSource);
      String message = String.valueOf(refusal.getMessage());
      throw place.isPresent()
          ? new SluiceException(refusal.code(), message, place.get())
          : new SluiceException(refusal.code(), message);
    }
  }

  Analysis create(CreateUserDefinedFunctionContext create, AnalysisRequest request) {
    if (create.TEMPORARY() == null) {
      throw new SluiceException(ErrorCode.NOT_SUPPORTED, PERSISTENT, Identifiers.position(create));
    }
    TemporaryFunction function =
        FunctionClauses.read(create, request.namespace(), QueryRelations.timeZone(request));
    boolean replace = create.REPLACE() != null;
    refuseTemporaryViews(create, request);
    AnalysisRequest call =
        request
            .with(request.temporaryFunctions().with(function, replace))
            .written(sampleCall(function));
    Analysis.SparkQuery query = (Analysis.SparkQuery) analyzer.apply(call);
    refuseColumnNames(function, query, create);
    return new Analysis.DefineTemporaryFunction(function, replace, query);
  }

  Analysis drop(DropFunctionContext drop, AnalysisRequest request) {
    if (drop.TEMPORARY() == null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Iceberg's catalogs keep no functions; write DROP TEMPORARY FUNCTION.",
          Identifiers.position(drop));
    }
    List<String> parts = TargetNames.parts(drop.identifierReference());
    if (parts.size() != 1 || request.temporaryFunctions().find(parts.get(0)).isEmpty()) {
      if (drop.EXISTS() != null) {
        return new Analysis.Nothing();
      }
      throw new SluiceException(
          ErrorCode.ROUTINE_NOT_FOUND,
          "The session has no temporary function " + Identifiers.quote(parts) + ".",
          Identifiers.position(drop.identifierReference()));
    }
    return new Analysis.DropTemporaryFunction(parts.get(0));
  }

  /** A call with arguments that are NULL, and the defaults: what Spark is asked to look at. */
  private static String sampleCall(TemporaryFunction function) {
    String call =
        Identifiers.quote(function.name())
            + "("
            + String.join(", ", Collections.nCopies(function.parameters().size(), "NULL"))
            + ")";
    StringBuilder text = new StringBuilder("SELECT ");
    text.append(function.isTable() ? "*" : call);
    for (FunctionParameter parameter : function.parameters()) {
      parameter
          .defaultValue()
          .ifPresent(
              value ->
                  text.append(", CAST((")
                      .append(value)
                      .append(") AS ")
                      .append(parameter.type())
                      .append(")"));
    }
    return text.append(function.isTable() ? " FROM " + call : "").toString();
  }

  /** Within the body such a name would mean a table where the view has been dropped. */
  private static void refuseTemporaryViews(
      CreateUserDefinedFunctionContext create, AnalysisRequest request) {
    for (ParserRuleContext part : Trees.all(create, TableNameContext.class)) {
      List<String> parts = TargetNames.parts(((TableNameContext) part).identifierReference());
      if (parts.size() == 1 && request.temporaryViews().find(parts.get(0)).isPresent()) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            Identifiers.quote(parts)
                + " is a temporary view, which a function may not read; for a table of that name"
                + " write its schema too.",
            Identifiers.position(part));
      }
    }
  }

  /** Were such a column dropped, its name would come to mean the parameter. */
  private void refuseColumnNames(
      TemporaryFunction function,
      Analysis.SparkQuery query,
      CreateUserDefinedFunctionContext create) {
    for (Analysis.RelationUse use : query.relations()) {
      List<String> columns =
          catalog.table(use.table()).stream()
              .flatMap(table -> table.columns().stream())
              .map(Column::name)
              .toList();
      for (FunctionParameter parameter : function.parameters()) {
        if (columns.stream().anyMatch(parameter.name()::equalsIgnoreCase)) {
          throw new SluiceException(
              ErrorCode.NOT_SUPPORTED,
              "The parameter "
                  + Identifiers.quote(parameter.name())
                  + " has the name of a column of a table that the function reads; give it"
                  + " another.",
              Identifiers.position(create));
        }
      }
    }
  }
}
