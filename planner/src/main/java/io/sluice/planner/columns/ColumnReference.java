package io.sluice.planner.columns;

import io.sluice.model.TextPosition;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/** A column as the text names it: {@code [[[catalog.]schema.]table.]column[.field…]}. */
final class ColumnReference extends SqlCall {

  /** What a name may mean besides a column of the relations in FROM. */
  enum Place {
    /** Nothing: WHERE, ON. */
    RELATION,
    /** A column's alias where no relation has the name: SELECT, GROUP BY, HAVING, windows. */
    RELATION_THEN_OUTPUT,
    /** A column's alias before all else: ORDER BY and its kin. */
    OUTPUT_THEN_RELATION,
    /** The same column of both sides: USING. */
    BOTH_SIDES
  }

  private final List<String> parts;
  private final Place place;
  private final int item;
  private final TextPosition position;
  private @Nullable Field field;

  /**
   * Creates a reference.
   *
   * @param parts of the name, without back quotes
   * @param place what else the name may mean
   * @param item how many items of the select list, stars not counted, come before it, whose aliases
   *     it may mean; {@link Integer#MAX_VALUE} outside that list
   * @param position in the text
   */
  ColumnReference(List<String> parts, Place place, int item, TextPosition position) {
    super(SqlParserPos.ZERO);
    this.parts = List.copyOf(parts);
    this.place = place;
    this.item = item;
    this.position = position;
  }

  List<String> parts() {
    return parts;
  }

  Place place() {
    return place;
  }

  int item() {
    return item;
  }

  TextPosition position() {
    return position;
  }

  /** Returns the column, once it has been resolved, if it is a known relation's. */
  Optional<Field> field() {
    return Optional.ofNullable(field);
  }

  void resolve(NameResolver names, SqlValidatorScope scope) {
    field = names.resolve(this, scope).orElse(null);
  }

  @Override
  public SqlOperator getOperator() {
    return Operators.COLUMN;
  }

  @Override
  public List<SqlNode> getOperandList() {
    return List.of();
  }
}
