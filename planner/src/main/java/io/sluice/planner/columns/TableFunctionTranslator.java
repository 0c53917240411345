package io.sluice.planner.columns;

import io.sluice.planner.columns.ColumnReference.Place;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableReferenceArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.FunctionTableSubqueryArgumentContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableAliasContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.TableArgumentPartitioningContext;
import org.jspecify.annotations.Nullable;

/** Translates table functions in FROM: a SELECT of what their arguments use. */
final class TableFunctionTranslator {

  private final QueryTranslator queries;
  private final FromTranslator from;

  TableFunctionTranslator(QueryTranslator queries, FromTranslator from) {
    this.queries = queries;
    this.from = from;
  }

  FromClause translate(FunctionTableContext function, boolean lateral, Ctes ctes) {
    if (function.watermarkClause() != null) {
      throw Refusals.notUnderstood("a WATERMARK", function.watermarkClause());
    }
    ExpressionTranslator expressions = queries.expressions(ctes, Place.RELATION);
    List<SqlNode> operands = new ArrayList<>(expressions.operands(function.functionName()));
    for (FunctionTableArgumentContext argument : function.functionTableArgument()) {
      if (argument.functionTableReferenceArgument() == null) {
        operands.addAll(expressions.operands(argument.functionArgument()));
      } else {
        operands.add(table(argument.functionTableReferenceArgument(), ctes));
      }
    }
    List<String> names = names(function);
    List<SqlNode> items = new ArrayList<>();
    items.add(new SelectItem(Operators.expression(operands), names, true, null));
    if (names.isEmpty()) {
      items.add(new UnknownColumns());
    }
    TableAliasContext alias = function.tableAlias();
    return from.derived(
        new SparkSelect(items, null, List.of()),
        alias.strictIdentifier() == null
            ? List.of(function.functionName().getText())
            : FromTranslator.qualifier(alias),
        lateral);
  }

  private static List<String> names(FunctionTableContext function) {
    if (function.tableAlias().identifierList() != null) {
      return Identifiers.parts(function.tableAlias().identifierList().identifierSeq());
    }
    return function.functionName().getText().equalsIgnoreCase("range") ? List.of("id") : List.of();
  }

  /** Returns a query that uses all columns of a table argument. */
  private SqlNode table(FunctionTableReferenceArgumentContext argument, Ctes ctes) {
    FunctionTableSubqueryArgumentContext table =
        argument.functionTableSubqueryArgument() == null
            ? argument.functionTableNamedArgumentExpression().table
            : argument.functionTableSubqueryArgument();
    FromClause clause =
        table.query() == null
            ? from.table(table.identifierReference(), ctes)
            : from.derived(queries.query(table.query(), ctes), List.of(), false);
    return new SparkSelect(
        List.of(queries.star(List.of(), true)),
        clause.node(),
        partitioning(table.tableArgumentPartitioning(), ctes));
  }

  private List<SqlNode> partitioning(
      @Nullable TableArgumentPartitioningContext context, Ctes ctes) {
    if (context == null) {
      return List.of();
    }
    ExpressionTranslator expressions = queries.expressions(ctes, Place.RELATION);
    List<SqlNode> operands = new ArrayList<>(expressions.operands(context.expression()));
    operands.addAll(expressions.operands(context.sortItem()));
    return operands;
  }
}
