package io.sluice.planner;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.columns.ColumnUse;
import io.sluice.planner.columns.ColumnUse.ReadTable;
import io.sluice.planner.columns.WriteParameterTypes;
import io.sluice.planner.iceberg.IcebergDispatch;
import io.sluice.planner.parse.ParsedSql;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.policy.PolicyEngine;
import io.sluice.planner.relation.QueryFacts;
import io.sluice.planner.relation.QueryInspector;
import io.sluice.planner.relation.ReadRelation;
import io.sluice.planner.relation.RelationOccurrence;
import io.sluice.planner.relation.RelationResolver;
import io.sluice.planner.relation.VisibleRows;
import io.sluice.planner.rewrite.QueryRewriter;
import io.sluice.planner.rewrite.Replacement;
import io.sluice.planner.rewrite.RewriteCheck;
import io.sluice.planner.rewrite.StatementPart;
import io.sluice.planner.script.PartedText;
import io.sluice.planner.statement.StatementTable;
import io.sluice.planner.view.ViewText;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.Interval;
import org.antlr.v4.runtime.tree.ParseTree;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExplainContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;

/**
 * Authorises and rewrites a query, in this order: what the text holds, then whether each relation
 * may be read, in text order, then the columns that may not, then the rewriting and its check.
 */
final class QueryAnalyzer {

  private final SparkParser parser;
  private final Principals principals;
  private final RelationResolver resolver;
  private final QueryRewriter rewriter;
  private final QueryRelations reads;
  private final ViewQueries viewQueries;
  private final ValueSources sources;
  private final ColumnUse columnUse = new ColumnUse();

  QueryAnalyzer(
      SparkParser parser, CatalogReader catalog, PolicyEngine policies, Principals principals) {
    this.parser = parser;
    this.principals = principals;
    this.resolver = new RelationResolver(catalog, policies);
    this.rewriter = new QueryRewriter(parser, randomName());
    this.reads = new QueryRelations(resolver);
    this.sources = new ValueSources(resolver);
    this.viewQueries = new ViewQueries(parser, reads, rewriter, randomName());
  }

  private static String randomName() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return "_sluice_" + HexFormat.of().formatHex(random);
  }

  /**
   * Analyses a query.
   *
   * @param statement the query's statement, or the EXPLAIN or DESCRIBE around it
   */
  Analysis.SparkQuery analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      QueryContext query,
      AnalysisRequest request) {
    return analyze(sql, statement, query, request, new ViewExpander(viewQueries, request));
  }

  /**
   * Analyses the query of a view that is made, which takes no parameters.
   *
   * @param view what is made; none of what it reads may read it
   */
  ViewQuery analyzeViewQuery(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      QueryContext query,
      ViewText view,
      AnalysisRequest request) {
    IcebergColumns.refuse(sql.tokens().getTokens());
    QueryFacts facts = QueryInspector.inspect(query);
    refuseParameters(facts);
    ViewExpander views = new ViewExpander(viewQueries, request, view);
    Analysis.SparkQuery analysis = analyze(sql, query, query, request, views);
    return new ViewQuery(analysis, reads.resolve(facts, request, views));
  }

  /**
   * A view's query, and what it names.
   *
   * @param relations tables and views, in text order
   */
  record ViewQuery(Analysis.SparkQuery query, List<ReadRelation> relations) {}

  private Analysis.SparkQuery analyze(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext statement,
      QueryContext query,
      AnalysisRequest request,
      ViewExpander views) {
    QueryFacts facts = QueryInspector.inspect(query);
    List<ReadRelation> relations = reads.resolve(facts, request, views);
    List<Token> tokens = sql.tokens().getTokens();
    if (IcebergColumns.first(tokens).isPresent() && !reads.areWhole(relations, request)) {
      IcebergColumns.refuse(tokens);
    }
    refusePlan(statement, relations, request);
    Map<ParserRuleContext, ReadTable> tables = QueryRelations.readTables(relations);
    sources.refuseOutdated(query, facts, relations, request);
    reads.refuseDeniedColumns(query, tables, relations, request.variables()::mayMean, request);
    QueryRelations.refuseOtherTimeZone(relations, request);
    SourceMap rewritten =
        rewriter.rewrite(sql, statement, facts, relations, Map.of(), Optional.empty(), request);
    RewriteCheck.check(parser, rewritten.text(), facts, relations);
    Markers markers = new Markers(parameters(query, facts, tables), facts.parameterNames());
    return sparkQuery(rewritten, relations, false, markers, false, List.of(), request);
  }

  /** The types and names of a text's markers, as {@link Analysis.SparkQuery} has them. */
  private record Markers(List<Optional<String>> types, List<String> names) {}

  /**
   * Returns what Spark runs, rewritten and checked.
   *
   * @param restricted whether an error of Spark's could show what policy hides, whatever is read
   */
  private Analysis.SparkQuery sparkQuery(
      SourceMap rewritten,
      List<ReadRelation> relations,
      boolean restricted,
      Markers markers,
      boolean command,
      List<String> writes,
      AnalysisRequest request) {
    String text = rewritten.text();
    HiddenRows.refusePartitions(parser, text, relations);
    return new Analysis.SparkQuery(
            text,
            Uses.of(relations),
            restricted || relations.stream().anyMatch(ReadRelation::isRestricted),
            markers.types(),
            Uses.dependencies(text, relations, request),
            command,
            List.of(),
            writes,
            rewritten,
            "",
            markers.names())
        .naming(request.variables().all());
  }

  /**
   * Analyses what a write or definition reads, its privileges being granted.
   *
   * @param shown the statement or the EXPLAIN around it
   * @param names what the statement names beside relations, and the parts that are to stand there
   * @param replacement how a REPLACE TABLE is written that cannot be sent as it is
   * @param restricted whether an error of Spark's could show what policy hides, whatever is read
   */
  Analysis.SparkQuery analyzeCommand(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      ParserRuleContext shown,
      ParserRuleContext statement,
      QueryFacts facts,
      Map<ParserRuleContext, List<String>> names,
      Optional<Replacement> replacement,
      boolean restricted,
      AnalysisRequest request) {
    List<ReadRelation> relations =
        readByCommand(
            shown,
            statement,
            facts,
            target -> VisibleRows.mayBeDeleted(target, sql.tokens(), request.principal().name()),
            request.variables()::mayMean,
            request,
            new ViewExpander(viewQueries, request));
    SourceMap rewritten =
        rewriter.rewrite(sql, shown, facts, relations, names, replacement, request);
    String text = rewritten.text();
    IcebergDispatch.refuse(text);
    boolean explained = shown != statement;
    RewriteCheck.checkCommand(
        parser,
        text,
        replacement.filter(Replacement::creates).isPresent()
            ? StatementTable.createTable()
            : StatementTable.kindOf(statement).orElseThrow(),
        explained,
        facts,
        relations,
        names.values());
    return sparkQuery(
        rewritten,
        relations,
        restricted,
        new Markers(parameters(statement, facts, relations), facts.parameterNames()),
        !explained,
        explained ? List.of() : writes(facts, relations, names),
        request);
  }

  /**
   * Authorises a statement that Spark runs part by part, the privileges of its writes being
   * granted.
   *
   * @param first where the statement begins
   * @param last where it ends
   * @param original how the reader read the user's own text
   * @param reader reads such a statement again, as Spark will
   * @param variables whether a name may mean a variable
   */
  PartedQuery analyzeParts(
      ParsedSql<CompoundOrSingleStatementContext> sql,
      Token first,
      Token last,
      PartedText original,
      Function<CompoundOrSingleStatementContext, PartedText> reader,
      Predicate<List<String>> variables,
      AnalysisRequest request) {
    IcebergColumns.refuse(sql.tokens().getTokens());
    ViewExpander views = new ViewExpander(viewQueries, request);
    List<StatementPart> parts = new ArrayList<>();
    List<Optional<String>> parameters = new ArrayList<>();
    List<String> parameterNames = new ArrayList<>();
    List<String> written = new ArrayList<>();
    for (PartedText.Part part : original.parts()) {
      QueryFacts facts = part.facts();
      List<ReadRelation> relations =
          switch (part.kind()) {
            case WRITE ->
                readByCommand(
                    part.context(),
                    part.context(),
                    facts,
                    target -> false,
                    variables,
                    request,
                    views);
            case QUERY, EXPRESSION ->
                readByQueries(part.context(), facts, variables, request, views);
          };
      parts.add(new StatementPart(facts, relations));
      parameters.addAll(Collections.nCopies(facts.parameters(), Optional.empty()));
      parameterNames.addAll(facts.parameterNames());
      written.addAll(writes(facts, relations, Map.of()));
    }
    if (!parameterNames.isEmpty() && parameterNames.size() < parameters.size()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "A statement has ? or :name for its parameters, not both.");
    }
    List<ReadRelation> relations =
        parts.stream().flatMap(part -> part.relations().stream()).toList();
    ViewExpander.Size size = new ViewExpander.Size();
    relations.forEach(size::add);
    SourceMap rewritten = rewriter.rewrite(sql, first, last, parts, request);
    String text = rewritten.text();
    IcebergDispatch.refuse(text);
    RewriteCheck.checkParts(parser, text, reader, original, parts);
    Analysis.SparkQuery query =
        sparkQuery(
            rewritten,
            relations,
            false,
            new Markers(parameters, parameterNames),
            true,
            written.stream().distinct().toList(),
            request);
    return new PartedQuery(query, relations);
  }

  /**
   * A statement that Spark runs part by part.
   *
   * @param relations tables and views, in text order
   */
  record PartedQuery(Analysis.SparkQuery query, List<ReadRelation> relations) {}

  private List<ReadRelation> readByQueries(
      ParserRuleContext part,
      QueryFacts facts,
      Predicate<List<String>> variables,
      AnalysisRequest request,
      ViewExpander views) {
    List<ReadRelation> relations = reads.resolve(facts, request, views);
    sources.refuseOutdated(part, facts, relations, request);
    for (QueryContext query : outermostQueries(part)) {
      List<ReadRelation> inside =
          relations.stream().filter(relation -> holds(query, relation)).toList();
      reads.refuseDeniedColumns(
          query, QueryRelations.readTables(inside), inside, variables, request);
    }
    QueryRelations.refuseOtherTimeZone(relations, request);
    return relations;
  }

  private static boolean holds(QueryContext query, ReadRelation relation) {
    Interval all = query.getSourceInterval();
    Interval name = relation.occurrence().naming().getSourceInterval();
    return all.a <= name.a && name.b <= all.b;
  }

  private static List<QueryContext> outermostQueries(ParseTree tree) {
    if (tree instanceof QueryContext query) {
      return List.of(query);
    }
    List<QueryContext> queries = new ArrayList<>();
    for (int index = 0; index < tree.getChildCount(); index++) {
      queries.addAll(outermostQueries(tree.getChild(index)));
    }
    return queries;
  }

  private List<ReadRelation> readByCommand(
      ParserRuleContext shown,
      ParserRuleContext statement,
      QueryFacts facts,
      Predicate<ReadRelation> deletesVisibleRows,
      Predicate<List<String>> variables,
      AnalysisRequest request,
      ViewExpander views) {
    List<ReadRelation> relations = reads.resolve(facts, request, views);
    for (ReadRelation relation : relations) {
      if (facts.targets().contains(relation.occurrence())) {
        refuseView(relation);
        if (relation.isRestricted() && !deletesVisibleRows.test(relation)) {
          throw hidden(relation, request);
        }
      }
    }
    refusePlan(shown, relations, request);
    sources.refuseOutdated(statement, facts, relations, request);
    reads.refuseDeniedColumns(
        statement, QueryRelations.readTables(relations), relations, variables, request);
    QueryRelations.refuseOtherTimeZone(relations, request);
    return relations;
  }

  /** Returns the targets of writes, then what a definition names. */
  private static List<String> writes(
      QueryFacts facts, List<ReadRelation> relations, Map<ParserRuleContext, List<String>> names) {
    return Stream.concat(
            relations.stream()
                .filter(relation -> facts.targets().contains(relation.occurrence()))
                .map(relation -> relation.table().name().toString()),
            names.values().stream().map(parts -> String.join(".", parts)))
        .distinct()
        .toList();
  }

  private List<Optional<String>> parameters(
      ParserRuleContext statement, QueryFacts facts, List<ReadRelation> relations) {
    if (facts.parameters() == 0) {
      return List.of();
    }
    List<Optional<String>> types =
        columnUse.parameterTypes(statement, QueryRelations.readTables(relations));
    List<Optional<String>> known =
        types.size() == facts.parameters()
            ? types
            : Collections.nCopies(facts.parameters(), Optional.empty());
    return facts.agreed(
        relations.stream()
            .filter(relation -> facts.targets().contains(relation.occurrence()))
            .findFirst()
            .map(target -> WriteParameterTypes.of(statement, known, target.table().columns()))
            .orElse(known));
  }

  /**
   * Requires that policy hides nothing of a table from the principal, nor of what it once held: an
   * old snapshot is judged by the table's name of today.
   */
  ReadRelation requireWhole(RelationOccurrence occurrence, AnalysisRequest request) {
    ReadRelation relation =
        resolver.resolve(occurrence, request, new ViewExpander(viewQueries, request));
    refuseHidden(relation, request);
    if (!resolver.grantsEveryColumn(relation, request)) {
      throw hidden(relation, request);
    }
    return relation;
  }

  /** Returns what tells of the relations that the values of variables rest on. */
  ValueSources sources() {
    return sources;
  }

  /**
   * Returns the names of the columns that a definition's query gives, once it is authorised.
   *
   * @return empty where they cannot be told before Spark runs it
   */
  Optional<List<String>> columnNames(
      QueryContext query, QueryFacts facts, AnalysisRequest request) {
    List<ReadRelation> relations =
        reads.resolve(facts, request, new ViewExpander(viewQueries, request));
    return columnUse.columnNames(query, QueryRelations.readTables(relations));
  }

  /** Returns whether policy hides anything of a table from the principal, if there is one. */
  boolean hides(TableName table, AnalysisRequest request) {
    return resolver.hides(table, request);
  }

  static void refuseParameters(QueryFacts facts) {
    if (facts.parameters() > 0) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "The query of a view takes no parameters; write the values.");
    }
  }

  private static void refuseView(ReadRelation target) {
    if (target.view().isPresent()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          target.view().get().view().quotedName() + " is a view; only tables are written to.",
          target.occurrence().position());
    }
  }

  /**
   * Returns a command on one table whose text is the gateway's own.
   *
   * @param columns what it answers with
   */
  Analysis.SparkQuery command(
      String text, ReadRelation table, List<AnswerColumn> columns, AnalysisRequest request) {
    return new Analysis.SparkQuery(
        text,
        Uses.of(List.of(table)),
        false,
        List.of(),
        Uses.dependencies(text, List.of(table), request),
        true,
        columns,
        List.of(table.table().name().toString()),
        SourceMap.ofOwn(text),
        "");
  }

  private static void refuseHidden(ReadRelation relation, AnalysisRequest request) {
    if (relation.isRestricted()) {
      throw hidden(relation, request);
    }
  }

  private static SluiceException hidden(ReadRelation relation, AnalysisRequest request) {
    return new SluiceException(
        ErrorCode.PERMISSION_DENIED,
        "Permission denied: user ["
            + request.principal().name()
            + "] may not change ["
            + relation.table().name().policyPath()
            + "], of which a policy hides a part");
  }

  /** A plan tells filters, files and estimates; of what is hidden only administrators see one. */
  private void refusePlan(
      ParserRuleContext shown, List<ReadRelation> relations, AnalysisRequest request) {
    Optional<ReadRelation> hidden =
        relations.stream().filter(ReadRelation::isRestricted).findFirst();
    if (!(shown instanceof ExplainContext) || principals.isAdministrator(request.principal())) {
      return;
    }
    if (!request.variables().isEmpty()) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user ["
              + request.principal().name()
              + "] may not see the plan of a statement that names a session variable");
    }
    if (hidden.isPresent()) {
      throw new SluiceException(
          ErrorCode.PERMISSION_DENIED,
          "Permission denied: user ["
              + request.principal().name()
              + "] may not see the plan of a statement on ["
              + hidden
                  .get()
                  .tables()
                  .filter(ReadRelation::isRestricted)
                  .findFirst()
                  .orElseGet(hidden::get)
                  .table()
                  .name()
                  .policyPath()
              + "], of which a policy hides a part");
    }
  }

  private List<Optional<String>> parameters(
      QueryContext query, QueryFacts facts, Map<ParserRuleContext, ReadTable> tables) {
    if (facts.parameters() == 0) {
      return List.of();
    }
    List<Optional<String>> types = columnUse.parameterTypes(query, tables);
    return facts.agreed(
        types.size() == facts.parameters()
            ? types
            : Collections.nCopies(facts.parameters(), Optional.empty()));
  }
}
