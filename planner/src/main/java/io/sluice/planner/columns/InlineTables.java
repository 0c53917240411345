package io.sluice.planner.columns;

import java.util.List;
import java.util.stream.IntStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ExpressionContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.RowConstructorContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StructContext;

/** The columns of VALUES that have no names given. */
final class InlineTables {

  private InlineTables() {}

  /** Returns {@code col1}, {@code col2} … for each column of a row. */
  static List<String> columns(ExpressionContext row) {
    ParserRuleContext context = OutputNames.unwrapped(row);
    int width = 1;
    if (context instanceof RowConstructorContext constructor) {
      width = constructor.namedExpression().size();
    } else if (context instanceof StructContext struct) {
      width = struct.argument.size();
    }
    return IntStream.rangeClosed(1, width).mapToObj(i -> "col" + i).toList();
  }
}
