package io.sluice.bench.command;

import io.sluice.bench.client.Fetched;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.client.Running;
import io.sluice.bench.measure.Samples;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench concurrency}: so many clients at once send a small query so many times: to
 * Spark itself, each in a Spark session of its own and then all in one, and to Sluice. The three
 * take turns over several rounds, each round beginning with another one.
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

  @Option(
      names = "--queries",
      paramLabel = "N",
      description = "Of each client in each round, after 2 that warm up; 30 by default.")
  private int queries = 30;

  @Option(names = "--rounds", paramLabel = "N", description = "3 by default.")
  private int rounds = 3;

  @Option(names = "--query", paramLabel = "SQL", description = "SELECT count(*) FROM nation.")
  private String query = "SELECT count(*) FROM nation";

  @Option(
      names = "--least-throughput",
      paramLabel = "X",
      description =
          "Fails when, with the last number of clients, Sluice has less of the throughput that Spark"
              + " has with a session for each.")
  private @Nullable Double leastThroughput;

  @Option(
      names = "--most-p99",
      paramLabel = "X",
      description = "Fails when, there, Sluice has more of Spark's p99.")
  private @Nullable Double mostP99;

  public ConcurrencyCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (queries < 1 || rounds < 1) {
      throw new IllegalArgumentException("--queries and --rounds are numbers above 0.");
    }
    Running running = demo.running();
    TextTable table =
        new TextTable("target", "clients", "queries/s", "p50 ms", "p99 ms", "queries", "errors");
    Limits limits = new Limits(output);
    long errors = 0;
    Measured direct = new Measured();
    Measured sluice = new Measured();
    for (int count : clients) {
      direct = new Measured();
      Measured shared = new Measured();
      sluice = new Measured();
      List<Target> turns =
          new ArrayList<>(
              List.of(
                  new Target("Spark Connect", direct, () -> demo.spark(running)),
                  new Target("Spark Connect, one session", shared, null),
                  new Target("Sluice, Flight SQL", sluice, () -> running.flight(demo.user()))));
      List<Target> listed = List.copyOf(turns);
      for (int round = 1; round <= rounds; round++) {
        for (Target target : turns) {
          System.err.printf("round %d, %s, %d clients%n", round, target.name(), count);
          run(target, count, running);
        }
        Collections.rotate(turns, -1);
      }
      for (Target target : listed) {
        target.measured().addTo(table, target.name(), count);
        errors += target.measured().errors;
      }
    }
    output.printf("%s, %d of each client in %d rounds%n%s", query, queries, rounds, table);
    limits.least("Throughput of Spark's", sluice.perSecond() / direct.perSecond(), leastThroughput);
    limits.most("p99 of Spark's", sluice.times.millis(0.99) / direct.times.millis(0.99), mostP99);
    return errors == 0 ? limits.status() : 1;
  }

  private void run(Target target, int count, Running running) throws Exception {
    Callable<QueryClient> own = target.connect();
    if (own != null) {
      run(own, count, target.measured());
      return;
    }
    try (QueryClient shared = demo.spark(running)) {
      run(() -> new Borrowed(shared), count, target.measured());
    }
  }

  private void run(Callable<QueryClient> connect, int count, Measured measured) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(count);
    CyclicBarrier start = new CyclicBarrier(count);
    double elapsed = 0;
    try {
      List<Future<Load>> running = new ArrayList<>();
      for (int client = 0; client < count; client++) {
        running.add(executor.submit(() -> load(connect, start)));
      }
      for (Future<Load> client : running) {
        Load load = client.get();
        measured.times.addAll(load.times());
        measured.errors += load.errors();
        elapsed = Math.max(elapsed, load.seconds());
      }
    } finally {
      executor.shutdownNow();
    }
    measured.seconds += elapsed;
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
      for (int i = 0; i < queries; i++) {
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

  /**
   * Whom the clients ask.
   *
   * @param connect opens a client's connection; null when all of them share one with Spark
   */
  private record Target(String name, Measured measured, @Nullable Callable<QueryClient> connect) {}

  /** All rounds of one target. */
  private static final class Measured {
    private final Samples times = new Samples();
    private long errors;
    private double seconds;

    double perSecond() {
      return times.size() / seconds;
    }

    void addTo(TextTable table, String name, int count) {
      table.row(
          name,
          Integer.toString(count),
          String.format(Locale.ROOT, "%.1f", perSecond()),
          String.format(Locale.ROOT, "%.0f", times.millis(0.5)),
          String.format(Locale.ROOT, "%.0f", times.millis(0.99)),
          Integer.toString(times.size()),
          Long.toString(errors));
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
