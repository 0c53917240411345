package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.cluster.autoscale.ScaleIn;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.gateway.main.RunningDemo;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A burst on a cluster of real Spark servers that begins and ends with none. It takes minutes and
 * the memory of three, so its name keeps it out of the suite, where BurstTest stands for it.
 */
class BurstOnSpark {

  private static final int BURST = 40;
  private static final long ROWS = Long.getLong("sluice.burst.rows", 100_000_000);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  Path directory;

  @Test
  void fortySlowStatementsGoFromNoReplicaToThreeAndBackAndNoneIsLost() throws Exception {
    ScalingPolicy policy =
        new ScalingPolicy(
            "quick",
            ScalingPolicy.standard().out(),
            new ScaleIn(0.8, Duration.ofSeconds(20), Duration.ZERO, 1),
            Duration.ofSeconds(15));
    ExecutorService clients = Executors.newFixedThreadPool(BURST);
    try (RunningDemo demo = new RunningDemo(directory, ScalingSettings.of(0, 3, policy));
        Connection connection =
            DriverManager.getConnection(
                "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false&user=admin&password=admin"
                    .formatted(demo.grpcPort()))) {
      assertThat(demo.sparkPids()).isEmpty();
      List<CompletableFuture<List<List<String>>>> results = new ArrayList<>();
      for (int one = 0; one < BURST; one++) {
        String sql = "select " + one + ", count(hash(id)) from range(" + (ROWS + one) + ")";
        results.add(CompletableFuture.supplyAsync(() -> rows(connection, sql), clients));
      }
      await().atMost(Duration.ofMinutes(5)).until(() -> demo.sparkPids().size() == 3);
      for (int one = 0; one < BURST; one++) {
        assertThat(results.get(one).get(10, TimeUnit.MINUTES))
            .containsExactly(List.of(Integer.toString(one), Long.toString(ROWS + one)));
      }
      await().atMost(Duration.ofMinutes(2)).until(() -> demo.sparkPids().isEmpty());
    } finally {
      clients.shutdownNow();
    }
  }

  private static List<List<String>> rows(Connection connection, String sql) {
    try {
      return Rows.query(connection, sql);
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
