package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Spark dies, and clients change their minds. */
class FailureTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  /** Runs for many minutes if nobody stops it. */
  private static final String LONG = "select sum(hash(id)) from range(1000000000000)";

  /** More than the connection and the gateway hold for a client that does not read on. */
  private static final String FETCHED =
      "select id, repeat(cast(id as string), 30) as pad from range(0, 200000, 1, 1)";

  /** Twenty read, and two write, while their Spark is killed. */
  @Test
  void aKilledSparkCostsNobodyAReadAndNoWriteIsDoneTwice() throws Exception {
    Logger lines = (Logger) LoggerFactory.getLogger("io.sluice.journal");
    ListAppender<ILoggingEvent> journal = new ListAppender<>();
    journal.start();
    lines.addAppender(journal);
    List<LoadClient> clients = new ArrayList<>();
    try (Connection admin = GATEWAY.connect("admin");
        Connection other = GATEWAY.connect("admin")) {
      for (int reader = 0; reader < 10; reader++) {
        clients.add(LoadClient.reading(admin));
        clients.add(LoadClient.reading(other));
      }
      for (String table : List.of("lake.tpch.ledger_a", "lake.tpch.ledger_b")) {
        update(admin, "create table " + table + " (n bigint)");
        clients.add(LoadClient.writing(other, table));
      }
      List<CompletableFuture<Void>> ends = clients.stream().map(LoadClient::start).toList();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> clients.stream().allMatch(client -> client.succeeded() > 0));
      long killed = GATEWAY.sparkPid();
      GATEWAY.signalSpark("KILL");
      List<Integer> before = clients.stream().map(LoadClient::succeeded).toList();
      await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  IntStream.range(0, clients.size())
                      .allMatch(
                          one ->
                              ends.get(one).isCompletedExceptionally()
                                  || clients.get(one).succeeded() > before.get(one)));
      clients.forEach(LoadClient::stop);
      for (CompletableFuture<Void> end : ends) {
        end.get(1, TimeUnit.MINUTES);
      }
      assertThat(GATEWAY.sparkPid()).isNotEqualTo(killed);
      for (LoadClient client : clients) {
        client.verify(admin);
      }
      assertThat(List.copyOf(journal.list))
          .extracting(ILoggingEvent::getFormattedMessage)
          .as("some were running at the time")
          .anyMatch(line -> line.contains("again: its replica was lost"));
      update(admin, "drop table lake.tpch.ledger_a");
      update(admin, "drop table lake.tpch.ledger_b");
    } finally {
      lines.detachAppender(journal);
      clients.forEach(LoadClient::stop);
    }
  }

  /**
   * A result of which rows were sent cannot be had from another Spark, and a write is not tried.
   */
  @Test
  void aResultThatHadBegunAndAWriteUnderWhichSparkIsKilledAreLost() throws Exception {
    try (Connection admin = GATEWAY.connect("admin");
        RawFlight reading = RawFlight.login(GATEWAY.grpcPort(), "admin")) {
      update(admin, "create table lake.tpch.half (n bigint)");
      RawFlight.Fetch begun = reading.begin(reading.ticket(FETCHED), 2);
      begun.taken.join();
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
      begun.call.request(Integer.MAX_VALUE);
      assertThat(begun.closed.get(60, TimeUnit.SECONDS).getDescription())
          .contains("[REPLICA_LOST]")
          .contains("SQLSTATE 08006");
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

  private static void drain(ResultSet results) throws SQLException {
    while (results.next()) {
      results.getObject(1);
    }
  }
}
