package io.sluice.bench.command;

import io.sluice.bench.client.FlightSqlConnection;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench knee}: the same clients send a small query to clusters that differ in their
 * limit alone, one after the other: those where it is fixed, and last the one that finds its own.
 * Each is measured once it had time to find its limit and to warm up. Before all, one more is
 * driven unmeasured, so that the gateway is warm; those that are measured begin cold.
 */
@Command(name = "knee", description = "Holds the limit that is found against fixed ones.")
public final class KneeCommand implements Callable<Integer> {

  private static final int MOST_START_SECONDS = 300;

  private final PrintStream output;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      required = true,
      description = "Of the gateway, on loopback without TLS.")
  private int port;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Who asks, with the name as password; admin by default.")
  private String user = "admin";

  @Option(
      names = "--before",
      paramLabel = "CLUSTER",
      required = true,
      description = "A cluster that is driven before all others, unmeasured.")
  private String before = "";

  @Option(
      names = "--fixed",
      paramLabel = "CLUSTER",
      split = ",",
      required = true,
      description = "Clusters with a fixed limit, the lowest limit first.")
  private List<String> fixed = List.of();

  @Option(
      names = "--adaptive",
      paramLabel = "CLUSTER",
      required = true,
      description = "The cluster that finds its limit.")
  private String adaptive = "";

  @Option(names = "--clients", paramLabel = "N", description = "64 by default.")
  private int clients = 64;

  @Option(
      names = "--after",
      paramLabel = "SECONDS",
      description = "How long a cluster has before it is measured; 60 by default.")
  private int after = 60;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long it is measured; 30 by default.")
  private int seconds = 30;

  @Option(names = "--query", paramLabel = "SQL", description = "SELECT count(*) FROM nation.")
  private String query = "SELECT count(*) FROM nation";

  @Option(
      names = "--least-knee-share",
      paramLabel = "X",
      description = "Fails when the limit that is found brings less of the best fixed one's.")
  private @Nullable Double leastShare;

  public KneeCommand(PrintStream output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (clients < 1 || after < 0 || seconds < 1) {
      throw new IllegalArgumentException(
          "--clients and --seconds are numbers above 0, --after not below.");
    }
    List<QueryClient> connections = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(clients);
    try {
      for (int client = 0; client < clients; client++) {
        connections.add(new FlightSqlConnection("127.0.0.1", port, user, user, "sluice-bench"));
      }
      Load load = new Load(executor, connections);
      var unused = load.on(before);
      List<Knee.Level> levels = new ArrayList<>();
      for (String cluster : fixed) {
        levels.add(load.on(cluster));
      }
      return report(new Knee(levels, load.on(adaptive)));
    } finally {
      executor.shutdownNow();
      for (QueryClient connection : connections) {
        connection.close();
      }
    }
  }

  private int report(Knee knee) {
    TextTable table = new TextTable("cluster", "queries/s", "of the best", "failed");
    List<Knee.Level> all = new ArrayList<>(knee.fixed());
    all.add(knee.adaptive());
    for (Knee.Level level : all) {
      table.row(
          level.cluster(),
          String.format(Locale.ROOT, "%.1f", level.perSecond()),
          String.format(Locale.ROOT, "%.2f", knee.share(level)),
          Long.toString(level.failed()));
    }
    output.printf(
        Locale.ROOT,
        "%s, %d clients, for %d s after %d s%n%sThe knee is at %s. %s has %.2f of the best.%n",
        query,
        clients,
        seconds,
        after,
        table,
        knee.knee().cluster(),
        knee.adaptive().cluster(),
        knee.share(knee.adaptive()));
    Limits limits = new Limits(output);
    limits.least("The share of the best", knee.share(knee.adaptive()), leastShare);
    return knee.failed() == 0 ? limits.status() : 1;
  }

  /** All clients, cluster after cluster. */
  private final class Load {

    private final ExecutorService executor;
    private final List<QueryClient> connections;

    private Load(ExecutorService executor, List<QueryClient> connections) {
      this.executor = executor;
      this.connections = connections;
    }

    /** Measures a cluster, from the first answer that it gave. */
    private Knee.Level on(String cluster) throws Exception {
      for (QueryClient connection : connections) {
        var unused = connection.fetch("SET sluice.cluster = " + cluster);
      }
      awaitStart(cluster);
      System.err.printf("%s, %d clients%n", cluster, clients);
      long from = System.nanoTime() + TimeUnit.SECONDS.toNanos(after);
      long to = from + TimeUnit.SECONDS.toNanos(seconds);
      AtomicLong ended = new AtomicLong();
      AtomicLong failed = new AtomicLong();
      List<Future<?>> running = new ArrayList<>();
      for (QueryClient connection : connections) {
        running.add(executor.submit(() -> send(connection, from, to, ended, failed)));
      }
      for (Future<?> client : running) {
        client.get();
      }
      return new Knee.Level(cluster, (double) ended.get() / seconds, failed.get());
    }

    private void awaitStart(String cluster) throws Exception {
      Future<?> first = executor.submit(() -> connections.get(0).fetch(query));
      try {
        first.get(MOST_START_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException late) {
        throw new IllegalStateException(
            "Cluster " + cluster + " gave no answer in " + MOST_START_SECONDS + " s.", late);
      }
    }
  }

  private void send(
      QueryClient connection, long from, long to, AtomicLong ended, AtomicLong failed) {
    while (System.nanoTime() < to) {
      try {
        var unused = connection.fetch(query);
        long now = System.nanoTime();
        if (now >= from && now < to) {
          ended.incrementAndGet();
        }
      } catch (Exception failure) {
        failed.incrementAndGet();
        System.err.println(failure.getMessage());
      }
    }
  }
}
