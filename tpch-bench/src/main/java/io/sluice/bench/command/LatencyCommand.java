package io.sluice.bench.command;

import io.sluice.bench.client.Fetched;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench latency}: the smallest query, over Spark Connect and Flight SQL by turns, the
 * first of each pair changing. Once with one text repeated, once with a new text each time. By the
 * gateway's journal every statement is seen to have run on Spark, and what the gateway itself took.
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

  @Option(
      names = "--most-more",
      paramLabel = "MS",
      description = "Fails when a repeated text takes so much more at p50.")
  private @Nullable Double mostMore;

  @Option(
      names = "--most-own",
      paramLabel = "MS",
      description = "Fails when the gateway itself takes more at p99.")
  private @Nullable Double mostOwn;

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
            "more at p99",
            "gateway's own p50 ms",
            "gateway's own p99 ms");
    Limits limits = new Limits(output);
    double more = measure(running, "repeated", pair -> "SELECT 1", table, limits);
    limits.most("Repeated text, ms more at p50", more, mostMore);
    var unused = measure(running, "unique", pair -> "SELECT " + (1_000_000 + pair), table, limits);
    output.printf(
        "SELECT 1, %,d pairs in turn; by its journal the gateway gave each to Spark%n%s",
        pairs, table);
    return limits.status();
  }

  /** Returns how much more time Sluice takes at p50, in ms. */
  private double measure(
      Running running, String name, IntFunction<String> text, TextTable table, Limits limits)
      throws Exception {
    Instant since = Instant.now();
    String client = "sluice-bench " + UUID.randomUUID();
    Samples sparkTimes = new Samples();
    Samples sluiceTimes = new Samples();
    try (QueryClient spark = demo.spark(running);
        QueryClient sluice = running.flight(demo.user(), client)) {
      ask(text, spark, sluice, sparkTimes, sluiceTimes);
    }
    Samples ran = demo.journal().ran(client, since);
    if (ran.size() != warmUp + pairs) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s: %,d statements were sent to Sluice, but by its journal Spark carried out %,d.",
              name,
              warmUp + pairs,
              ran.size()));
    }
    Samples own = ran.last(pairs);
    limits.most("The gateway's own ms at p99, " + name, own.millis(0.99), mostOwn);
    double more = sluiceTimes.millis(0.5) - sparkTimes.millis(0.5);
    table.row(
        name,
        millis(sparkTimes.millis(0.5)),
        millis(sluiceTimes.millis(0.5)),
        millis(more),
        millis(sparkTimes.millis(0.99)),
        millis(sluiceTimes.millis(0.99)),
        millis(sluiceTimes.millis(0.99) - sparkTimes.millis(0.99)),
        String.format(Locale.ROOT, "%.2f", own.millis(0.5)),
        String.format(Locale.ROOT, "%.2f", own.millis(0.99)));
    return more;
  }

  private void ask(
      IntFunction<String> text,
      QueryClient spark,
      QueryClient sluice,
      Samples sparkTimes,
      Samples sluiceTimes)
      throws Exception {
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
