package io.sluice.bench.data;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcCatalog;

/**
 * The writer's process. Progress goes to standard error, one line per table and one every few
 * seconds; {@link LoaderOptions#USAGE} tells the options and the exit status.
 */
public final class TpchLoader {

  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int TABLES_IN_THE_WAY = 4;

  private static final String SQLITE = "jdbc:sqlite:";

  private TpchLoader() {}

  /** Runs the writer and exits with its status. */
  public static void main(String[] arguments) {
    PrintStream log = System.err;
    LoaderOptions options;
    try {
      options = LoaderOptions.parse(arguments, Runtime.getRuntime().availableProcessors());
    } catch (IllegalArgumentException e) {
      log.println(e.getMessage());
      log.print(LoaderOptions.USAGE);
      System.exit(USAGE);
      return;
    }
    ProcessHandle.of(options.beside())
        .ifPresent(other -> other.onExit().thenRun(() -> Runtime.getRuntime().halt(FAILED)));
    int status = 0;
    try {
      run(options, log);
    } catch (Load.TablesInTheWayException e) {
      log.println("tpch: " + e.getMessage());
      status = TABLES_IN_THE_WAY;
    } catch (IOException | InterruptedException | RuntimeException e) {
      log.println("tpch: failed: " + e.getMessage());
      e.printStackTrace(log);
      status = FAILED;
    }
    System.exit(status);
  }

  private static void run(LoaderOptions options, PrintStream log)
      throws IOException, InterruptedException {
    if (!options.isLocal()) {
      load(options, new JdbcCatalog(), log);
      return;
    }
    Path warehouse = LocalFileIO.path(options.warehouse());
    Files.createDirectories(warehouse);
    createParent(options.uri());
    try (FileChannel channel =
            FileChannel.open(
                warehouse.resolve(".tpch-load.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      if (!lock.isValid()) {
        throw new IOException("The lock on the warehouse was lost.");
      }
      load(options, new JdbcCatalog(properties -> new LocalFileIO(), null, true), log);
    }
  }

  /** SQLite makes the database, but not the directory around it. */
  private static void createParent(String uri) throws IOException {
    if (uri.startsWith(SQLITE)) {
      Path parent =
          Path.of(uri.substring(SQLITE.length()).replaceFirst("[?].*", ""))
              .toAbsolutePath()
              .getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
    }
  }

  private static FileLock lock(FileChannel channel) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException("Another load is writing into this warehouse; wait until it is done.");
    }
    return lock;
  }

  private static void load(LoaderOptions options, JdbcCatalog catalog, PrintStream log)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    LongAdder rows = new LongAdder();
    ExecutorService writers = Executors.newFixedThreadPool(options.threads());
    ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();
    try (catalog) {
      catalog.initialize(
          options.catalog(),
          Map.of(
              CatalogProperties.URI,
              options.uri(),
              CatalogProperties.WAREHOUSE_LOCATION,
              options.warehouse(),
              "jdbc.schema-version",
              "V1",
              "jdbc.journal_mode",
              "WAL",
              "jdbc.busy_timeout",
              "10000"));
      var unused =
          ticker.scheduleAtFixedRate(
              () -> log.printf("tpch: %,d rows in %d s%n", rows.sum(), seconds(start)),
              2,
              2,
              TimeUnit.SECONDS);
      new Load<>(catalog, options, writers, line -> log.println("tpch: " + line), rows).run();
      log.printf("tpch: done, %,d rows in %d s%n", rows.sum(), seconds(start));
    } finally {
      ticker.shutdownNow();
      writers.shutdownNow();
    }
  }

  private static long seconds(long start) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
  }
}
