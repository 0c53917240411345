package io.sluice.testkit.kubernetes;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** People with Sluice's JDBC driver, each of whom sends one statement after another. */
final class ContinuousClients implements AutoCloseable {

  private static final int ROWS = 1000;

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final Map<String, AtomicInteger> finished = new ConcurrentHashMap<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /**
   * Begins.
   *
   * @param each how many there are on each
   */
  ContinuousClients(String user, int each, List<ServeProcess> gateways) {
    for (ServeProcess gateway : gateways) {
      for (int number = 1; number <= each; number++) {
        AtomicInteger count = new AtomicInteger();
        finished.put(gateway.jdbcUrl() + " " + number, count);
        executor.execute(() -> work(gateway.jdbcUrl(), user, count));
      }
    }
  }

  private void work(String url, String user, AtomicInteger count) {
    try (Connection connection = DriverManager.getConnection(url, user, user);
        Statement statement = connection.createStatement()) {
      while (!closed) {
        int number = count.get();
        try (ResultSet rows =
            statement.executeQuery("select count(*) + " + number + " from range(" + ROWS + ")")) {
          if (!rows.next() || rows.getInt(1) != ROWS + number) {
            throw new IllegalStateException("statement " + number + " has another answer");
          }
          count.incrementAndGet();
        } catch (SQLException | RuntimeException failure) {
          failures.add(failure);
        }
      }
    } catch (SQLException failure) {
      failures.add(failure);
    }
  }

  /** Returns how many statements each has had answered. */
  List<Integer> finished() {
    return finished.values().stream().map(AtomicInteger::get).toList();
  }

  /** Returns what failed, of all. */
  List<Throwable> failures() {
    return List.copyOf(failures);
  }

  /** Waits for the statements that run. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    executor.shutdown();
    if (!executor.awaitTermination(60, TimeUnit.SECONDS)) {
      executor.shutdownNow();
      throw new IllegalStateException("a statement does not end");
    }
  }
}
