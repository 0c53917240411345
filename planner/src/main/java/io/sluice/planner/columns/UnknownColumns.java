package io.sluice.planner.columns;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;

/** In a select list: columns whose names are not known, for example those of inline(). */
final class UnknownColumns extends SqlCall {

  UnknownColumns() {
    super(SqlParserPos.ZERO);
  }

  @Override
  public SqlOperator getOperator() {
    return Operators.EXPRESSION;
  }

  @Override
  public List<SqlNode> getOperandList() {
    return List.of();
  }
}
