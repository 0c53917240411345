package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that sends one statement after the other, and knows what must have come of them. */
final class LoadClient {

  /** Long enough to be met while it runs; its one row comes when all of it is done. */
  private static final String READ =
      "select count(*), sum(hash(o_orderkey, id)) from tpch.orders, range(100)";

  private final Connection connection;
  private final String table;
  private final AtomicInteger succeeded = new AtomicInteger();
  private final List<Integer> written = new ArrayList<>();
  private final List<Integer> unknown = new ArrayList<>();
  private final List<List<String>> results = new ArrayList<>();
  private volatile boolean stopped;

  private LoadClient(Connection connection, String table) {
    this.connection = connection;
    this.table = table;
  }

  static LoadClient reading(Connection connection) {
    return new LoadClient(connection, "");
  }

  /** One that writes each number once into a table of its own. */
  static LoadClient writing(Connection connection, String table) {
    return new LoadClient(connection, table);
  }

  /** Runs until it is stopped; fails with the first error that it should not have met. */
  CompletableFuture<Void> start() {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread client =
        new Thread(
            () -> {
              try {
                for (int number = 0; !stopped; number++) {
                  if (table.isEmpty()) {
                    results.addAll(Rows.query(connection, READ));
                  } else {
                    write(number);
                  }
                  succeeded.incrementAndGet();
                }
                end.complete(null);
              } catch (SQLException | RuntimeException failure) {
                end.completeExceptionally(failure);
              }
            });
    client.setDaemon(true);
    client.start();
    return end;
  }

  private void write(int number) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("insert into " + table + " values (" + number + ")");
      written.add(number);
    } catch (SQLException failure) {
      if (!String.valueOf(failure.getMessage()).contains("[OUTCOME_UNKNOWN]")) {
        throw failure;
      }
      unknown.add(number);
    }
  }

  int succeeded() {
    return succeeded.get();
  }

  void stop() {
    stopped = true;
  }

  /** Compares what it was told with what is there; to be called when it has ended. */
  void verify(Connection reader) throws SQLException {
    if (table.isEmpty()) {
      assertThat(results).isNotEmpty().allMatch(results.get(0)::equals);
      return;
    }
    Map<Integer, Integer> times = new HashMap<>();
    for (List<String> row : Rows.query(reader, "select n from " + table)) {
      times.merge(Integer.parseInt(row.get(0)), 1, Integer::sum);
    }
    assertThat(times.values()).as("no number is there twice").containsOnly(1);
    assertThat(times.keySet()).containsAll(written);
    times.keySet().removeAll(written);
    assertThat(unknown)
        .as("whatever else is there was said to be uncertain")
        .containsAll(times.keySet());
  }
}
