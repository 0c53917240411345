package io.sluice.bench.data;

import io.trino.tpch.Order;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;

/** Writes a few orders with the partitions of a large scale and reads one month back. */
final class PartitionedWrite {

  private PartitionedWrite() {}

  public static void main(String[] arguments) throws IOException {
    TableLayout<Order> layout = new TableLayout<>(TpchTable.ORDERS);
    try (JdbcCatalog catalog = new JdbcCatalog(properties -> new LocalFileIO(), null, true)) {
      catalog.initialize(
          "lake",
          Map.of(
              CatalogProperties.URI, arguments[0],
              CatalogProperties.WAREHOUSE_LOCATION, arguments[1]));
      catalog.createNamespace(Namespace.of("tpch"));
      Table table =
          catalog
              .buildTable(TableIdentifier.of("tpch", "orders"), layout.schema())
              .withPartitionSpec(layout.partitioning(BigDecimal.TEN))
              .create();
      LongAdder written = new LongAdder();
      List<DataFile> files;
      try (PartWriter<Order> writer =
          new PartWriter<>(table, layout, 1, "test", 1 << 20, written)) {
        files = writer.write(layout.rows(new BigDecimal("0.001"), 1, 1));
      }
      AppendFiles append = table.newAppend();
      files.forEach(append::appendFile);
      append.commit();
      System.out.println("written=" + written.sum());
      System.out.println("files=" + files.size());
      long rows = 0;
      try (CloseableIterable<Record> january =
          IcebergGenerics.read(table)
              .where(
                  Expressions.and(
                      Expressions.greaterThanOrEqual("o_orderdate", "1995-01-01"),
                      Expressions.lessThan("o_orderdate", "1995-02-01")))
              .build()) {
        for (Record row : january) {
          rows += row.getField("o_orderdate").toString().startsWith("1995-01") ? 1 : -1000;
        }
      }
      long inPartition =
          files.stream()
              .filter(file -> table.spec().partitionToPath(file.partition()).endsWith("1995-01"))
              .mapToLong(DataFile::recordCount)
              .sum();
      System.out.println("january=" + (rows == inPartition && rows > 0));
    }
  }
}
