package io.sluice.bench.data;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** How one of the eight tables looks in Iceberg, and into how many files it is cut. */
final class TableLayout<E extends TpchEntity> {

  /** Files of this many bytes are asked for. */
  static final long FILE_BYTES = 128L << 20;

  /** From this scale on the two large tables are cut by month. */
  private static final BigDecimal PARTITIONED_FROM = BigDecimal.TEN;

  /** Below this many bytes a further file only costs. */
  private static final long SMALLEST_FILE_BYTES = 4L << 20;

  /** There are orders for 80 months and shipments for 84. */
  private static final int MONTHS = 84;

  private static final Map<String, String> MONTH_COLUMNS =
      Map.of("orders", "o_orderdate", "lineitem", "l_shipdate");

  /** Rows at scale 1 and bytes of a row in zstd Parquet, to guess the size before writing. */
  private static final Map<String, long[]> SIZES =
      Map.of(
          "customer", new long[] {150_000, 85},
          "orders", new long[] {1_500_000, 34},
          "lineitem", new long[] {6_000_000, 26},
          "part", new long[] {200_000, 35},
          "partsupp", new long[] {800_000, 55},
          "supplier", new long[] {10_000, 80});

  private final TpchTable<E> table;
  private final List<TpchColumn<E>> columns;
  private final Schema schema;

  TableLayout(TpchTable<E> table) {
    this.table = table;
    this.columns = List.copyOf(table.getColumns());
    this.schema = schema(columns);
  }

  String name() {
    return table.getTableName();
  }

  Schema schema() {
    return schema;
  }

  /** Returns the rows of one part; all parts together are the table, whatever their number. */
  Iterable<E> rows(BigDecimal scale, int part, int parts) {
    return table.createGenerator(scale.doubleValue(), part, parts);
  }

  PartitionSpec partitioning(BigDecimal scale) {
    String column = MONTH_COLUMNS.get(name());
    return column == null || scale.compareTo(PARTITIONED_FROM) < 0
        ? PartitionSpec.unpartitioned()
        : PartitionSpec.builderFor(schema).month(column).build();
  }

  /**
   * Returns how many writers share the table. A part is a file, about; under partitions each part
   * writes all months, so there are only as many parts as threads.
   */
  int parts(BigDecimal scale, int threads) {
    long[] size = SIZES.get(name());
    if (size == null) {
      return 1;
    }
    if (partitioning(scale).isPartitioned()) {
      return threads;
    }
    double bytes = scale.doubleValue() * size[0] * size[1];
    double forSize = Math.ceil(bytes / FILE_BYTES);
    double forThreads = Math.min(2.0 * threads, Math.floor(bytes / SMALLEST_FILE_BYTES));
    return (int) Math.max(1, Math.max(forSize, forThreads));
  }

  /** Returns the bytes a writer may buffer, such that all open writers fit into half the heap. */
  static long rowGroupBytes(boolean partitioned, int threads, long heapBytes) {
    int open = threads * (partitioned ? MONTHS : 1);
    return Math.max(1L << 20, Math.min(FILE_BYTES, heapBytes / 2 / open));
  }

  int columns() {
    return columns.size();
  }

  /** Returns a column's value as Iceberg's generic writer takes it. */
  Object value(E row, int index) {
    TpchColumn<E> column = columns.get(index);
    return switch (column.getType().getBase()) {
      case IDENTIFIER -> column.getIdentifier(row);
      case INTEGER -> column.getInteger(row);
      case DATE -> LocalDate.ofEpochDay(column.getDate(row));
      // The generator holds cents; a double of two decimals gives them back exactly.
      case DOUBLE -> BigDecimal.valueOf(Math.round(column.getDouble(row) * 100), 2);
      case VARCHAR -> column.getString(row);
    };
  }

  private static <E extends TpchEntity> Schema schema(List<TpchColumn<E>> columns) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (TpchColumn<E> column : columns) {
      Type type =
          switch (column.getType().getBase()) {
            case IDENTIFIER -> Types.LongType.get();
            case INTEGER -> Types.IntegerType.get();
            case DATE -> Types.DateType.get();
            case DOUBLE -> Types.DecimalType.of(15, 2);
            case VARCHAR -> Types.StringType.get();
          };
      fields.add(Types.NestedField.optional(fields.size() + 1, column.getColumnName(), type));
    }
    return new Schema(fields);
  }
}
