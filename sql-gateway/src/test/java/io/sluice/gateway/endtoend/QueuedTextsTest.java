package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.gateway.hive.HiveDriver;
import io.sluice.gateway.main.SparklessGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Long statements that wait for a Spark that does not come up. */
class QueuedTextsTest {

  private static final String API = "/api/2.0/sql/statements";
  private static final String LONG = "select '" + "x".repeat(1_900_000) + "'";
  private static final int MANY = 40;
  private static final String REFUSED =
      "[analyst] would have more than the 48 MiB that one user gets of text";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  private static HttpResponse<String> send(
      SparklessGateway gateway, String user, String method, String path, String body)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + gateway.httpPort() + API + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header(
                    "Authorization",
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** Returns the statement, once it waits or was refused. */
  private static JsonNode submit(SparklessGateway gateway, String user) throws Exception {
    String id =
        JSON.readTree(
                send(
                        gateway,
                        user,
                        "POST",
                        "",
                        "{\"statement\":\"" + LONG + "\",\"wait_timeout\":\"0s\"}")
                    .body())
            .path("statement_id")
            .asText();
    // Once it is analysed, the queue or the refusal knows of it.
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> JSON.readTree(send(gateway, user, "GET", "/" + id, "").body()),
            now -> failed(now) == 1 || now.at("/stats/route").isObject());
  }

  private static int failed(JsonNode statement) {
    return statement.at("/status/state").asText().equals("FAILED") ? 1 : 0;
  }

  @Test
  void theyHoldOnlySoMuchAndThenAreRefusedAtEveryDoor() throws Exception {
    try (SparklessGateway gateway =
        SparklessGateway.waiting(
            folder.toRealPath(),
            "{\"policies\":["
                + Policy.allow("tpch.*.*", Policy.users("admin", "analyst"))
                + "]}")) {
      gateway.makeHomeSchema();
      List<JsonNode> sent = new ArrayList<>();
      for (int number = 0; number < MANY; number++) {
        sent.add(submit(gateway, "analyst"));
      }
      long most = 48L << 20;
      assertThat(gateway.held().get("textBytes")).isBetween(most / 2, most);
      List<JsonNode> refused = sent.stream().filter(one -> failed(one) == 1).toList();
      assertThat(refused).hasSizeBetween(MANY - 12, MANY - 3);
      assertThat(refused)
          .allSatisfy(
              one -> assertThat(one.at("/status/error/message").asText()).contains(REFUSED));
      for (Connection connection :
          List.of(
              DriverManager.getConnection(
                  "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false&user=analyst&password=analyst"
                      .formatted(gateway.grpcPort())),
              HiveDriver.HIVE_4.connect(gateway.thriftPort(), "/", "analyst"),
              DriverManager.getConnection(
                  ("jdbc:avatica:remote:url=http://127.0.0.1:%d/avatica;serialization=protobuf;"
                          + "authentication=BASIC;avatica_user=analyst;avatica_password=analyst")
                      .formatted(gateway.httpPort()),
                  new Properties()))) {
        try (connection) {
          assertThatThrownBy(() -> Rows.query(connection, LONG))
              .isInstanceOf(SQLException.class)
              .hasStackTraceContaining(REFUSED);
          assertThat(Rows.query(connection, "show catalogs")).isNotEmpty();
        }
      }
      assertThat(failed(submit(gateway, "admin"))).as("another user's").isZero();
      for (JsonNode one : sent) {
        send(gateway, "analyst", "DELETE", "/" + one.path("statement_id").asText(), "");
      }
      await().until(() -> gateway.held().get("textBytes") < most / 2);
      assertThat(failed(submit(gateway, "analyst"))).isZero();
    }
  }
}
