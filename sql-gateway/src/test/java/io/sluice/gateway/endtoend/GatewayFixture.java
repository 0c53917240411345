package io.sluice.gateway.endtoend;

import static org.awaitility.Awaitility.await;

import io.sluice.gateway.main.RunningDemo;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The whole of Sluice, with a real Spark, that this JVM's end-to-end tests share. */
public final class GatewayFixture {

  /** Linux counts CPU time in hundredths of a second on every platform that Java 17 runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private final RunningDemo demo;
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();
  private final String secretAddress;

  private GatewayFixture() {
    try {
      demo = new RunningDemo(Files.createTempDirectory(Path.of("target"), "demo").toAbsolutePath());
      try (Connection connection = connect("admin")) {
        secretAddress =
            Rows.query(connection, "select c_address from customer where c_custkey = 1")
                .get(0)
                .get(0);
      }
    } catch (IOException | SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static final class Shared {
    private static final GatewayFixture INSTANCE = new GatewayFixture();
  }

  public static GatewayFixture shared() {
    return Shared.INSTANCE;
  }

  RunningDemo demo() {
    return demo;
  }

  Connection connect(String user) throws SQLException {
    return DriverManager.getConnection(url(user, user));
  }

  /**
   * Returns a user's connection that tests share, because logging in is slow on purpose. Nobody
   * closes it or changes its session.
   */
  Connection shared(String user) {
    return connections.computeIfAbsent(
        user,
        name -> {
          try {
            return connect(name);
          } catch (SQLException failure) {
            throw new IllegalStateException(failure);
          }
        });
  }

  String url(String user, String password) {
    return "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false&user=%s&password=%s"
        .formatted(grpcPort(), user, password);
  }

  int grpcPort() {
    return demo.grpcPort();
  }

  int httpPort() {
    return demo.httpPort();
  }

  public int thriftPort() {
    return demo.thriftPort();
  }

  int runningStatements() {
    return demo.runningStatements();
  }

  /** Returns how much the gateway holds for its clients. */
  Map<String, Long> held() {
    return demo.held();
  }

  public SparkEndpoint sparkEndpoint() {
    return demo.sparkEndpoints().get(0);
  }

  /** Returns the process id of the one Spark server. */
  long sparkPid() {
    return demo.sparkPids().get(0);
  }

  /** Returns the first customer's address, which only the administrator may read. */
  String secretAddress() {
    return secretAddress;
  }

  /** Returns a data file of a table. */
  String warehouseFileOf(String table) {
    try (Stream<Path> files = Files.walk(demo.warehouse())) {
      return files
          .filter(file -> file.toString().contains("/" + table + "/"))
          .filter(file -> file.toString().endsWith(".parquet"))
          .findFirst()
          .orElseThrow()
          .toString();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void signalSpark(String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(sparkPid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill failed");
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Waits until the cluster is ready again. */
  void awaitSpark() {
    await().atMost(Duration.ofMinutes(2)).until(() -> demo.problems().equals(List.of()));
  }

  /** Waits until Spark has computed for half a second. */
  void awaitBusySpark() {
    double before = sparkCpuSeconds();
    await().atMost(Duration.ofSeconds(60)).until(() -> sparkCpuSeconds() > before + 0.5);
  }

  /** Waits until Spark computes next to nothing for a second. */
  void awaitIdleSpark() {
    AtomicReference<Double> before = new AtomicReference<>(sparkCpuSeconds());
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              double now = sparkCpuSeconds();
              return now - before.getAndSet(now) < 0.3;
            });
  }

  /** Returns how much CPU time Spark has used since it started. */
  private double sparkCpuSeconds() {
    List<Long> pids = demo.sparkPids();
    return pids.isEmpty() ? 0 : ticks(pids.get(0)) / TICKS_PER_SECOND;
  }

  private static long ticks(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    } catch (IOException ended) {
      return 0;
    }
  }
}
