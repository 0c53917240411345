package io.sluice.gateway.endtoend.corpus;

import io.sluice.gateway.endtoend.DirectSpark;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables that Spark's suite makes before every file, as Iceberg tables. */
final class SuiteTables {

  private static final String NUMBERS =
      "unique1 int, unique2 int, two int, four int, ten int, twenty int, hundred int, thousand int,"
          + " twothousand int, fivethous int, tenthous int, odd int, even int, stringu1 string,"
          + " stringu2 string, string4 string";

  /** Names to columns and files. */
  private static final Map<String, List<String>> FROM_FILES = new LinkedHashMap<>();

  private static final Map<String, String> FROM_QUERIES = new LinkedHashMap<>();

  static {
    FROM_FILES.put("aggtest", List.of("a int, b float", "agg.data"));
    FROM_FILES.put("onek", List.of(NUMBERS, "onek.data"));
    FROM_FILES.put("tenk1", List.of(NUMBERS, "tenk.data"));
    FROM_QUERIES.put(
        "testdata",
        "select cast(id as int) as key, cast(id as string) as value from range(1, 101)");
    FROM_QUERIES.put(
        "arraydata",
        "select * from values (array(1, 2, 3), array(array(1, 2, 3))),"
            + " (array(2, 3, 4), array(array(2, 3, 4))) as t(arraycol, nestedarraycol)");
    FROM_QUERIES.put(
        "mapdata",
        "select map(1, 'a' || id, 2, 'b' || id, 3, 'c' || id, 4, 'd' || id, 5, 'e' || id) as mapcol"
            + " from range(1, 6)");
  }

  private SuiteTables() {}

  static void make(DirectSpark spark, String schema, Path folder) {
    FROM_FILES.forEach(
        (name, source) -> {
          spark.run(
              "create temporary view from_file (%s) using csv options (path '%s', delimiter '\\t')"
                  .formatted(source.get(0), folder.resolve(source.get(1))));
          make(spark, schema, name, "select * from from_file");
          spark.run("drop view from_file");
        });
    FROM_QUERIES.forEach((name, query) -> make(spark, schema, name, query));
  }

  private static void make(DirectSpark spark, String schema, String name, String query) {
    spark.run("create table lake.%s.%s using iceberg as %s".formatted(schema, name, query));
  }

  /** Drops what a file has left. */
  static void leaveOnly(DirectSpark spark, String schema) {
    for (List<String> row : spark.rows("show tables in lake." + schema)) {
      String name = row.get(1);
      if (!FROM_FILES.containsKey(name) && !FROM_QUERIES.containsKey(name)) {
        spark.run("drop table lake.%s.`%s`".formatted(schema, name));
      }
    }
    for (List<String> row : spark.rows("show views in lake." + schema)) {
      spark.run("drop view lake.%s.`%s`".formatted(schema, row.get(1)));
    }
  }

  static void drop(DirectSpark spark, String schema) {
    for (List<String> row : spark.rows("show tables in lake." + schema)) {
      spark.run("drop table lake.%s.`%s`".formatted(schema, row.get(1)));
    }
    spark.run("drop schema lake." + schema);
  }
}
