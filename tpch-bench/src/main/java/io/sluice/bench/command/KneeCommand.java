package io.sluice.bench.command;

import io.sluice.bench.client.FlightSqlConnection;
import io.sluice.bench.client.QueryClient;
import io.sluice.bench.measure.TextTable;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice bench knee}: the same clients send a small query to clusters that differ in their
 * limit alone. Each is driven from its start for a while, in which the one that finds its limit has
 * to find it; before all, one more, so that the gateway is warm. Then all are measured in turn,
 * round by round, as Spark becomes faster for minutes and the machine may become slower: all are of
 * the same age. The clusters must not stop while they wait for their turns.
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
      description = "How long it is measured in each round; 10 by default.")
  private int seconds = 10;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each is measured; 2 or more, 6 by default.")
  private int rounds = 6;

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
    if (clients < 1 || after < 0 || seconds < 1 || rounds < 2) {
      throw new IllegalArgumentException(
          "--clients and --seconds are numbers above 0, --after not below, --rounds above 1.");
    }
    List<QueryClient> connections = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(clients);
    try {
      for (int client = 0; client < clients; client++) {
        connections.add(new FlightSqlConnection("127.0.0.1", port, user, user, "sluice-bench"));
      }
      Load load = new Load(executor, connections);
      load.drive(before, after);
      return report(measured(load));
    } finally {
      executor.shutdownNow();
      for (QueryClient connection : connections) {
        connection.close();
      }
    }
  }

  private Knee measured(Load load) throws Exception {
    List<String> clusters = new ArrayList<>(fixed);
    clusters.add(adaptive);
    Map<String, Long> failed = new HashMap<>();
    for (String cluster : clusters) {
      failed.put(cluster, load.drive(cluster, after).failed());
    }
    Map<String, List<Double>> perSecond = new HashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (String cluster : clusters) {
        Drive drive = load.drive(cluster, seconds);
        perSecond.computeIfAbsent(cluster, none -> new ArrayList<>()).add(drive.perSecond());
        failed.merge(cluster, drive.failed(), Long::sum);
      }
      // The one after a certain other one all the time would have what that one left behind.
      Collections.shuffle(clusters, new Random(round));
    }
    Function<String, Knee.Level> level =
        cluster ->
            new Knee.Level(
                cluster,
                perSecond.getOrDefault(cluster, List.of()),
                failed.getOrDefault(cluster, 0L));
    return new Knee(fixed.stream().map(level).toList(), level.apply(adaptive));
  }

  private int report(Knee knee) {
    TextTable table =
        new TextTable("cluster", "queries/s", "least", "most", "of the best", "failed");
    List<Knee.Level> all = new ArrayList<>(knee.fixed());
    all.add(knee.adaptive());
    for (Knee.Level level : all) {
      table.row(
          level.cluster(),
          decimal("%.1f", level.perSecond()),
          decimal("%.1f", Collections.min(level.rounds())),
          decimal("%.1f", Collections.max(level.rounds())),
          decimal("%.2f", knee.share(level)),
          Long.toString(level.failed()));
    }
    output.printf(
        Locale.ROOT,
        "%s, %d clients, %d rounds of %d s after %d s%n%sThe knee is at %s. Where one half of the"
            + " rounds chooses the best, %s has %.2f of it in the other.%n",
        query,
        clients,
        rounds,
        seconds,
        after,
        table,
        knee.knee().cluster(),
        knee.adaptive().cluster(),
        knee.shareFound());
    Limits limits = new Limits(output);
    limits.least("The share of the best", knee.shareFound(), leastShare);
    return all.stream().allMatch(level -> level.failed() == 0) ? limits.status() : 1;
  }

  private static String decimal(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** What came of a cluster for a while. */
  private record Drive(double perSecond, long failed) {}

  /** All clients, cluster after cluster. */
  private final class Load {

    private final ExecutorService executor;
    private final List<QueryClient> connections;

    private Load(ExecutorService executor, List<QueryClient> connections) {
      this.executor = executor;
      this.connections = connections;
    }

    /** Drives a cluster, from the first answer that it gives. */
    private Drive drive(String cluster, int length) throws Exception {
      for (QueryClient connection : connections) {
        var unused = connection.fetch("SET sluice.cluster = " + cluster);
      }
      awaitStart(cluster);
      System.err.printf("%s, %d clients, %d s%n", cluster, clients, length);
      long to = System.nanoTime() + TimeUnit.SECONDS.toNanos(length);
      AtomicLong ended = new AtomicLong();
      AtomicLong failed = new AtomicLong();
      List<Future<?>> running = new ArrayList<>();
      for (QueryClient connection : connections) {
        running.add(executor.submit(() -> send(connection, to, ended, failed)));
      }
      for (Future<?> client : running) {
        client.get();
      }
      return new Drive((double) ended.get() / length, failed.get());
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

  private void send(QueryClient connection, long to, AtomicLong ended, AtomicLong failed) {
    while (System.nanoTime() < to) {
      try {
        var unused = connection.fetch(query);
        if (System.nanoTime() < to) {
          ended.incrementAndGet();
        }
      } catch (Exception failure) {
        failed.incrementAndGet();
        System.err.println(failure.getMessage());
      }
    }
  }
}
