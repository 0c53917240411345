package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

  /** In one task, since what the gateway waits for leaves a processor to other tests. */
  private static final String LONG = "select sum(hash(id)) from range(0, 1000000000000, 1, 1)";

  /** More than the connection and the gateway hold for a client that does not read on. */
  private static final long FETCHED_ROWS = 200_000;

  private static final String FETCHED =
      "select id, repeat(cast(id as string), 30) as pad from range(0, " + FETCHED_ROWS + ", 1, 1)";

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  Path directory;

  @Test
  void nothingIsLeftHoweverTheGatewayEnds() throws Exception {
    Checkout checkout = Checkout.in(Files.createDirectory(directory.resolve("checkout")));
    Path data = directory.resolve("data");

    try (Checkout.Demo demo = checkout.demo(data, "--grace=30");
        RawFlight client = RawFlight.login(demo.grpcPort(), "admin")) {
      RawFlight.Fetch fetch = client.begin(client.ticket(FETCHED), 2);
      fetch.taken.join();
      CompletableFuture<Throwable> query = runLong(demo);
      demo.gateway().destroy();
      endsWellWhileNothingNewIsTaken(demo, client, fetch);
      // The query uses up the time that is left to what runs.
      assertThat(ended(demo)).as("all within 50 s").succeedsWithin(50, TimeUnit.SECONDS);
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

  /** What a client fetches comes to its end although the gateway has been told to stop. */
  private static void endsWellWhileNothingNewIsTaken(
      Checkout.Demo demo, RawFlight client, RawFlight.Fetch fetch) throws Exception {
    await().atMost(Duration.ofSeconds(10)).until(() -> status(demo.ready()) == 503);
    Status refused = RawFlight.refusal(() -> client.ticket("select 1"));
    assertThat(refused.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refused.getDescription())
        .startsWith("[SHUTTING_DOWN] The gateway is stopping. Send the statement again");
    fetch.call.request(Integer.MAX_VALUE);
    assertThat(fetch.closed.get(30, TimeUnit.SECONDS).isOk()).isTrue();
    assertThat(fetch.rows()).isEqualTo(FETCHED_ROWS);
    assertThat(status(demo.ready())).as("while another runs").isEqualTo(503);
  }

  private static int status(URI address) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
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
