package io.sluice.bench.command;

import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import io.sluice.bench.simulate.Comparison;
import io.sluice.bench.simulate.Contender;
import io.sluice.bench.simulate.ManyClusters;
import io.sluice.bench.simulate.RecordedFronts;
import io.sluice.bench.simulate.ScatterPlot;
import io.sluice.bench.simulate.SyntheticTraces;
import io.sluice.bench.simulate.Trace;
import io.sluice.bench.simulate.TraceReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench autoscale}: the autoscaler under a virtual clock, over synthetic traces or
 * one of a file, each policy beside the others. Needs no demonstration.
 */
@Command(name = "autoscale", description = "Simulates how clusters scale.")
public final class AutoscaleCommand implements Callable<Integer> {

  private static final int TICKS = 500;

  private final PrintStream output;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "A CSV file with the columns of Snowset or Redset; synthetic traces by default.")
  private @Nullable Path file;

  @Option(
      names = "--cluster",
      paramLabel = "ID",
      description = "The file's warehouse or instance; that of the first row by default.")
  private @Nullable String cluster;

  @Option(names = "--max", paramLabel = "N", description = "Replicas at most; 6 by default.")
  private int max = 6;

  @Option(names = "--plot", paramLabel = "FILE", description = "Writes the figures as SVG too.")
  private @Nullable Path plot;

  @Option(
      names = "--front",
      paramLabel = "FILE",
      description = "Fails when other policies are on the front than a page's tables say.")
  private @Nullable Path front;

  @Option(
      names = "--clusters",
      paramLabel = "N",
      description = "Measures a tick of so many clusters instead.")
  private int clusters;

  @Option(
      names = "--sessions",
      paramLabel = "N",
      description = "Sessions of those clusters together; 10,000 by default.")
  private int sessions = 10_000;

  public AutoscaleCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws IOException {
    if (max < 1 || clusters < 0 || sessions < 0) {
      throw new IllegalArgumentException("--max is above 0, --clusters and --sessions not below.");
    }
    if (clusters > 0) {
      measureTicks();
      return 0;
    }
    List<Trace> traces =
        file == null ? SyntheticTraces.all() : List.of(TraceReader.read(file, cluster));
    @Nullable RecordedFronts fronts =
        front == null ? null : new RecordedFronts(Files.readAllLines(front));
    int status = 0;
    ScatterPlot figure = new ScatterPlot("replica-hours", "queue wait p95, s");
    for (Trace trace : traces) {
      Comparison comparison = Comparison.of(trace, Contender.all(max));
      output.printf("%n%s%n%n%s", comparison.title(), comparison.table());
      if (fronts != null) {
        Optional<String> difference = fronts.difference(comparison);
        difference.ifPresent(output::println);
        status = difference.isPresent() ? 1 : status;
      }
      figure.panel(trace.name(), comparison.points());
    }
    if (plot != null) {
      Files.writeString(plot, figure.svg());
    }
    return status;
  }

  private void measureTicks() {
    Samples ticks = ManyClusters.run(clusters, sessions, TICKS);
    TextTable table = new TextTable("clusters", "sessions", "ticks", "p50 ms", "p99 ms", "max ms");
    table.row(
        Integer.toString(clusters),
        "%,d".formatted(sessions),
        Integer.toString(TICKS),
        "%.2f".formatted(ticks.millis(0.5)),
        "%.2f".formatted(ticks.millis(0.99)),
        "%.2f".formatted(ticks.millis(1)));
    output.print(table);
  }
}
