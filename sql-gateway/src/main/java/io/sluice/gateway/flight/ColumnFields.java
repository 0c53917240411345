package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.IcebergArrowTypes;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.view.ViewColumn;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * The columns of one table or view as GetTables describes them: the field that a query has for
 * them, with Flight SQL's column metadata.
 *
 * @param catalog empty where there is none
 * @param schema empty where there is none
 */
record ColumnFields(String catalog, String schema, String table) {

  /** Returns a table's columns, without those whose type Spark cannot read. */
  List<Field> of(List<Column> columns) {
    return columns.stream().map(this::field).flatMap(Optional::stream).toList();
  }

  /** Returns a view's columns, which may hold nulls whatever the view reads. */
  List<Field> ofView(List<ViewColumn> columns) {
    return columns.stream().map(this::field).flatMap(Optional::stream).toList();
  }

  private Optional<Field> field(Column column) {
    try {
      Field plain = IcebergArrowTypes.field(column.name(), column.type(), column.nullable());
      return Optional.of(described(plain, column.sparkType(), column.comment(), false));
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  private Optional<Field> field(ViewColumn column) {
    try {
      Field plain =
          onlyOfSpark(column.sparkType())
              .map(type -> new Field(column.name(), FieldType.nullable(type), null))
              .orElseGet(() -> IcebergArrowTypes.field(column.name(), column.type(), true));
      return Optional.of(described(plain, column.sparkType(), column.comment(), true));
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  /** The types that Iceberg does not have, as Spark's {@code ArrowUtils.toArrowType} has them. */
  private static Optional<ArrowType> onlyOfSpark(String sparkType) {
    return Optional.ofNullable(
        switch (sparkType) {
          case "tinyint" -> new ArrowType.Int(8, true);
          case "smallint" -> new ArrowType.Int(16, true);
          case "interval day to second" -> new ArrowType.Duration(TimeUnit.MICROSECOND);
          case "interval year to month" -> new ArrowType.Interval(IntervalUnit.YEAR_MONTH);
          case "interval" -> new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO);
          case "void" -> ArrowType.Null.INSTANCE;
          default -> null;
        });
  }

  private Field described(
      Field plain, String typeName, Optional<String> comment, boolean readOnly) {
    FlightSqlColumnMetadata.Builder facts =
        ResultColumns.facts(plain.getType(), typeName)
            .catalogName(catalog)
            .schemaName(schema)
            .tableName(table)
            .isReadOnly(readOnly);
    comment.ifPresent(facts::remarks);
    return new Field(plain.getName(), ResultColumns.with(facts, plain), plain.getChildren());
  }
}
