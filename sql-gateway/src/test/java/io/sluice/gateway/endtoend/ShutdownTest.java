package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's own process ends, one way or the other, while a query runs. */
class ShutdownTest {

  private static final String LONG = "select sum(hash(id)) from range(1000000000000)";

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  Path directory;

  @Test
  void nothingIsLeftHoweverTheGatewayEnds() throws Exception {
    Checkout checkout = Checkout.in(Files.createDirectory(directory.resolve("checkout")));
    Path data = directory.resolve("data");

    try (Checkout.Demo demo = checkout.demo(data)) {
      CompletableFuture<Throwable> query = runLong(demo);
      demo.gateway().destroy();
      // The query uses up the time that is left to what runs.
      assertThat(ended(demo)).as("all within 30 s").succeedsWithin(30, TimeUnit.SECONDS);
      assertThat(query.get(10, TimeUnit.SECONDS)).isInstanceOf(SQLException.class);
      assertThat(data.resolve("run.json")).doesNotExist();
    }

    // The data directory is free again, and what a kill leaves behind stops nobody.
    try (Checkout.Demo demo = checkout.demo(data)) {
      runLong(demo);
      demo.gateway().destroyForcibly();
      assertThat(ended(demo)).as("Spark ends too").succeedsWithin(30, TimeUnit.SECONDS);
    }
  }

  /** Completes when neither the gateway nor anything that it started is there any more. */
  private static CompletableFuture<Void> ended(Checkout.Demo demo) {
    assertThat(demo.children()).isNotEmpty();
    return CompletableFuture.allOf(
        Stream.concat(Stream.of(demo.gateway().toHandle()), demo.children().stream())
            .map(ProcessHandle::onExit)
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Starts a query that does not end, and returns when Spark works on it. */
  private static CompletableFuture<Throwable> runLong(Checkout.Demo demo) {
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(
            () ->
                catchThrowable(
                    () -> {
                      try (Connection connection = DriverManager.getConnection(demo.url())) {
                        Rows.query(connection, "select count(*) from nation");
                        Rows.query(connection, LONG);
                      }
                    }));
    double before = cpuSeconds(demo);
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> cpuSeconds(demo) > before + 4 || ended.isDone());
    assertThat(ended).isNotDone();
    return ended;
  }

  private static double cpuSeconds(Checkout.Demo demo) {
    return demo.children().stream()
        .map(child -> child.info().totalCpuDuration().orElse(Duration.ZERO))
        .mapToDouble(duration -> duration.toMillis() / 1000.0)
        .sum();
  }
}
