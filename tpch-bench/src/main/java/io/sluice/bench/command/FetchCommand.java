package io.sluice.bench.command;

import io.sluice.bench.client.Fetched;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.CpuTime;
import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench fetch}: a whole table, over Spark Connect, Flight SQL and JDBC in turn. The
 * first rounds warm up and are not counted; of the others the median is shown.
 */
@Command(name = "fetch", description = "Fetches a whole table from Sluice and from Spark itself.")
public final class FetchCommand implements Callable<Integer> {

  private static final String RAW = "Spark Connect";
  private static final String FLIGHT = "Sluice, Flight SQL";
  private static final double GIB = 1L << 30;

  private final PrintStream output;

  @Mixin private Demo demo = new Demo();

  @Option(names = "--table", paramLabel = "NAME", description = "lineitem by default.")
  private String table = "lineitem";

  @Option(names = "--runs", paramLabel = "N", description = "Counted rounds; 5 by default.")
  private int runs = 5;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Rounds before those, while the JVMs still compile; 1 by default.")
  private int warmUp = 1;

  @Option(names = "--no-jdbc", description = "Leave out the JDBC driver, which reads every value.")
  private boolean noJdbc;

  @Option(
      names = "--most-times",
      paramLabel = "X",
      description = "Fails when Flight SQL takes more than so many times raw.")
  private @Nullable Double mostTimes;

  @Option(
      names = "--most-cpu",
      paramLabel = "SECONDS",
      description = "Fails when the gateway takes more CPU for a GiB over Flight SQL.")
  private @Nullable Double mostCpu;

  public FetchCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Running running = demo.running();
    Processes processes =
        new Processes(
            running.sparkPids(),
            List.of(running.gatewayPid()),
            List.of(ProcessHandle.current().pid()));
    String sql = "SELECT * FROM " + table;
    Map<String, QueryClient> clients = new LinkedHashMap<>();
    Map<String, Measured> measured = new LinkedHashMap<>();
    try {
      clients.put(RAW, demo.spark(running));
      clients.put(FLIGHT, running.flight(demo.user()));
      if (!noJdbc) {
        clients.put("Sluice, JDBC rows", running.jdbc(demo.user()));
      }
      for (int round = 1 - warmUp; round <= runs; round++) {
        for (Map.Entry<String, QueryClient> client : clients.entrySet()) {
          Measured one = measured.computeIfAbsent(client.getKey(), name -> new Measured());
          System.err.printf(
              Locale.ROOT,
              "round %d of %d%s: %s took %.1f s%n",
              round,
              runs,
              round <= 0 ? " (warm-up)" : "",
              client.getKey(),
              one.run(client.getValue(), sql, processes, round > 0));
        }
      }
    } finally {
      for (QueryClient client : clients.values()) {
        client.close();
      }
    }
    Measured raw = of(measured, RAW);
    print(measured, raw);
    Limits limits = new Limits(output);
    Measured flight = of(measured, FLIGHT);
    limits.most("Flight SQL, times raw", flight.wallSeconds() / raw.wallSeconds(), mostTimes);
    limits.most(
        "Gateway, CPU-s/GiB over Flight SQL", perGib(flight.gateway, raw.last.bytes()), mostCpu);
    return sameRows(measured) ? limits.status() : 1;
  }

  private static Measured of(Map<String, Measured> measured, String client) {
    Measured one = measured.get(client);
    if (one == null) {
      throw new IllegalArgumentException("--runs and --warm-up must be above 0 together.");
    }
    return one;
  }

  /** Of CPU time that is held as a duration. */
  private static double perGib(Samples cpu, double bytes) {
    return cpu.millis(0.5) / 1000 / (bytes / GIB);
  }

  private void print(Map<String, Measured> measured, Measured raw) {
    double bytes = raw.last.bytes();
    double base = raw.wallSeconds();
    TextTable table =
        new TextTable(
            "client",
            "wall s",
            "x raw",
            "rows/s",
            "MB/s",
            "batches",
            "gateway CPU-s/GiB",
            "Spark CPU-s/GiB",
            "client CPU-s/GiB");
    measured.forEach(
        (name, one) -> {
          double wall = one.wallSeconds();
          table.row(
              name,
              number("%.2f", wall),
              number("%.2f", wall / base),
              number("%,.0f", one.last.rows() / wall),
              number("%.0f", bytes / 1e6 / wall),
              number("%,d", one.last.batches()),
              number("%.2f", perGib(one.gateway, bytes)),
              number("%.2f", perGib(one.spark, bytes)),
              number("%.2f", perGib(one.client, bytes)));
        });
    output.printf(
        Locale.ROOT,
        "SELECT * FROM %s: %,d rows, %.0f MB of Arrow; medians of %d rounds in turn%n",
        this.table,
        raw.last.rows(),
        bytes / 1e6,
        runs);
    output.print(table);
  }

  private boolean sameRows(Map<String, Measured> measured) {
    boolean same = measured.values().stream().map(one -> one.last.rows()).distinct().count() == 1;
    if (!same) {
      output.println("The clients did not get the same number of rows.");
    }
    return same;
  }

  private static String number(String format, Object value) {
    return value instanceof Double real && !Double.isFinite(real)
        ? "-"
        : String.format(Locale.ROOT, format, value);
  }

  private record Processes(List<Long> spark, List<Long> gateway, List<Long> client) {}

  /** The rounds of one client; CPU times too are held as durations. */
  private static final class Measured {
    private final Samples wall = new Samples();
    private final Samples gateway = new Samples();
    private final Samples spark = new Samples();
    private final Samples client = new Samples();
    private Fetched last = new Fetched(0, 0, 0);

    double wallSeconds() {
      return wall.millis(0.5) / 1000;
    }

    /** Returns the wall time in seconds. */
    double run(QueryClient connection, String sql, Processes processes, boolean counted)
        throws Exception {
      double gatewayBefore = CpuTime.seconds(processes.gateway());
      double sparkBefore = CpuTime.seconds(processes.spark());
      double clientBefore = CpuTime.seconds(processes.client());
      long start = System.nanoTime();
      last = connection.fetch(sql);
      long took = System.nanoTime() - start;
      if (counted) {
        wall.add(took);
        add(gateway, CpuTime.seconds(processes.gateway()) - gatewayBefore);
        add(spark, CpuTime.seconds(processes.spark()) - sparkBefore);
        add(client, CpuTime.seconds(processes.client()) - clientBefore);
      }
      return took / 1e9;
    }

    private static void add(Samples samples, double seconds) {
      if (Double.isFinite(seconds)) {
        samples.add(Math.round(seconds * 1e9));
      }
    }
  }
}
