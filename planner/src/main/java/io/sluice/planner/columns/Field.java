package io.sluice.planner.columns;

import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFieldImpl;
import org.jspecify.annotations.Nullable;

/** A column of a row type, with what Calcite's own field does not carry. */
final class Field extends RelDataTypeFieldImpl {

  /**
   * A column of a table occurrence.
   *
   * @param occurrence its index, in text order
   * @param column its index, in table order
   */
  record Origin(int occurrence, int column) {}

  private final @Nullable Origin origin;
  private final List<String> qualifier;
  private final Optional<String> sparkType;
  private final boolean open;

  private Field(
      String name,
      int index,
      RelDataType type,
      @Nullable Origin origin,
      List<String> qualifier,
      Optional<String> sparkType,
      boolean open) {
    super(name, index, type);
    this.origin = origin;
    this.qualifier = qualifier;
    this.sparkType = sparkType;
    this.open = open;
  }

  /** Returns a table's column. */
  static Field of(String name, Origin origin, RelDataType type, Optional<String> sparkType) {
    return new Field(name, origin.column(), type, origin, List.of(), sparkType, false);
  }

  /** Returns an expression's column; the name is empty where Spark makes one up. */
  static Field of(
      String name, RelDataType type, List<String> qualifier, Optional<String> sparkType) {
    return new Field(name, 0, type, null, qualifier, sparkType, false);
  }

  /** Returns the mark of a relation that may have columns whose names are not known. */
  static Field ofUnknownColumns(RelDataType type) {
    return new Field("", 0, type, null, List.of(), Optional.empty(), true);
  }

  /** Returns the same column at another place, its use already counted. */
  Field counted() {
    return new Field(getName(), getIndex(), getType(), null, qualifier, sparkType, open);
  }

  Field at(int index) {
    return new Field(getName(), index, getType(), origin, qualifier, sparkType, open);
  }

  Field named(String name) {
    return new Field(name, getIndex(), getType(), origin, qualifier, sparkType, open);
  }

  Field qualified(List<String> newQualifier) {
    return new Field(getName(), getIndex(), getType(), origin, newQualifier, sparkType, open);
  }

  /** Returns the table's column that a use of this one uses; null when nothing is left to count. */
  @Nullable Origin origin() {
    return origin;
  }

  /** Returns the names that may stand before this column where its relation has none. */
  List<String> qualifier() {
    return qualifier;
  }

  Optional<String> sparkType() {
    return sparkType;
  }

  boolean isOpen() {
    return open;
  }

  boolean isUnnamed() {
    return getName().isEmpty() && !open;
  }
}
