package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.main.SparklessGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that started with broken policies, over a Spark that does not start. */
class WithoutClusterTest {

  private static final String NO_POLICIES = "[POLICY_UNAVAILABLE] No access policies are loaded";

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  Path directory;

  private @Nullable SparklessGateway gateway;

  private SparklessGateway gateway() {
    return Objects.requireNonNull(gateway);
  }

  private void start(Duration sessionIdleExpiry) {
    gateway = new SparklessGateway(directory, "{\"policies\":[", sessionIdleExpiry);
  }

  @AfterEach
  void stop() {
    gateway().close();
  }

  @Test
  void nothingIsAllowedUntilPoliciesAreThere() throws Exception {
    start(Duration.ofHours(1));
    try (Connection connection = connect()) {
      for (String sql :
          new String[] {"select * from nation", "show tables", "describe nation", "use tpch"}) {
        assertThatThrownBy(() -> Rows.query(connection, sql))
            .as(sql)
            .hasStackTraceContaining(NO_POLICIES);
      }
      assertThatThrownBy(() -> connection.getMetaData().getTables(null, null, "%", null).next())
          .hasStackTraceContaining("POLICY_UNAVAILABLE");
    }
    HttpResponse<String> ready = ready();
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("policies: lake.json was refused, nothing is");

    gateway().policies("{\"policies\":[" + Policy.allow("tpch.*.*", Policy.users("admin")) + "]}");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> gateway().problems().stream().noneMatch(line -> line.startsWith("policies")));
    try (Connection connection = connect()) {
      assertThatThrownBy(() -> Rows.query(connection, "select * from nation"))
          .hasMessageContaining("[TABLE_OR_VIEW_NOT_FOUND]");
    }
  }

  @Test
  void aSparkThatDoesNotStartIsSaidEverywhere() throws Exception {
    start(Duration.ofHours(1));
    assertThat(gateway().whenReady())
        .failsWithin(60, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("while it started. The end of its log:")
        .withMessageContaining("SparkConnectServer");
    HttpResponse<String> ready = ready();
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body()).contains("\"cluster: ");
  }

  @Test
  void aTokenExpiresWithAnIdleSession() throws SQLException {
    start(Duration.ofSeconds(1));
    try (Connection connection = connect()) {
      await()
          .pollDelay(Duration.ofSeconds(2))
          .pollInterval(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> Rows.query(connection, "show catalogs"))
                      .hasStackTraceContaining(
                          "[SESSION_CLOSED] The session was closed or has expired; connect again"));
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false&user=admin&password=admin"
            .formatted(gateway().grpcPort()));
  }

  private HttpResponse<String> ready() throws Exception {
    URI address = URI.create("http://127.0.0.1:" + gateway().httpPort() + "/ready");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }
}
