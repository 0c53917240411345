package io.sluice.bench.data;

import java.io.IOException;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Reads every data file of a warehouse on Spark's class path and prints what it found. */
final class ReadBack {

  private ReadBack() {}

  public static void main(String[] arguments) throws IOException {
    try (JdbcCatalog catalog = new JdbcCatalog(properties -> new LocalFileIO(), null, false)) {
      catalog.initialize(
          "lake",
          Map.of(
              CatalogProperties.URI,
              arguments[0],
              CatalogProperties.WAREHOUSE_LOCATION,
              arguments[1],
              "jdbc.schema-version",
              "V1"));
      for (TableIdentifier name : catalog.listTables(Namespace.of("tpch"))) {
        Table table = catalog.loadTable(name);
        System.out.println(name.name() + "=" + count(IcebergGenerics.read(table).build()));
      }
      System.out.println(
          "urgent="
              + count(
                  IcebergGenerics.read(catalog.loadTable(TableIdentifier.of("tpch", "orders")))
                      .where(Expressions.in("o_orderpriority", "1-URGENT", "2-HIGH"))
                      .build()));
      try (CloseableIterable<Record> rows =
          IcebergGenerics.read(catalog.loadTable(TableIdentifier.of("tpch", "lineitem")))
              .where(
                  Expressions.and(
                      Expressions.equal("l_orderkey", 1), Expressions.equal("l_linenumber", 1)))
              .build()) {
        rows.forEach(row -> System.out.println("first=" + row));
      }
    }
  }

  private static long count(CloseableIterable<Record> rows) throws IOException {
    long count = 0;
    try (rows) {
      for (Record row : rows) {
        count += row == null ? 0 : 1;
      }
    }
    return count;
  }
}
