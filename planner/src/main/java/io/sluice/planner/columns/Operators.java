package io.sluice.planner.columns;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/**
 * Operators that keep what decides about columns, the names and the scopes, and nothing else: an
 * expression is no more than the columns, stars and subqueries in it, its type is ANY.
 */
final class Operators {

  static final SqlSpecialOperator COLUMN = new ColumnOperator();
  static final SqlSpecialOperator STAR = new StarOperator();
  static final SqlSpecialOperator EXPRESSION =
      new ExpressionOperator("EXPRESSION", SqlTypeName.ANY);
  static final SqlSpecialOperator CONDITION =
      new ExpressionOperator("CONDITION", SqlTypeName.BOOLEAN);
  static final SqlSetOperator SET_OPERATION = new SetOperator();

  private Operators() {}

  static SqlNode expression(List<SqlNode> operands) {
    return operands.size() == 1
        ? operands.get(0)
        : new SqlBasicCall(EXPRESSION, operands, SqlParserPos.ZERO);
  }

  static SqlNode condition(List<SqlNode> operands) {
    return new SqlBasicCall(CONDITION, operands, SqlParserPos.ZERO);
  }

  static SqlNode setOperation(SqlNode left, SqlNode right) {
    return new SqlBasicCall(SET_OPERATION, List.of(left, right), SqlParserPos.ZERO);
  }

  /** An operator without checks, over any number of operands of any type. */
  private abstract static class NameOperator extends SqlSpecialOperator {

    NameOperator(String name) {
      super(name, SqlKind.OTHER);
    }

    /** Leaves subqueries as they are: how many columns they give is Spark's matter. */
    @Override
    public boolean argumentMustBeScalar(int ordinal) {
      return false;
    }

    @Override
    public void validateCall(
        SqlCall call,
        SqlValidator validator,
        SqlValidatorScope scope,
        SqlValidatorScope operandScope) {
      validator.deriveType(scope, call);
    }
  }

  private static final class ExpressionOperator extends NameOperator {

    private final SqlTypeName type;

    ExpressionOperator(String name, SqlTypeName type) {
      super(name);
      this.type = type;
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
      for (SqlNode operand : call.getOperandList()) {
        validator.deriveType(scope, operand);
      }
      return validator.getTypeFactory().createSqlType(type);
    }
  }

  private static final class ColumnOperator extends NameOperator {

    ColumnOperator() {
      super("COLUMN");
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
      ((ColumnReference) call).resolve(((ColumnValidator) validator).names(), scope);
      return validator.getTypeFactory().createSqlType(SqlTypeName.ANY);
    }
  }

  private static final class StarOperator extends NameOperator {

    StarOperator() {
      super("STAR");
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
      ((ColumnValidator) validator).names().expand((StarReference) call, scope);
      return validator.getTypeFactory().createSqlType(SqlTypeName.ANY);
    }
  }

  /** UNION, EXCEPT or INTERSECT: its columns have the names of its left side's. */
  private static final class SetOperator extends SqlSetOperator {

    SetOperator() {
      super("UNION", SqlKind.UNION, 12, true);
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
      return ((ColumnValidator) validator).rowType(call.operand(0));
    }
  }
}
