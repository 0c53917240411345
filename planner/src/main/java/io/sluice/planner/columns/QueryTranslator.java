package io.sluice.planner.columns;

import io.sluice.model.TextPosition;
import io.sluice.planner.columns.ColumnReference.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AggregationClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DmlStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FromStatementBodyContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FromStmtContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.HavingClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.HintContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.HintStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.InlineTableDefault1Context;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.OperatorPipeStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryOrganizationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryPrimaryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryPrimaryDefaultContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryTermContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.QueryTermDefaultContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RegularQuerySpecificationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SelectClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetOperationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SubqueryContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.WhereClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.WindowClauseContext;
import org.jspecify.annotations.Nullable;

/** Translates queries: WITH, set operations, SELECT, ORDER BY. */
final class QueryTranslator {

  private static final Set<String> PARTITIONING_HINTS =
      Set.of("rebalance", "repartition", "repartition_by_range");

  private final NameResolver names;
  private final ExpressionTypes types;
  private final FromTranslator from;
  private final PipeTranslator pipes;
  private final CteTranslator cteTranslator;
  private final WriteTranslator writes;
  private int lastName;

  QueryTranslator(Occurrences occurrences, NameResolver names, ExpressionTypes types) {
    this.names = names;
    this.types = types;
    this.from = new FromTranslator(this, occurrences);
    this.pipes = new PipeTranslator(this, from);
    this.cteTranslator = new CteTranslator(this, occurrences);
    this.writes = new WriteTranslator(this, from, cteTranslator, occurrences);
  }

  /**
   * A translated query.
   *
   * @param passes whether columns pass through it whose use is not counted yet
   * @param plain whether it is a SELECT as it was written, whose ORDER BY sees its relations
   */
  record Translated(SqlNode node, boolean passes, boolean plain) {}

  NameResolver names() {
    return names;
  }

  ExpressionTypes types() {
    return types;
  }

  ExpressionTranslator expressions(Ctes ctes, Place place) {
    return new ExpressionTranslator(this, ctes, place, Integer.MAX_VALUE);
  }

  /** Returns a name that nothing else in Calcite's tree has. */
  String newName() {
    return "r" + ++lastName;
  }

  /** Returns a node for FROM, known under a new name of its own. */
  SqlNode relation(SqlNode node, Relation relation) {
    SqlNode named =
        SqlStdOperatorTable.AS.createCall(
            SqlParserPos.ZERO, node, new SqlIdentifier(newName(), SqlParserPos.ZERO));
    names.register(named, relation);
    return named;
  }

  /** Translates a query; every column that it gives counts as used. */
  SqlNode query(QueryContext query, Ctes outer) {
    return cteTranslator.with(
        query.ctes(),
        outer,
        ctes -> counted(organized(term(query.queryTerm(), ctes), query.queryOrganization(), ctes)));
  }

  /** Translates a write into queries that read what it reads. */
  SqlNode write(DmlStatementContext statement) {
    return writes.write(statement);
  }

  Translated term(QueryTermContext term, Ctes ctes) {
    if (term instanceof QueryTermDefaultContext primary) {
      return primary(primary.queryPrimary(), ctes);
    }
    if (term instanceof SetOperationContext operation) {
      return new Translated(
          Operators.setOperation(
              counted(term(operation.left, ctes)), counted(term(operation.right, ctes))),
          false,
          false);
    }
    if (term instanceof OperatorPipeStatementContext pipe) {
      return pipes.pipe(term(pipe.left, ctes), pipe.operatorPipeRightSide(), ctes);
    }
    throw Refusals.notUnderstood("this query", term);
  }

  Translated primary(QueryPrimaryContext primary, Ctes ctes) {
    if (primary instanceof QueryPrimaryDefaultContext specification
        && specification.querySpecification() instanceof RegularQuerySpecificationContext query) {
      FromClause clause =
          query.fromClause() == null ? null : from.fromClause(query.fromClause(), ctes);
      return plain(
          select(
              query.selectClause(),
              from.lateralViews(clause, query.lateralView(), ctes),
              clauses(
                  query.whereClause(),
                  query.aggregationClause(),
                  query.havingClause(),
                  query.windowClause(),
                  ctes),
              ctes));
    }
    if (primary instanceof FromStmtContext statement) {
      FromClause clause = from.fromClause(statement.fromStatement().fromClause(), ctes);
      List<FromStatementBodyContext> bodies = statement.fromStatement().fromStatementBody();
      if (bodies.isEmpty()) {
        return passing(clause, List.of());
      }
      if (bodies.size() == 1 && bodies.get(0).selectClause() != null) {
        return fromFirst(clause, bodies.get(0), ctes);
      }
      throw Refusals.notUnderstood("a FROM with several bodies or a TRANSFORM", primary);
    }
    if (primary instanceof TableContext table) {
      return passing(from.table(table.identifierReference(), ctes), List.of());
    }
    if (primary instanceof InlineTableDefault1Context inline) {
      return new Translated(from.inlineTable(inline.inlineTable(), ctes), false, false);
    }
    if (primary instanceof SubqueryContext subquery) {
      return new Translated(query(subquery.query(), ctes), false, false);
    }
    throw Refusals.notUnderstood("a TRANSFORM", primary);
  }

  Translated fromFirst(FromClause clause, FromStatementBodyContext body, Ctes ctes) {
    SparkSelect select =
        select(
            body.selectClause(),
            from.lateralViews(clause, body.lateralView(), ctes),
            clauses(
                body.whereClause(),
                body.aggregationClause(),
                body.havingClause(),
                body.windowClause(),
                ctes),
            ctes);
    return organized(plain(select), body.queryOrganization(), ctes);
  }

  /** Returns a query over relations that lets all their columns pass without counting them. */
  Translated passing(FromClause clause, List<SqlNode> conditions) {
    return new Translated(
        new SparkSelect(List.of(star(List.of(), false)), clause.node(), conditions), true, false);
  }

  StarReference star(List<String> renamed, boolean counts) {
    return star(Set.of(), renamed, counts);
  }

  /** Returns a star over all relations in FROM; the arguments as {@link StarReference} has them. */
  StarReference star(Set<String> left, List<String> renamed, boolean counts) {
    ColumnReference none =
        new ColumnReference(List.of(), Place.RELATION, 0, new TextPosition(1, 0));
    return new StarReference(none, List.of(), left, renamed, counts);
  }

  /** Returns a query's node, in which the use of every column that it gives is counted. */
  SqlNode counted(Translated query) {
    if (!query.passes()) {
      return query.node();
    }
    SqlNode source = relation(query.node(), new Relation(List.of()));
    return new SparkSelect(List.of(star(List.of(), true)), source, List.of());
  }

  SparkSelect select(
      SelectClauseContext select,
      @Nullable FromClause clause,
      List<SqlNode> conditions,
      Ctes ctes) {
    SparkSelect translated =
        new SparkSelect(
            items(select.namedExpressionSeq().namedExpression(), 0, ctes),
            clause == null ? null : clause.node(),
            conditions);
    translated.addConditions(hinted(select, ctes));
    return translated;
  }

  /** Returns the columns that hints partition by; other hints name relations. */
  private List<SqlNode> hinted(SelectClauseContext select, Ctes ctes) {
    List<SqlNode> columns = new ArrayList<>();
    for (HintContext hint : select.hints) {
      for (HintStatementContext each : hint.hintStatements) {
        if (PARTITIONING_HINTS.contains(ColumnNames.folded(each.hintName.getText()))) {
          columns.addAll(expressions(ctes, Place.OUTPUT_THEN_RELATION).operands(each.parameters));
        }
      }
    }
    return columns;
  }

  static Translated plain(SparkSelect select) {
    return new Translated(select, false, true);
  }

  /** Translates items of a select list in which so many others come first. */
  List<SqlNode> items(List<NamedExpressionContext> expressions, int before, Ctes ctes) {
    int index = before;
    List<SqlNode> items = new ArrayList<>();
    for (NamedExpressionContext each : expressions) {
      SqlNode expression =
          new ExpressionTranslator(this, ctes, Place.RELATION_THEN_OUTPUT, index)
              .expression(each.expression());
      if (OutputNames.isStar(each.expression())) {
        items.add(expression);
        continue;
      }
      index++;
      items.add(
          new SelectItem(
              expression, OutputNames.of(each), OutputNames.areGiven(each), each.expression()));
      if (OutputNames.areUnknown(each)) {
        items.add(new UnknownColumns());
      }
    }
    return items;
  }

  private List<SqlNode> clauses(
      @Nullable WhereClauseContext where,
      @Nullable AggregationClauseContext aggregation,
      @Nullable HavingClauseContext having,
      @Nullable WindowClauseContext window,
      Ctes ctes) {
    List<SqlNode> conditions = new ArrayList<>(expressions(ctes, Place.RELATION).operands(where));
    for (ParserRuleContext clause :
        new @Nullable ParserRuleContext[] {aggregation, having, window}) {
      conditions.addAll(expressions(ctes, Place.RELATION_THEN_OUTPUT).operands(clause));
    }
    return conditions;
  }

  /** Adds ORDER BY and its kin, LIMIT and OFFSET to a query. */
  Translated organized(Translated query, QueryOrganizationContext organization, Ctes ctes) {
    ExpressionTranslator ordering = expressions(ctes, Place.OUTPUT_THEN_RELATION);
    List<SqlNode> conditions = new ArrayList<>(ordering.operands(organization.order));
    conditions.addAll(ordering.operands(organization.clusterBy));
    conditions.addAll(ordering.operands(organization.distributeBy));
    conditions.addAll(ordering.operands(organization.sort));
    conditions.addAll(ordering.operands(organization.limit));
    conditions.addAll(ordering.operands(organization.offset));
    conditions.addAll(
        expressions(ctes, Place.RELATION_THEN_OUTPUT).operands(organization.windowClause()));
    if (conditions.isEmpty()) {
      return query;
    }
    if (query.plain()) {
      ((SparkSelect) query.node()).addConditions(conditions);
      return query;
    }
    SqlNode source = relation(query.node(), new Relation(List.of()));
    return new Translated(
        new SparkSelect(List.of(star(List.of(), false)), source, conditions),
        query.passes(),
        false);
  }
}
