package io.sluice.planner.columns;

import io.sluice.planner.columns.ColumnReference.Place;
import io.sluice.planner.columns.QueryTranslator.Translated;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.AggregationClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.GroupByClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.OperatorPipeRightSideContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.OperatorPipeSetAssignmentSeqContext;

/**
 * Translates {@code query |> operator}: each operator is a SELECT over the query before it, which
 * lets its columns pass with their qualifiers until one of them is named.
 */
final class PipeTranslator {

  private final QueryTranslator queries;
  private final FromTranslator from;

  PipeTranslator(QueryTranslator queries, FromTranslator from) {
    this.queries = queries;
    this.from = from;
  }

  Translated pipe(Translated left, OperatorPipeRightSideContext right, Ctes ctes) {
    if (right.operator != null) {
      SqlNode other = queries.counted(queries.primary(right.right, ctes));
      return new Translated(Operators.setOperation(queries.counted(left), other), false, false);
    }
    if (right.queryOrganization() != null) {
      return queries.organized(
          new Translated(left.node(), true, false), right.queryOrganization(), ctes);
    }
    FromClause input = from.derived(left.node(), List.of(), false);
    if (right.selectClause() != null) {
      List<SqlNode> windows =
          queries.expressions(ctes, Place.RELATION_THEN_OUTPUT).operands(right.windowClause());
      return new Translated(
          queries.select(right.selectClause(), input, windows, ctes), false, false);
    }
    if (right.EXTEND() != null) {
      return over(
          input, Set.of(), queries.items(right.extendList.namedExpression(), 0, ctes), List.of());
    }
    if (right.operatorPipeSetAssignmentSeq() != null) {
      return set(input, right.operatorPipeSetAssignmentSeq(), ctes);
    }
    if (right.DROP() != null) {
      return drop(input, right, ctes);
    }
    if (right.errorCapturingIdentifier() != null) {
      List<String> alias = List.of(Identifiers.name(right.errorCapturingIdentifier()));
      return queries.passing(from.derived(left.node(), alias, false), List.of());
    }
    if (right.whereClause() != null) {
      return queries.passing(
          input, queries.expressions(ctes, Place.RELATION).operands(right.whereClause()));
    }
    if (right.pivotClause() != null) {
      return queries.passing(from.pivots().pivot(input, right.pivotClause(), ctes), List.of());
    }
    if (right.unpivotClause() != null) {
      return queries.passing(from.pivots().unpivot(input, right.unpivotClause(), ctes), List.of());
    }
    if (right.joinRelation() != null) {
      return queries.passing(from.join(input, right.joinRelation(), ctes), List.of());
    }
    if (right.AGGREGATE() != null) {
      return aggregate(input, right, ctes);
    }
    if (right.sample() != null) {
      return queries.passing(input, List.of());
    }
    throw Refusals.notUnderstood("this pipe operator", right);
  }

  private Translated over(
      FromClause input, Set<String> gone, List<SqlNode> added, List<SqlNode> conditions) {
    List<SqlNode> items = new ArrayList<>();
    items.add(queries.star(gone, List.of(), false));
    items.addAll(added);
    return new Translated(new SparkSelect(items, input.node(), conditions), true, false);
  }

  /** SET column = expression: naming a column that is replaced is a use of it. */
  private Translated set(
      FromClause input, OperatorPipeSetAssignmentSeqContext assignments, Ctes ctes) {
    if (!assignments.DOT().isEmpty()) {
      throw Refusals.notUnderstood("SET of a field", assignments);
    }
    ExpressionTranslator expressions = queries.expressions(ctes, Place.RELATION_THEN_OUTPUT);
    Set<String> gone = new HashSet<>();
    List<SqlNode> items = new ArrayList<>();
    List<SqlNode> replaced = new ArrayList<>();
    for (int i = 0; i < assignments.ident.size(); i++) {
      String name = Identifiers.name(assignments.ident.get(i));
      gone.add(ColumnNames.folded(name));
      replaced.add(expressions.column(List.of(name), assignments));
      items.add(
          new SelectItem(
              expressions.expression(assignments.expression(i)),
              List.of(name),
              true,
              assignments.expression(i)));
    }
    return over(input, gone, items, replaced);
  }

  private Translated drop(FromClause input, OperatorPipeRightSideContext right, Ctes ctes) {
    Set<String> gone = new HashSet<>();
    List<SqlNode> dropped = new ArrayList<>();
    for (String name : Identifiers.parts(right.identifierSeq())) {
      gone.add(ColumnNames.folded(name));
      dropped.add(
          queries.expressions(ctes, Place.RELATION).column(List.of(name), right.identifierSeq()));
    }
    return over(input, gone, List.of(), dropped);
  }

  private Translated aggregate(FromClause input, OperatorPipeRightSideContext right, Ctes ctes) {
    List<SqlNode> items = new ArrayList<>();
    List<SqlNode> conditions = new ArrayList<>();
    AggregationClauseContext grouping = right.aggregationClause();
    if (grouping != null) {
      items.addAll(queries.items(grouping.groupingExpressions, 0, ctes));
      for (GroupByClauseContext each : grouping.groupingExpressionsWithGroupingAnalytics) {
        if (each.expression() == null) {
          // The grouped columns are also given; which ones is told by their names.
          conditions.addAll(queries.expressions(ctes, Place.RELATION_THEN_OUTPUT).operands(each));
          items.add(new UnknownColumns());
        } else {
          SqlNode expression =
              queries.expressions(ctes, Place.RELATION_THEN_OUTPUT).expression(each.expression());
          items.add(
              new SelectItem(
                  expression,
                  List.of(OutputNames.name(each.expression())),
                  false,
                  each.expression()));
        }
      }
    }
    List<NamedExpressionContext> aggregates =
        right.namedExpressionSeq() == null
            ? List.of()
            : right.namedExpressionSeq().namedExpression();
    items.addAll(queries.items(aggregates, items.size(), ctes));
    return new Translated(new SparkSelect(items, input.node(), conditions), false, false);
  }
}
