package io.sluice.bench.command;

import io.sluice.bench.client.QueryClient;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench load}: phases of so many clients each, every one of which sends a slow query
 * as soon as the one before has ended. {@code sluice clusters --watch} shows beside it how replicas
 * come and go.
 */
@Command(name = "load", description = "Makes a load of slow queries, to see a cluster scale.")
public final class LoadCommand implements Callable<Integer> {

  private final PrintStream output;

  @Mixin private Demo demo = new Demo();

  @Option(
      names = "--clients",
      paramLabel = "N",
      split = ",",
      description = "Clients in each phase; 1,24,1 by default.")
  private List<Integer> clients = List.of(1, 24, 1);

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long a phase sends; 60 by default.")
  private int seconds = 60;

  @Option(names = "--query", paramLabel = "SQL", description = "A join that takes seconds.")
  private String query =
      "SELECT count(*) FROM lineitem a JOIN lineitem b ON a.l_suppkey = b.l_suppkey"
          + " WHERE a.l_comment < b.l_comment";

  public LoadCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (seconds < 1 || clients.isEmpty() || clients.stream().anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException("--seconds and --clients are numbers, seconds above 0.");
    }
    Running running = demo.running();
    TextTable table = new TextTable("clients", "statements", "failed", "p50 s", "p95 s", "max s");
    long failed = 0;
    for (int count : clients) {
      System.err.printf("%d clients for %d s%n", count, seconds);
      Phase phase = phase(running, count);
      failed += phase.failed();
      table.row(
          Integer.toString(count),
          Integer.toString(phase.times().size()),
          Long.toString(phase.failed()),
          time(phase.times(), 0.5),
          time(phase.times(), 0.95),
          time(phase.times(), 1));
    }
    output.print(table);
    return failed == 0 ? 0 : 1;
  }

  private Phase phase(Running running, int count) throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    if (count == 0) {
      TimeUnit.SECONDS.sleep(seconds);
      return new Phase(new Samples(), 0);
    }
    ExecutorService executor = Executors.newFixedThreadPool(count);
    try {
      List<Future<Phase>> all = new ArrayList<>();
      for (int client = 0; client < count; client++) {
        all.add(executor.submit(() -> send(running, end)));
      }
      Samples times = new Samples();
      long failed = 0;
      for (Future<Phase> one : all) {
        times.addAll(one.get().times());
        failed += one.get().failed();
      }
      return new Phase(times, failed);
    } finally {
      executor.shutdownNow();
    }
  }

  private Phase send(Running running, long end) throws Exception {
    Samples times = new Samples();
    long failed = 0;
    try (QueryClient client = running.flight(demo.user())) {
      do {
        long sent = System.nanoTime();
        try {
          var unused = client.fetch(query);
          times.add(System.nanoTime() - sent);
        } catch (RuntimeException e) {
          failed++;
          System.err.println(e.getMessage());
        }
      } while (System.nanoTime() < end);
    }
    return new Phase(times, failed);
  }

  private static String time(Samples times, double share) {
    return times.size() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", times.millis(share) / 1e3);
  }

  /** What was sent: how long each statement took, and how many failed. */
  private record Phase(Samples times, long failed) {}
}
