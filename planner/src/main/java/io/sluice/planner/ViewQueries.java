package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.rewrite.QueryRewriter;
import io.sluice.planner.rewrite.RewriteCheck;
import io.sluice.planner.view.ViewExpansion;
import io.sluice.planner.view.ViewText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StatementDefaultContext;

/** Authorises and rewrites the texts of views for whoever reads them. */
final class ViewQueries {

  private final SparkParser parser;
  private final QueryRelations reads;
  private final QueryRewriter rewriter;
  private final String alias;

  /**
   * @param alias an identifier that no user can guess
   */
  ViewQueries(SparkParser parser, QueryRelations reads, QueryRewriter rewriter, String alias) {
    this.parser = parser;
    this.reads = reads;
    this.rewriter = rewriter;
    this.alias = alias;
  }

  /**
   * Authorises and rewrites a view's query for whoever reads it, as if they had sent it from where
   * the view was made.
   *
   * @param reader the request of the statement that reads it
   */
  ViewExpansion expand(ViewText view, AnalysisRequest reader, ViewExpander views) {
    Substitution.refuse(view.sql());
    ParsedSql<CompoundOrSingleStatementContext> sql = parser.statement(view.sql());
    SingleStatementContext single = sql.tree().singleStatement();
    if (single == null || !(single.statement() instanceof StatementDefaultContext statement)) {
      throw new SluiceException(ErrorCode.NOT_SUPPORTED, "The view's text is no query");
    }
    QueryContext query = statement.query();
    IcebergColumns.refuse(sql.tokens().getTokens());
    QueryFacts facts = QueryInspector.inspect(query);
    QueryAnalyzer.refuseParameters(facts);
    String zone = QueryRelations.timeZone(reader);
    if (view.timeZone().filter(made -> !made.equals(zone)).isPresent()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The view was made in time zone %s and is read in that alone; SET TIME ZONE '%s' first"
              .formatted(view.timeZone().get(), view.timeZone().get()));
    }
    refuseVariables(sql, reader);
    AnalysisRequest inside = view.request(reader);
    List<ReadRelation> relations = reads.resolve(facts, inside, views);
    reads.refuseDeniedColumns(
        query, QueryRelations.readTables(relations), relations, name -> false, inside);
    QueryRelations.refuseOtherTimeZone(relations, inside);
    String text =
        rewriter.rewrite(sql, query, facts, relations, Map.of(), Optional.empty(), reader).text();
    Set<String> dependencies = new LinkedHashSet<>();
    dependencies.add(view.dependency());
    relations.forEach(
        relation -> relation.view().ifPresent(more -> dependencies.addAll(more.dependencies())));
    return view.expansion(
        text,
        alias,
        !facts.sessionValues().isEmpty(),
        RewriteCheck.expectedNames(facts, relations),
        relations.stream().flatMap(ReadRelation::tables).toList(),
        relations.stream().flatMap(ReadRelation::views).toList(),
        relations.stream().anyMatch(ReadRelation::isRestricted),
        relations.stream().flatMap(relation -> relation.viewPolicyIds().stream()).toList(),
        List.copyOf(dependencies));
  }

  /** A view's text never means a variable; Spark would have it so where a column has gone. */
  private static void refuseVariables(ParsedSql<?> sql, AnalysisRequest reader) {
    reader.variables().namedIn(sql.tokens().getTokens()).all().stream()
        .findFirst()
        .ifPresent(
            variable -> {
              throw new SluiceException(
                  ErrorCode.NOT_SUPPORTED,
                  "A view uses no session variables, and its text has the name of your variable "
                      + Identifiers.quote(variable.name())
                      + ", as this statement has too; give the variable another name");
            });
  }
}
