package io.sluice.gateway.statement;

import io.sluice.planner.catalog.Column;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** What a tool that asks for all columns of a large lakehouse is to be shown. */
public final class LargeSchema {

  public static final int TABLES = 5_000;
  public static final int COLUMNS_OF_TABLE = 30;

  private static final List<Type> TYPES =
      List.of(
          Types.LongType.get(),
          Types.StringType.get(),
          Types.DateType.get(),
          Types.DecimalType.of(15, 2),
          Types.TimestampType.withZone());

  private LargeSchema() {}

  /** Returns the names of the tables. */
  public static List<String> tables() {
    return IntStream.range(0, TABLES).mapToObj(table -> "warehouse_table_" + table).toList();
  }

  /** Returns the columns of a table, whose names no other table's columns share in memory. */
  public static List<Column> columns(String table) {
    return IntStream.range(0, COLUMNS_OF_TABLE)
        .mapToObj(
            column ->
                new Column(
                    "column_" + column,
                    column + 1,
                    TYPES.get(column % TYPES.size()),
                    column > 0,
                    Optional.empty()))
        .toList();
  }
}
