package io.sluice.planner.rewrite;

import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.NamedExpressionSeqContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SelectClauseContext;
import org.jspecify.annotations.Nullable;

/** The result columns of a query, which Spark names after their text where it gives no name. */
public final class ResultColumns {

  private ResultColumns() {}

  /** Returns whether an expression is a result column by itself and has no name. */
  public static boolean isUnnamed(ParserRuleContext expression) {
    @Nullable ParserRuleContext node = expression;
    while (!(node instanceof NamedExpressionContext named)) {
      if (node == null || (node != expression && node.getChildCount() != 1)) {
        return false;
      }
      node = node.getParent();
    }
    return named.getChildCount() == 1
        && named.getParent() instanceof NamedExpressionSeqContext list
        && list.getParent() instanceof SelectClauseContext;
  }
}
