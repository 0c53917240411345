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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The whole of Sluice, with a real Spark, that this JVM's end-to-end tests share. */
final class GatewayFixture {

  /** Linux counts CPU time in hundredths of a second on every platform that Java 17 runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private final RunningDemo demo;
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

  static GatewayFixture shared() {
    return Shared.INSTANCE;
  }

  RunningDemo demo() {
    return demo;
  }

  Connection connect(String user) throws SQLException {
    return DriverManager.getConnection(url(user, user));
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

  int runningStatements() {
    return demo.runningStatements();
  }

  SparkEndpoint sparkEndpoint() {
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

  /** Returns how much CPU time Spark uses in so many seconds. */
  double sparkCpuSeconds(int seconds) throws IOException, InterruptedException {
    List<Long> pids = demo.sparkPids();
    if (pids.isEmpty()) {
      return 0;
    }
    Path stat = Path.of("/proc", Long.toString(pids.get(0)), "stat");
    long before = ticks(stat);
    TimeUnit.SECONDS.sleep(seconds);
    return (ticks(stat) - before) / TICKS_PER_SECOND;
  }

  private static long ticks(Path stat) throws IOException {
    String line = Files.readString(stat);
    // The name in parentheses may hold spaces; utime and stime are fields 14 and 15.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}
