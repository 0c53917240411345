package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Spark dies, and clients change their minds. */
class FailureTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  /** Runs for many minutes if nobody stops it. */
  private static final String LONG = "select sum(hash(id)) from range(1000000000000)";

  @Test
  void aKilledSparkGivesOneRetryableErrorAndIsReplaced() throws Exception {
    try (Connection connection = GATEWAY.connect("admin")) {
      CompletableFuture<Throwable> failure = runAside(connection, LONG);
      GATEWAY.awaitBusySpark();
      long killed = GATEWAY.sparkPid();
      GATEWAY.signalSpark("KILL");
      assertThat(failure.get(60, TimeUnit.SECONDS))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("[REPLICA_LOST]")
          .hasMessageContaining("SQLSTATE 08006");
      assertThat(Rows.query(connection, "select count(*) from nation"))
          .containsExactly(List.of("25"));
      assertThat(GATEWAY.sparkPid()).isNotEqualTo(killed);
    }
  }

  @Test
  void aWriteUnderWhichSparkIsKilledIsNotToBeSentAgain() throws Exception {
    try (Connection admin = GATEWAY.connect("admin")) {
      update(admin, "create table lake.tpch.half (n bigint)");
      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(
              () ->
                  catchThrowable(
                      () ->
                          update(
                              admin,
                              "insert into lake.tpch.half"
                                  + " select sum(hash(id)) from range(1000000000000)")));
      GATEWAY.awaitBusySpark();
      GATEWAY.signalSpark("KILL");
      assertThat(failure.get(60, TimeUnit.SECONDS))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("[OUTCOME_UNKNOWN]")
          .hasMessageContaining("SQLSTATE 40003");
      assertThat(Rows.query(admin, "select count(*) from lake.tpch.half"))
          .containsExactly(List.of("0"));
      update(admin, "drop table lake.tpch.half");
    }
  }

  private static void update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void aCanceledQueryFreesSpark() throws Exception {
    try (Connection connection = GATEWAY.connect("admin");
        Statement statement = connection.createStatement()) {
      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(
              () -> catchThrowable(() -> drain(statement.executeQuery(LONG))));
      GATEWAY.awaitBusySpark();
      statement.cancel();
      assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
      GATEWAY.awaitIdleSpark();
      assertThat(GATEWAY.runningStatements()).isZero();
    }
  }

  @Test
  void aClientThatDiesFreesSpark() throws Exception {
    Process client =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.sluice.gateway.main.Main",
                "sql",
                "--url",
                "grpc://127.0.0.1:" + GATEWAY.grpcPort(),
                "--user",
                "admin",
                LONG)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    await().atMost(Duration.ofSeconds(60)).until(() -> GATEWAY.runningStatements() == 1);
    GATEWAY.awaitBusySpark();
    client.destroyForcibly();
    GATEWAY.awaitIdleSpark();
    assertThat(GATEWAY.runningStatements()).isZero();
  }

  private static CompletableFuture<Throwable> runAside(Connection connection, String sql) {
    return CompletableFuture.supplyAsync(() -> catchThrowable(() -> Rows.query(connection, sql)));
  }

  private static void drain(ResultSet results) throws SQLException {
    while (results.next()) {
      results.getObject(1);
    }
  }
}
