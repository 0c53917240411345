package io.sluice.bench.command;

import io.sluice.bench.client.Fetched;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench concurrency}: so many clients at once send a small query again and again: to
 * Spark itself, each in a Spark session of its own and then all in one, and to Sluice.
 */
@Command(name = "concurrency", description = "Runs many clients with a small query.")
public final class ConcurrencyCommand implements Callable<Integer> {

  private static final int WARM_UP = 2;

  private final PrintStream output;

  @Mixin private Demo demo = new Demo();

  @Option(
      names = "--clients",
      paramLabel = "N",
      split = ",",
      description = "Numbers of clients; 1,16,64 by default.")
  private List<Integer> clients = List.of(1, 16, 64);

  @Option(names = "--seconds", paramLabel = "N", description = "For each number; 20 by default.")
  private int seconds = 20;

  @Option(names = "--query", paramLabel = "SQL", description = "SELECT count(*) FROM nation.")
  private String query = "SELECT count(*) FROM nation";

  public ConcurrencyCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Running running = demo.running();
    TextTable table =
        new TextTable("target", "clients", "queries/s", "p50 ms", "p99 ms", "queries", "errors");
    long errors = 0;
    for (int count : clients) {
      errors += run("Spark Connect", count, () -> demo.spark(running), table);
      try (QueryClient shared = demo.spark(running)) {
        errors += run("Spark Connect, one session", count, () -> new Borrowed(shared), table);
      }
      errors += run("Sluice, Flight SQL", count, () -> running.flight(demo.user()), table);
    }
    output.printf("%s, %d s for each line%n%s", query, seconds, table);
    return errors == 0 ? 0 : 1;
  }

  private long run(String name, int count, Callable<QueryClient> connect, TextTable table)
      throws Exception {
    System.err.printf("%s, %d clients%n", name, count);
    ExecutorService executor = Executors.newFixedThreadPool(count);
    CyclicBarrier start = new CyclicBarrier(count);
    Samples times = new Samples();
    long errors = 0;
    double elapsed = 0;
    try {
      List<Future<Load>> running = new ArrayList<>();
      for (int client = 0; client < count; client++) {
        running.add(executor.submit(() -> load(connect, start)));
      }
      for (Future<Load> client : running) {
        Load load = client.get();
        times.addAll(load.times());
        errors += load.errors();
        elapsed = Math.max(elapsed, load.seconds());
      }
    } finally {
      executor.shutdownNow();
    }
    table.row(
        name,
        Integer.toString(count),
        String.format(Locale.ROOT, "%.1f", times.size() / elapsed),
        String.format(Locale.ROOT, "%.0f", times.millis(0.5)),
        String.format(Locale.ROOT, "%.0f", times.millis(0.99)),
        Integer.toString(times.size()),
        Long.toString(errors));
    return errors;
  }

  private Load load(Callable<QueryClient> connect, CyclicBarrier start) throws Exception {
    Samples times = new Samples();
    long errors = 0;
    try (QueryClient client = connect.call()) {
      for (int i = 0; i < WARM_UP; i++) {
        client.fetch(query);
      }
      // A client that cannot connect would keep the others waiting for ever.
      start.await(2, TimeUnit.MINUTES);
      long began = System.nanoTime();
      long end = began + TimeUnit.SECONDS.toNanos(seconds);
      while (System.nanoTime() < end) {
        long sent = System.nanoTime();
        try {
          var unused = client.fetch(query);
          times.add(System.nanoTime() - sent);
        } catch (RuntimeException e) {
          errors++;
          System.err.println(e.getMessage());
        }
      }
      return new Load(times, errors, (System.nanoTime() - began) / 1e9);
    }
  }

  /** A connection that many use, and that stays open when one of them is done. */
  private record Borrowed(QueryClient client) implements QueryClient {
    @Override
    public Fetched fetch(String sql) throws Exception {
      return client.fetch(sql);
    }

    @Override
    public List<List<String>> rows(String sql) throws Exception {
      return client.rows(sql);
    }

    @Override
    public void close() {}
  }

  private record Load(Samples times, long errors, double seconds) {}
}
