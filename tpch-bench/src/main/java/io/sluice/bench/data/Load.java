package io.sluice.bench.data;

import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * One run of the writer. A table is created and filled in one commit, so that a table in the
 * catalog is a whole table; a load that broke off is repeated for the tables that are missing.
 */
final class Load<C extends Catalog & SupportsNamespaces> {

  /** The table property that tells which scale a table was written at. */
  static final String SCALE_PROPERTY = "tpch.scale";

  private final C catalog;
  private final LoaderOptions options;
  private final ExecutorService executor;
  private final Consumer<String> progress;
  private final LongAdder rowsWritten;
  private final String id = UUID.randomUUID().toString();

  /**
   * @param executor runs the writers; as many at once as the options name
   * @param progress takes one line at a time
   * @param rowsWritten is counted up while rows are written
   */
  Load(
      C catalog,
      LoaderOptions options,
      ExecutorService executor,
      Consumer<String> progress,
      LongAdder rowsWritten) {
    this.catalog = catalog;
    this.options = options;
    this.executor = executor;
    this.progress = progress;
    this.rowsWritten = rowsWritten;
  }

  /**
   * Writes the tables that are missing.
   *
   * @throws TablesInTheWayException before anything is written, when a table of one of the names
   *     was not written by this program at this scale
   */
  void run() throws IOException, InterruptedException {
    Namespace namespace = Namespace.of(options.schema());
    if (!catalog.namespaceExists(namespace)) {
      catalog.createNamespace(namespace);
    }
    Map<TpchTable<?>, TableIdentifier> missing = new LinkedHashMap<>();
    for (TpchTable<?> table : TpchTable.getTables()) {
      TableIdentifier name = TableIdentifier.of(namespace, table.getTableName());
      if (catalog.tableExists(name)) {
        checkScale(name);
        progress.accept(table.getTableName() + ": already there");
      } else {
        missing.put(table, name);
      }
    }
    List<RunningTable> running = new ArrayList<>();
    try {
      for (Map.Entry<TpchTable<?>, TableIdentifier> entry : missing.entrySet()) {
        running.add(start(new TableLayout<>(entry.getKey()), entry.getValue()));
      }
      for (RunningTable table : running) {
        commit(table);
      }
    } catch (IOException | RuntimeException e) {
      executor.shutdownNow();
      throw e;
    }
  }

  private void checkScale(TableIdentifier name) {
    String found = catalog.loadTable(name).properties().get(SCALE_PROPERTY);
    if (found == null) {
      throw new TablesInTheWayException(
          "Table " + name + " exists and was not written by this program; nothing was changed.");
    }
    if (!found.equals(options.scale().toString())) {
      throw new TablesInTheWayException(
          "Table %s exists at scale %s, and scale %s was asked for; nothing was changed."
              .formatted(name, found, options.scale()));
    }
  }

  private <E extends TpchEntity> RunningTable start(TableLayout<E> layout, TableIdentifier name)
      throws IOException {
    Transaction transaction =
        catalog
            .buildTable(name, layout.schema())
            .withPartitionSpec(layout.partitioning(options.scale()))
            .withProperty("format-version", "2")
            .withProperty("write.parquet.compression-codec", "zstd")
            .withProperty("write.target-file-size-bytes", Long.toString(TableLayout.FILE_BYTES))
            .withProperty(SCALE_PROPERTY, options.scale().toString())
            .createTransaction();
    Table table = transaction.table();
    if (options.isLocal()) {
      Leftovers.delete(LocalFileIO.path(table.location()));
    }
    int parts = layout.parts(options.scale(), options.threads());
    long rowGroupBytes =
        TableLayout.rowGroupBytes(
            table.spec().isPartitioned(), options.threads(), Runtime.getRuntime().maxMemory());
    List<Future<List<DataFile>>> files = new ArrayList<>();
    for (int part = 1; part <= parts; part++) {
      int number = part;
      files.add(
          executor.submit(
              () -> {
                try (PartWriter<E> writer =
                    new PartWriter<>(table, layout, number, id, rowGroupBytes, rowsWritten)) {
                  return writer.write(layout.rows(options.scale(), number, parts));
                }
              }));
    }
    return new RunningTable(layout.name(), transaction, files);
  }

  private void commit(RunningTable table) throws IOException, InterruptedException {
    AppendFiles append = table.transaction().newAppend();
    long rows = 0;
    long bytes = 0;
    int count = 0;
    for (Future<List<DataFile>> part : table.files()) {
      for (DataFile file : result(part, table.name())) {
        append.appendFile(file);
        rows += file.recordCount();
        bytes += file.fileSizeInBytes();
        count++;
      }
    }
    append.commit();
    table.transaction().commitTransaction();
    progress.accept(
        "%s: %,d rows, %,d files, %.1f MB"
            .formatted(table.name(), rows, count, bytes / 1_000_000.0));
  }

  private static List<DataFile> result(Future<List<DataFile>> part, String table)
      throws IOException, InterruptedException {
    try {
      return part.get();
    } catch (ExecutionException e) {
      throw new IOException("Writing " + table + " failed: " + e.getCause(), e.getCause());
    }
  }

  private record RunningTable(
      String name, Transaction transaction, List<Future<List<DataFile>>> files) {}

  /** A table of one of the eight names is there that this run must not touch. */
  static final class TablesInTheWayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TablesInTheWayException(String message) {
      super(message);
    }
  }
}
