package io.sluice.planner.columns;

import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;

/** All columns of a relation or of all relations in FROM. */
final class StarReference extends SqlCall {

  private final ColumnReference name;
  private final List<ColumnReference> excepted;
  private final Set<String> left;
  private final List<String> renamed;
  private final boolean counts;

  /**
   * Creates a star.
   *
   * @param name of the relation, or of a struct; empty for all relations
   * @param excepted the references in EXCEPT, each to a column of the star or to a field of one;
   *     naming it there is a use of it
   * @param left folded names of further columns that are left out
   * @param renamed new names of the columns; empty keeps the old ones
   * @param counts whether the columns are used here; else they are where they are named
   */
  StarReference(
      ColumnReference name,
      List<ColumnReference> excepted,
      Set<String> left,
      List<String> renamed,
      boolean counts) {
    super(SqlParserPos.ZERO);
    this.name = name;
    this.excepted = List.copyOf(excepted);
    this.left = Set.copyOf(left);
    this.renamed = List.copyOf(renamed);
    this.counts = counts;
  }

  ColumnReference name() {
    return name;
  }

  List<ColumnReference> excepted() {
    return excepted;
  }

  Set<String> left() {
    return left;
  }

  List<String> renamed() {
    return renamed;
  }

  boolean counts() {
    return counts;
  }

  @Override
  public SqlOperator getOperator() {
    return Operators.STAR;
  }

  @Override
  public List<SqlNode> getOperandList() {
    return List.of();
  }
}
