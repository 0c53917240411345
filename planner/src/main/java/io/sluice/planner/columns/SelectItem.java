package io.sluice.planner.columns;

import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** An expression of a select list, with the columns that it makes. */
final class SelectItem extends SqlCall {

  private final SqlNode expression;
  private final List<String> names;
  private final boolean aliased;
  private final @Nullable ParserRuleContext source;

  /**
   * Creates an item.
   *
   * @param expression what it is made of
   * @param names of its columns; an empty name is one that Spark makes up
   * @param aliased whether the text gives the names
   * @param source its text, for the type
   */
  SelectItem(
      SqlNode expression, List<String> names, boolean aliased, @Nullable ParserRuleContext source) {
    super(SqlParserPos.ZERO);
    this.expression = expression;
    this.names = List.copyOf(names);
    this.aliased = aliased;
    this.source = source;
  }

  SqlNode expression() {
    return expression;
  }

  List<String> names() {
    return names;
  }

  boolean isAliased() {
    return aliased;
  }

  @Nullable ParserRuleContext source() {
    return source;
  }

  @Override
  public SqlOperator getOperator() {
    return Operators.EXPRESSION;
  }

  @Override
  public List<SqlNode> getOperandList() {
    return List.of(expression);
  }
}
