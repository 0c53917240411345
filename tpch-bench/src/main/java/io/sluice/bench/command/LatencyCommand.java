package io.sluice.bench.command;

import io.sluice.bench.client.Fetched;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench latency}: the smallest query, over Spark Connect and Flight SQL by turns, the
 * first of each pair changing. Once with one text repeated, once with a new text each time.
 */
@Command(name = "latency", description = "Times SELECT 1 on Sluice and on Spark itself.")
public final class LatencyCommand implements Callable<Integer> {

  private final PrintStream output;

  @Mixin private Demo demo = new Demo();

  @Option(names = "--pairs", paramLabel = "N", description = "Counted pairs; 1000 by default.")
  private int pairs = 1000;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      description = "Pairs before those, while the JVMs still compile; 500 by default.")
  private int warmUp = 500;

  @Option(names = "--jdbc", description = "Ask Sluice through JDBC, not Flight SQL.")
  private boolean jdbc;

  public LatencyCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Running running = demo.running();
    TextTable table =
        new TextTable(
            "text",
            "Spark p50 ms",
            "Sluice p50 ms",
            "more at p50",
            "Spark p99 ms",
            "Sluice p99 ms",
            "more at p99");
    try (QueryClient spark = demo.spark(running);
        QueryClient sluice = jdbc ? running.jdbc(demo.user()) : running.flight(demo.user())) {
      measure("repeated", pair -> "SELECT 1", spark, sluice, table);
      measure("unique", pair -> "SELECT " + (1_000_000 + pair), spark, sluice, table);
    }
    output.printf("SELECT 1, %,d pairs in turn%n%s", pairs, table);
    return 0;
  }

  private void measure(
      String name, IntFunction<String> text, QueryClient spark, QueryClient sluice, TextTable table)
      throws Exception {
    Samples sparkTimes = new Samples();
    Samples sluiceTimes = new Samples();
    Samples unused = new Samples();
    for (int pair = -warmUp; pair < pairs; pair++) {
      boolean counted = pair >= 0;
      // Each client gets a text of its own, or the second would profit from the first.
      String first = text.apply(2 * (pair + warmUp));
      String second = text.apply(2 * (pair + warmUp) + 1);
      if (Math.floorMod(pair, 2) == 0) {
        time(spark, first, counted ? sparkTimes : unused);
        time(sluice, second, counted ? sluiceTimes : unused);
      } else {
        time(sluice, first, counted ? sluiceTimes : unused);
        time(spark, second, counted ? sparkTimes : unused);
      }
    }
    table.row(
        name,
        millis(sparkTimes.millis(0.5)),
        millis(sluiceTimes.millis(0.5)),
        millis(sluiceTimes.millis(0.5) - sparkTimes.millis(0.5)),
        millis(sparkTimes.millis(0.99)),
        millis(sluiceTimes.millis(0.99)),
        millis(sluiceTimes.millis(0.99) - sparkTimes.millis(0.99)));
  }

  private static void time(QueryClient client, String sql, Samples samples) throws Exception {
    long start = System.nanoTime();
    Fetched fetched = client.fetch(sql);
    samples.add(System.nanoTime() - start);
    if (fetched.rows() != 1) {
      throw new IllegalStateException(sql + " gave " + fetched.rows() + " rows.");
    }
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
