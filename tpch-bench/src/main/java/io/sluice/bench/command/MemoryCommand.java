package io.sluice.bench.command;

import io.sluice.bench.client.Fetched;
import io.sluice.bench.client.FlightSqlConnection;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.ProcessMemory;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench memory}: what the gateway and Spark hold while results are fetched, over
 * time. Fails when the gateway's resident memory has grown by more than a tenth from the end of the
 * second run to the end of the last, or was not always below a limit that is given.
 */
@Command(name = "memory", description = "Watches the gateway's memory while results are fetched.")
public final class MemoryCommand implements Callable<Integer> {

  private static final double MOST_GROWTH = 1.1;
  private static final long MEGABYTE = 1_000_000;

  private final PrintStream output;

  @Mixin private Demo demo = new Demo();

  @Option(names = "--query", paramLabel = "SQL", description = "SELECT * FROM lineitem by default.")
  private String query = "SELECT * FROM lineitem";

  @Option(names = "--runs", paramLabel = "N", description = "One after the other; 10 by default.")
  private int runs = 10;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Clients that fetch at a time in each run; 1 by default.")
  private int parallel = 1;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      description = "How often to look while a run goes on; 5 by default.")
  private int every = 5;

  @Option(
      names = "--most",
      paramLabel = "MB",
      description = "The gateway's RSS must stay below this; without a limit by default.")
  private long most = Long.MAX_VALUE / MEGABYTE;

  private final TextTable table =
      new TextTable(
          "run",
          "s",
          "rows",
          "MB fetched",
          "gateway RSS MB",
          "gateway heap MB",
          "gateway direct MB",
          "Spark RSS MB");
  private final List<Long> afterRuns = new ArrayList<>();
  private long highest;

  public MemoryCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (runs < 1 || parallel < 1 || every < 1 || most < 1) {
      throw new IllegalArgumentException(
          "--runs, --parallel, --every and --most are numbers above 0.");
    }
    Running running = demo.running();
    ExecutorService executor = Executors.newFixedThreadPool(parallel);
    List<FlightSqlConnection> clients = new ArrayList<>();
    try (ProcessMemory gateway = ProcessMemory.of(running.gatewayPid())) {
      for (int client = 0; client < parallel; client++) {
        clients.add(running.flight(demo.user()));
      }
      for (int run = 1; run <= runs; run++) {
        run(run, executor, clients, gateway, running.sparkPids());
      }
    } finally {
      executor.shutdownNow();
      for (FlightSqlConnection client : clients) {
        client.close();
      }
    }
    output.printf(Locale.ROOT, "%s, %d at a time%n", query, parallel);
    output.print(table);
    return judge();
  }

  private void run(
      int run,
      ExecutorService executor,
      List<FlightSqlConnection> clients,
      ProcessMemory gateway,
      List<Long> spark)
      throws Exception {
    long start = System.nanoTime();
    List<Future<Fetched>> fetches = new ArrayList<>();
    for (FlightSqlConnection client : clients) {
      fetches.add(executor.submit(() -> client.fetch(query)));
    }
    long rows = 0;
    long bytes = 0;
    for (Future<Fetched> fetch : fetches) {
      Fetched fetched = awaited(fetch, run, start, gateway, spark);
      rows += fetched.rows();
      bytes += fetched.bytes();
    }
    look(run + " ended", start, rows, bytes, gateway, spark);
    gateway.resident().ifPresent(afterRuns::add);
  }

  private Fetched awaited(
      Future<Fetched> fetch, int run, long start, ProcessMemory gateway, List<Long> spark)
      throws Exception {
    while (true) {
      try {
        return fetch.get(every, TimeUnit.SECONDS);
      } catch (TimeoutException goesOn) {
        look(Integer.toString(run), start, -1, -1, gateway, spark);
      } catch (ExecutionException failure) {
        throw failure.getCause() instanceof Exception cause ? cause : failure;
      }
    }
  }

  private void look(
      String run, long start, long rows, long bytes, ProcessMemory gateway, List<Long> spark) {
    OptionalLong resident = gateway.resident();
    highest = Math.max(highest, resident.orElse(0));
    double seconds = (System.nanoTime() - start) / 1e9;
    table.row(
        run,
        String.format(Locale.ROOT, "%.0f", seconds),
        rows < 0 ? "" : String.format(Locale.ROOT, "%,d", rows),
        bytes < 0 ? "" : megabytes(OptionalLong.of(bytes)),
        megabytes(resident),
        megabytes(gateway.heap()),
        megabytes(gateway.direct()),
        megabytes(ProcessMemory.resident(spark)));
    System.err.printf(
        Locale.ROOT, "run %s: %.0f s, gateway %s MB%n", run, seconds, megabytes(resident));
  }

  private int judge() {
    output.printf(Locale.ROOT, "The gateway's RSS was %,d MB at most.%n", highest / MEGABYTE);
    boolean tooMuch = highest / MEGABYTE >= most;
    if (tooMuch) {
      output.printf(Locale.ROOT, "That is not below the %,d MB of --most.%n", most);
    }
    if (afterRuns.size() < 3) {
      return tooMuch ? 1 : 0;
    }
    double growth = (double) afterRuns.get(afterRuns.size() - 1) / afterRuns.get(1);
    output.printf(
        Locale.ROOT,
        "From the second run to the last it went to %.0f %%; at most 110 %% is well.%n",
        growth * 100);
    return growth <= MOST_GROWTH && !tooMuch ? 0 : 1;
  }

  private static String megabytes(OptionalLong bytes) {
    return bytes.isPresent()
        ? String.format(Locale.ROOT, "%,d", bytes.getAsLong() / MEGABYTE)
        : "-";
  }
}
