package io.sluice.planner.columns;

import io.sluice.planner.columns.ColumnReference.Place;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PivotClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PivotValueContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotColumnAndAliasContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotColumnContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotColumnSetContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotMultiValueColumnClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotSingleValueColumnClauseContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.UnpivotValueColumnContext;

/**
 * Translates PIVOT and UNPIVOT. Both use all columns of their input: the ones that they do not name
 * are grouped by, or repeated.
 */
final class PivotTranslator {

  private final QueryTranslator queries;

  PivotTranslator(QueryTranslator queries) {
    this.queries = queries;
  }

  FromClause pivot(FromClause input, PivotClauseContext pivot, Ctes ctes) {
    ExpressionTranslator expressions = queries.expressions(ctes, Place.RELATION);
    List<SqlNode> conditions = new ArrayList<>(expressions.operands(pivot.aggregates));
    pivot
        .pivotColumn()
        .identifiers
        .forEach(
            column ->
                conditions.add(
                    expressions.column(List.of(Identifiers.name(column)), pivot.pivotColumn())));
    Set<String> gone = columns(conditions);
    List<String> names = new ArrayList<>();
    for (PivotValueContext value : pivot.pivotValues) {
      conditions.addAll(expressions.operands(value.expression()));
      if (value.errorCapturingIdentifier() != null) {
        names.add(Identifiers.name(value.errorCapturingIdentifier()));
      }
    }
    return query(input, gone, names, true, conditions, List.of());
  }

  FromClause unpivot(FromClause input, UnpivotClauseContext unpivot, Ctes ctes) {
    ExpressionTranslator expressions = queries.expressions(ctes, Place.RELATION);
    List<UnpivotColumnContext> columns = new ArrayList<>();
    List<String> names = new ArrayList<>();
    UnpivotSingleValueColumnClauseContext single =
        unpivot.operator.unpivotSingleValueColumnClause();
    UnpivotMultiValueColumnClauseContext multiple =
        unpivot.operator.unpivotMultiValueColumnClause();
    if (single != null) {
      names.add(Identifiers.name(single.unpivotNameColumn().identifier()));
      names.add(Identifiers.name(single.unpivotValueColumn().identifier()));
      for (UnpivotColumnAndAliasContext column : single.unpivotColumns) {
        columns.add(column.unpivotColumn());
      }
    } else {
      names.add(Identifiers.name(multiple.unpivotNameColumn().identifier()));
      for (UnpivotValueColumnContext value : multiple.unpivotValueColumns) {
        names.add(Identifiers.name(value.identifier()));
      }
      for (UnpivotColumnSetContext set : multiple.unpivotColumnSets) {
        columns.addAll(set.unpivotColumns);
      }
    }
    List<SqlNode> conditions = new ArrayList<>();
    for (UnpivotColumnContext column : columns) {
      MultipartIdentifierContext name = column.multipartIdentifier();
      conditions.add(expressions.column(Identifiers.parts(name), name));
    }
    List<String> qualifier =
        unpivot.errorCapturingIdentifier() == null
            ? List.of()
            : List.of(Identifiers.name(unpivot.errorCapturingIdentifier()));
    queries.names().leaveColumnsOpen();
    return query(input, columns(conditions), names, false, conditions, qualifier);
  }

  private FromClause query(
      FromClause input,
      Set<String> gone,
      List<String> names,
      boolean moreNames,
      List<SqlNode> conditions,
      List<String> qualifier) {
    List<SqlNode> items = new ArrayList<>();
    items.add(queries.star(gone, List.of(), true));
    items.add(new SelectItem(Operators.expression(List.of()), names, true, null));
    if (moreNames) {
      items.add(new UnknownColumns());
    }
    Relation relation = new Relation(qualifier);
    SqlNode node = queries.relation(new SparkSelect(items, input.node(), conditions), relation);
    return new FromClause(node, List.of(relation));
  }

  /** Returns the folded names of the columns that nodes refer to. */
  private static Set<String> columns(List<SqlNode> nodes) {
    Set<String> names = new HashSet<>();
    for (SqlNode node : nodes) {
      if (node instanceof ColumnReference reference) {
        List<String> parts = reference.parts();
        names.add(ColumnNames.folded(parts.get(parts.size() - 1)));
      }
    }
    return names;
  }
}
