package io.sluice.bench.command;

import io.sluice.bench.analysis.AnalysisBenchmark;
import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench analyze}: what the planner alone costs for each of the 22 queries with a row
 * filter and a mask on every table, without denied columns and with them. JMH runs each case in a
 * process of its own; nothing of the network, the catalog or Spark is in it.
 */
@Command(name = "analyze", description = "CPU time of analysing the 22 queries under policies.")
public final class AnalyzeCommand implements Callable<Integer> {

  private static final int WARM_UPS = 4;
  private static final int MEASUREMENTS = 5;

  private final PrintStream output;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Of each of 4 warm-ups and 5 measurements of a case; 5 by default.")
  private int seconds = 5;

  @Option(
      names = "--policies",
      split = ",",
      paramLabel = "ENGINE",
      description = "memory (decided beforehand) and ranger; both by default.")
  private List<String> policies = List.of("memory", "ranger");

  @Option(names = "--each", description = "Print each query too.")
  private boolean each;

  public AnalyzeCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    TextTable table =
        new TextTable(
            "policies, denied columns, query",
            "analyses",
            "CPU p50 ms",
            "CPU p99 ms",
            "wall p50 ms",
            "wall p99 ms");
    for (String engine : policies) {
      measure(engine, false, table);
      measure(engine, true, table);
    }
    output.printf(
        "Analysis of the 22 queries, a row filter and a mask on every table; denied columns take"
            + " Calcite%n%s",
        table);
    return 0;
  }

  private void measure(String engine, boolean denied, TextTable table)
      throws IOException, RunnerException {
    Path file = Files.createTempFile("analysis", ".samples");
    try {
      Statistics wall = run(engine, denied, file).getPrimaryResult().getStatistics();
      Map<Integer, Samples> byQuery = new TreeMap<>();
      for (String line : Files.readAllLines(file)) {
        int space = line.indexOf(' ');
        byQuery
            .computeIfAbsent(Integer.valueOf(line.substring(0, space)), query -> new Samples())
            .add(Long.parseLong(line.substring(space + 1)));
      }
      Samples all = new Samples();
      byQuery.values().forEach(all::addAll);
      String name = engine + ", " + (denied ? "one in each table" : "none");
      table.row(
          name + ", all",
          "%,d".formatted(all.size()),
          millis(all.millis(0.5)),
          millis(all.millis(0.99)),
          millis(wall.getPercentile(50) / 1000),
          millis(wall.getPercentile(99) / 1000));
      if (each) {
        byQuery.forEach(
            (query, samples) ->
                table.row(
                    name + ", " + query,
                    "%,d".formatted(samples.size()),
                    millis(samples.millis(0.5)),
                    millis(samples.millis(0.99)),
                    "",
                    ""));
      }
    } finally {
      Files.delete(file);
    }
  }

  private RunResult run(String engine, boolean denied, Path samples) throws RunnerException {
    TimeValue time = TimeValue.seconds(seconds);
    Options options =
        new OptionsBuilder()
            .include(AnalysisBenchmark.class.getName())
            .param("policies", engine)
            .param("deniedColumns", Boolean.toString(denied))
            .forks(1)
            .warmupIterations(WARM_UPS)
            .warmupTime(time)
            .measurementIterations(MEASUREMENTS)
            .measurementTime(time)
            .shouldFailOnError(true)
            .jvmArgsAppend(
                // The planner's threads have such stacks.
                "-Xss16m", "-D" + AnalysisBenchmark.SAMPLES + "=" + samples.toAbsolutePath())
            .build();
    // JMH's own account of the run is no part of the result.
    return new Runner(
            options, OutputFormatFactory.createFormatInstance(System.err, VerboseMode.NORMAL))
        .runSingle();
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
