package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.explain.PolicyExplainer;
import io.sluice.planner.iceberg.IcebergDispatch;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.show.MetadataStatements;
import io.sluice.planner.statement.StatementKind;
import io.sluice.planner.statement.StatementTable;
import io.sluice.planner.statement.Verdict;
import io.sluice.planner.variable.SessionVariables;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CallContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CreateUserDefinedFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeQueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DropFunctionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DropTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExplainContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleCompoundStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;

/**
 * Turns SQL text into a statement that may run. Every path that does not end in an {@link Analysis}
 * ends in a {@link io.sluice.model.SluiceException}. Safe for use by many threads; blocks on the
 * catalog, so call it from the planner's own threads, whose stacks are deep enough to parse.
 */
public final class StatementAnalyzer {

  private final SparkParser parser;
  private final QueryAnalyzer queries;
  private final CommandAnalyzer commands;
  private final ViewAnalyzer views;
  private final VariableAnalyzer variables;
  private final ScriptAnalyzer scripts;
  private final FunctionAnalyzer functions;
  private final MaintenanceAnalyzer maintenance;
  private final MetadataStatements metadataStatements;
  private final PolicyExplainer explainer;

  /**
   * @param principals who is known, and who of them is an administrator
   * @param clock what the deadline of a parse is measured by
   */
  public StatementAnalyzer(
      CatalogReader catalog,
      PolicyEngine policies,
      MetadataReader metadata,
      Principals principals,
      InstantSource clock) {
    this(catalog, policies, metadata, principals, new SparkParser(clock));
  }

  private StatementAnalyzer(
      CatalogReader catalog,
      PolicyEngine policies,
      MetadataReader metadata,
      Principals principals,
      SparkParser parser) {
    this.parser = parser;
    this.queries = new QueryAnalyzer(parser, catalog, policies, principals);
    this.commands = new CommandAnalyzer(catalog, policies, principals, queries);
    this.views = new ViewAnalyzer(catalog, policies, principals, queries);
    this.variables = new VariableAnalyzer(parser, queries);
    this.scripts = new ScriptAnalyzer(parser, commands, queries);
    this.functions = new FunctionAnalyzer(parser, catalog, this::analyzeText);
    this.maintenance = new MaintenanceAnalyzer(parser, catalog, policies, principals, queries);
    this.metadataStatements =
        new MetadataStatements(metadata, catalog, principals::isAdministrator);
    this.explainer =
        new PolicyExplainer(
            parser,
            catalog,
            policies,
            principals,
            recorder ->
                new StatementAnalyzer(
                        catalog, recorder, metadata.under(recorder), principals, parser)
                    ::analyzeServed);
  }

  /**
   * Analyses one statement.
   *
   * @throws SluiceException if it is refused, for whatever reason
   */
  public Analysis analyze(AnalysisRequest request) {
    return guarded(() -> explainer.explain(request).orElseGet(() -> analyzeText(request)));
  }

  /** Analyses a statement of Spark's; EXPLAIN POLICIES is none. */
  private Analysis analyzeServed(AnalysisRequest request) {
    return guarded(() -> analyzeText(request));
  }

  private static Analysis guarded(Supplier<Analysis> analysis) {
    try {
      return analysis.get();
    } catch (StackOverflowError e) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_COMPLEX, "The statement is too complex; write it more simply.");
    } catch (SluiceException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SluiceException(
          ErrorCode.INTERNAL_ERROR, "The statement could not be analysed; it was not run.", e);
    }
  }

  private Analysis analyzeText(AnalysisRequest sent) {
    Substitution.refuse(sent.sql());
    Optional<Analysis> ofIceberg = maintenance.alter(sent);
    if (ofIceberg.isPresent()) {
      return ofIceberg.get();
    }
    ParsedSql<CompoundOrSingleStatementContext> sql = parser.statement(sent.sql());
    IcebergDispatch.refuse(sent.sql());
    AnalysisRequest named = sent.with(sent.variables().namedIn(sql.tokens().getTokens()));
    ParserRuleContext statement = statement(sql.tree());
    StatementKind kind = StatementTable.kindOf(statement).orElseThrow(() -> unknown(statement));
    // What is written out may name more of the variables than the text does.
    Optional<Analysis> written = functions.analyze(sql, statement, sent);
    if (written.isPresent()) {
      return written.get();
    }
    AnalysisRequest request = queries.sources().current(named);
    if (ViewAnalyzer.isOfView(statement)) {
      return views.analyze(sql, statement, request.with(SessionVariables.none()));
    }
    if (statement instanceof DropTableContext drop) {
      Optional<Analysis> temporary =
          ViewAnalyzer.dropTemporary(drop.identifierReference(), request);
      if (temporary.isPresent()) {
        return temporary.get();
      }
    }
    return switch (kind.verdict()) {
      case QUERY -> query(sql, statement, request);
      case GATEWAY ->
          metadataStatements.analyze(statement, request).orElseThrow(() -> unknown(statement));
      case CALL -> maintenance.call((CallContext) statement, request);
      case WRITE, DEFINITION -> commands.analyze(sql, statement, statement, kind, request);
      case VIEW -> views.analyze(sql, statement, request.with(SessionVariables.none()));
      case VARIABLE -> variables.analyze(sql, statement, sent, named);
      case SCRIPT -> scripts.analyze(sql, (SingleCompoundStatementContext) statement, request);
      case FUNCTION -> function(sql, statement, sent);
      case REFUSED -> throw kind.refusal(statement);
    };
  }

  private static ParserRuleContext statement(CompoundOrSingleStatementContext tree) {
    SingleStatementContext single = tree.singleStatement();
    if (single == null) {
      return tree.singleCompoundStatement();
    }
    return single.statement() == null ? single.setResetStatement() : single.statement();
  }

  private Analysis query(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      AnalysisRequest request) {
    if (statement instanceof DescribeQueryContext describe) {
      return queries.analyze(sql, statement, describe.query(), request);
    }
    ParserRuleContext explained =
        statement instanceof ExplainContext explain ? explain.statement() : statement;
    if (explained instanceof StatementDefaultContext query) {
      return queries.analyze(sql, statement, query.query(), request);
    }
    if (explained instanceof DmlStatementContext write) {
      StatementKind kind = StatementTable.kindOf(write).orElseThrow(() -> unknown(write));
      if (kind.verdict() != Verdict.WRITE) {
        throw kind.refusal(write);
      }
      return commands.analyze(sql, statement, write, kind, request);
    }
    throw new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "EXPLAIN of anything but a query, INSERT, UPDATE, DELETE or MERGE is not served.",
        Identifiers.position(statement));
  }

  private Analysis function(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      AnalysisRequest request) {
    IcebergColumns.refuse(sql.tokens().getTokens());
    return statement instanceof CreateUserDefinedFunctionContext create
        ? functions.create(create, request)
        : functions.drop((DropFunctionContext) statement, request);
  }

  private static SluiceException unknown(ParserRuleContext statement) {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "A statement of this kind is not served.",
        Identifiers.position(statement));
  }
}
