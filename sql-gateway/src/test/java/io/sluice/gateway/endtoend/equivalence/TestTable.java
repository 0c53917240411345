package io.sluice.gateway.endtoend.equivalence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * A table of a world, with everything in it.
 *
 * @param name within its schema
 * @param columns names to types, in order
 * @param rows SQL literals in the columns' order
 */
record TestTable(String name, Map<String, ColumnType> columns, List<List<String>> rows) {

  /** A name has one type in all tables, so that they can be joined by name. */
  private static final Map<String, ColumnType> POOL = new LinkedHashMap<>();

  static {
    POOL.put("a", ColumnType.INT);
    POOL.put("b", ColumnType.TEXT);
    POOL.put("c", ColumnType.DECIMAL);
    POOL.put("d", ColumnType.DATE);
    POOL.put("e", ColumnType.DOUBLE);
    POOL.put("f", ColumnType.BOOLEAN);
    POOL.put("g", ColumnType.TIMESTAMP);
    POOL.put("n", ColumnType.BIGINT);
    POOL.put("s", ColumnType.STRUCT);
    POOL.put("l", ColumnType.ARRAY);
    POOL.put("m", ColumnType.STRUCTS);
    POOL.put("Key", ColumnType.INT);
    POOL.put("o p", ColumnType.TEXT);
    POOL.put("select", ColumnType.INT);
  }

  private static final int MOST_ROWS = 12;

  TestTable {
    columns = new LinkedHashMap<>(columns);
    rows = List.copyOf(rows);
  }

  static TestTable any(String name, SplittableRandom chance) {
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    POOL.forEach(
        (column, type) -> {
          if (column.equals("a") || column.equals("b") || chance.nextInt(5) < 3) {
            columns.put(column, type);
          }
        });
    List<List<String>> rows = new ArrayList<>();
    for (int row = chance.nextInt(MOST_ROWS + 1); row > 0; row--) {
      rows.add(columns.values().stream().map(type -> type.value(chance)).toList());
    }
    return new TestTable(name, columns, rows);
  }

  /** Returns a name as it must stand in a text. */
  static String quoted(String column) {
    return column.matches("[a-z][a-z0-9]*") && !column.equals("select")
        ? column
        : "`" + column + "`";
  }

  /** Returns a query that gives the table's rows. */
  String content() {
    List<String> types = columns.values().stream().map(ColumnType::nothing).toList();
    String values =
        rows.isEmpty()
            ? "(" + String.join(", ", types) + ")"
            : rows.stream()
                .map(row -> "(" + String.join(", ", row) + ")")
                .collect(Collectors.joining(", "));
    List<String> items = new ArrayList<>();
    columns.forEach(
        (column, type) ->
            items.add("cast(c%d as %s) as %s".formatted(items.size(), type.sql(), quoted(column))));
    String names =
        java.util.stream.IntStream.range(0, columns.size())
            .mapToObj(index -> "c" + index)
            .collect(Collectors.joining(", "));
    return "select %s from values %s as t(%s)%s"
        .formatted(String.join(", ", items), values, names, rows.isEmpty() ? " where false" : "");
  }
}
