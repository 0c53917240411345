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
 * limit alone. First to those where it is fixed, one after the other; before all, one more is
 * driven unmeasured, so that the gateway is warm, while those that are measured begin cold. Then to
 * the best of them and to the one that finds its own limit by turns, once both had time to warm up
 * and the one to find its limit.
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
      description = "How long it is measured each time; 30 by default.")
  private int seconds = 30;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description =
          "How often the best and the one that finds its limit take turns; even, 6 by default.")
  private int pairs = 6;

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
    if (clients < 1 || after < 0 || seconds < 1 || pairs < 2 || pairs % 2 != 0) {
      throw new IllegalArgumentException(
          "--clients and --seconds are numbers above 0, --after not below, --pairs even and above"
              + " 0.");
    }
    List<QueryClient> connections = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(clients);
    try {
      for (int client = 0; client < clients; client++) {
        connections.add(new FlightSqlConnection("127.0.0.1", port, user, user, "sluice-bench"));
      }
      Load load = new Load(executor, connections);
      load.warm(before);
      List<Knee.Level> levels = new ArrayList<>();
      for (String cluster : fixed) {
        load.warm(cluster);
        levels.add(load.measure(cluster));
      }
      Knee knee = new Knee(levels);
      return report(knee, pairs(load, knee.best().cluster()), load.failedBefore);
    } finally {
      executor.shutdownNow();
      for (QueryClient connection : connections) {
        connection.close();
      }
    }
  }

  /** Which of the two is first changes, so that neither gains when the machine gets slower. */
  private List<Knee.Pair> pairs(Load load, String best) throws Exception {
    load.warm(best);
    load.warm(adaptive);
    List<Knee.Pair> measured = new ArrayList<>();
    for (int pair = 0; pair < pairs; pair++) {
      if (pair % 2 == 0) {
        Knee.Level first = load.measure(best);
        measured.add(new Knee.Pair(first, load.measure(adaptive)));
      } else {
        Knee.Level first = load.measure(adaptive);
        measured.add(new Knee.Pair(load.measure(best), first));
      }
    }
    return measured;
  }

  private int report(Knee knee, List<Knee.Pair> measured, long failedBefore) {
    TextTable scan = new TextTable("cluster", "queries/s", "of the best", "failed");
    for (Knee.Level level : knee.fixed()) {
      scan.row(
          level.cluster(),
          decimal("%.1f", level.perSecond()),
          decimal("%.2f", knee.share(level)),
          Long.toString(level.failed()));
    }
    String best = knee.best().cluster();
    TextTable turns = new TextTable("pair", best, adaptive, "share", "failed");
    long failed = failedBefore + knee.fixed().stream().mapToLong(Knee.Level::failed).sum();
    for (int index = 0; index < measured.size(); index++) {
      Knee.Pair pair = measured.get(index);
      long both = pair.fixed().failed() + pair.own().failed();
      failed += both;
      turns.row(
          Integer.toString(index + 1),
          decimal("%.1f", pair.fixed().perSecond()),
          decimal("%.1f", pair.own().perSecond()),
          decimal("%.2f", pair.share()),
          Long.toString(both));
    }
    double share = Knee.Pair.share(measured);
    output.printf(
        Locale.ROOT,
        "%s, %d clients, for %d s after %d s%n%sThe knee is at %s.%n%n"
            + "%sIn turns %s has %.2f of what %s has. %d statements failed.%n",
        query,
        clients,
        seconds,
        after,
        scan,
        knee.knee().cluster(),
        turns,
        adaptive,
        share,
        best,
        failed);
    Limits limits = new Limits(output);
    limits.least("The share of the best", share, leastShare);
    return failed == 0 ? limits.status() : 1;
  }

  private static String decimal(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** All clients, cluster after cluster. */
  private final class Load {

    private final ExecutorService executor;
    private final List<QueryClient> connections;

    /** Of what was sent unmeasured. */
    private long failedBefore;

    private Load(ExecutorService executor, List<QueryClient> connections) {
      this.executor = executor;
      this.connections = connections;
    }

    /** Drives a cluster unmeasured, from the first answer that it gave. */
    private void warm(String cluster) throws Exception {
      choose(cluster);
      failedBefore += drive(cluster, after).failed();
    }

    private Knee.Level measure(String cluster) throws Exception {
      choose(cluster);
      return drive(cluster, seconds);
    }

    private void choose(String cluster) throws Exception {
      for (QueryClient connection : connections) {
        var unused = connection.fetch("SET sluice.cluster = " + cluster);
      }
      awaitStart(cluster);
    }

    private Knee.Level drive(String cluster, int length) throws Exception {
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
      return new Knee.Level(cluster, (double) ended.get() / length, failed.get());
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
