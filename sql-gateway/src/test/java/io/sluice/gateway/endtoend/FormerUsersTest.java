package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.base.Throwables;
import io.sluice.gateway.hive.HiveDriver;
import io.sluice.gateway.identity.UserStore;
import io.sluice.gateway.main.ServeFiles;
import io.sluice.gateway.main.SparklessGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users who are changed or taken away while they are logged in, at every door. */
class FormerUsersTest {

  private static final String API = "/api/2.0/sql/statements";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private static Path folder;

  private static final UserStore.User ADMIN =
      ServeFiles.user("admin", Set.of("administrators"), "admin");
  private static final UserStore.User ANALYST = ServeFiles.user("analyst", Set.of("bi"), "analyst");
  private static final UserStore.User BOB = ServeFiles.user("bob", Set.of("bi"), "bob");
  private static final UserStore.User CHIEF =
      ServeFiles.user("chief", Set.of("administrators"), "chief");
  private static final List<UserStore.User> EVERYBODY = List.of(ADMIN, ANALYST, BOB, CHIEF);

  private static SparklessGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway =
        SparklessGateway.waiting(
            folder.toRealPath(),
            "{\"policies\":["
                + Policy.allow("tpch.*.*", Policy.users("admin", "analyst", "bob", "chief"))
                + "]}");
    gateway.makeHomeSchema();
    gateway.users(EVERYBODY);
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> login("bob", "bob") == 200);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** Each test has users of its own, as failed logins of one are counted for a while. */
  @BeforeEach
  @AfterEach
  void everybodyIsThere() throws Exception {
    gateway.users(EVERYBODY);
  }

  private static Connection flight(String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:arrow-flight-sql://127.0.0.1:%d/?useEncryption=false&user=%s&password=%s"
            .formatted(gateway.grpcPort(), user, password));
  }

  private static Connection avatica() throws SQLException {
    return DriverManager.getConnection(
        ("jdbc:avatica:remote:url=http://127.0.0.1:%d/avatica;serialization=protobuf;"
                + "authentication=BASIC;avatica_user=analyst;avatica_password=analyst")
            .formatted(gateway.httpPort()),
        new Properties());
  }

  private static HttpResponse<String> send(String user, String password, String path, String body)
      throws Exception {
    String login = user + ":" + password;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            path.startsWith("http")
                ? URI.create(path)
                : URI.create("http://127.0.0.1:" + gateway.httpPort() + path));
    if (!user.isEmpty()) {
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }
    if (!body.isEmpty()) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int login(String user, String password) throws Exception {
    return send(user, password, "/clusters", "").statusCode();
  }

  private static JsonNode execute(String user, String sql) throws Exception {
    HttpResponse<String> answer =
        send(
            user,
            user,
            API,
            ("{\"statement\":\"%s\",\"disposition\":\"EXTERNAL_LINKS\",\"format\":\"CSV\","
                    + "\"wait_timeout\":\"%s\"}")
                .formatted(sql, sql.startsWith("select") ? "0s" : "20s"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static String link(JsonNode answer) {
    return answer.at("/result/external_links/0/external_link").asText();
  }

  private static void loggedOut(Connection connection) {
    assertThatThrownBy(() -> Rows.query(connection, "show catalogs"))
        .satisfies(
            error ->
                assertThat(Throwables.getStackTraceAsString(error))
                    .containsAnyOf("SESSION_CLOSED", "UNAUTHENTICATED", "401"));
  }

  @Test
  void whoIsTakenAwayIsOutOfEveryDoor() throws Exception {
    // Those of the former user are not closed: that fails too.
    Connection flight = flight("analyst", "analyst");
    PreparedStatement prepared = flight.prepareStatement("show catalogs");
    Connection thrift = HiveDriver.HIVE_4.connect(gateway.thriftPort(), "/", "analyst");
    Connection cookie =
        HiveDriver.HIVE_4.connect(
            gateway.httpPort(), "/;transportMode=http;httpPath=cliservice", "analyst");
    Connection avatica = avatica();
    try (Connection other = flight("admin", "admin")) {
      for (Connection connection : List.of(other, flight, thrift, cookie, avatica)) {
        assertThat(Rows.query(connection, "show catalogs")).isNotEmpty();
      }
      prepared.executeQuery().close();
      JsonNode kept = execute("analyst", "show catalogs");
      assertThat(send("", "", link(kept), "").body()).contains("lake");
      JsonNode others = execute("admin", "show catalogs");
      // No Spark comes up, so these wait.
      List<CompletableFuture<Object>> waiting =
          List.of(thrift, avatica).stream()
              .map(connection -> CompletableFuture.supplyAsync(() -> select(connection)))
              .toList();
      String queued = execute("analyst", "select 1").path("statement_id").asText();
      await().atMost(SOON).until(() -> gateway.held().get("statements") == 3);

      gateway.users(List.of(ADMIN, BOB, CHIEF));
      await().atMost(SOON).until(() -> gateway.held().get("statements") == 0);
      await().atMost(SOON).until(() -> gateway.held().get("waiting") == 0);
      for (CompletableFuture<Object> one : waiting) {
        assertThatThrownBy(one::join).isInstanceOf(CompletionException.class);
      }
      for (Connection connection : List.of(flight, thrift, cookie, avatica)) {
        loggedOut(connection);
      }
      assertThatThrownBy(prepared::executeQuery).hasStackTraceContaining("SESSION_CLOSED");
      assertThatThrownBy(() -> flight("analyst", "analyst").prepareStatement("select 1"))
          .hasStackTraceContaining("Wrong user name or password");
      assertThatThrownBy(
              () -> HiveDriver.HIVE_4.connect(gateway.thriftPort(), "/", "analyst").close())
          .isInstanceOf(SQLException.class);
      assertThat(login("analyst", "analyst")).as("although it was right just now").isEqualTo(401);
      assertThat(send("analyst", "analyst", API + "/" + queued, "").statusCode()).isEqualTo(401);
      HttpResponse<String> result = send("", "", link(kept), "");
      assertThat(result.statusCode()).isEqualTo(404);
      assertThat(result.body()).doesNotContain("lake");
      assertThat(send("", "", link(others), "").body()).contains("lake");
      assertThat(Rows.query(other, "show catalogs")).isNotEmpty();
      assertThatThrownBy(avatica::close).hasStackTraceContaining("401");
    }
  }

  private static Object select(Connection connection) {
    try {
      return Rows.query(connection, "select 1");
    } catch (SQLException refused) {
      throw new CompletionException(refused);
    }
  }

  @Test
  void aNewPasswordEndsWhatTheOldOneOpened() throws Exception {
    try (Connection flight = flight("bob", "bob")) {
      Rows.query(flight, "show catalogs");
      String link = link(execute("bob", "show catalogs"));
      gateway.users(List.of(ADMIN, ANALYST, ServeFiles.user("bob", Set.of("bi"), "other"), CHIEF));
      isLoggedOut(flight);
      assertThat(login("bob", "bob")).isEqualTo(401);
      assertThat(login("bob", "other")).isEqualTo(200);
      assertThat(send("", "", link, "").statusCode()).isEqualTo(404);
      try (Connection anew = flight("bob", "other")) {
        assertThat(Rows.query(anew, "show catalogs")).isNotEmpty();
      }
    }
  }

  private static void isLoggedOut(Connection connection) {
    await().atMost(SOON).untilAsserted(() -> loggedOut(connection));
  }

  @Test
  void whoLosesAGroupLosesWhatItGave() throws Exception {
    String administrators = "explain policies select 1";
    try (Connection before = flight("chief", "chief")) {
      assertThat(Rows.query(before, administrators)).isNotEmpty();
      gateway.users(List.of(ADMIN, ANALYST, BOB, ServeFiles.user("chief", Set.of(), "chief")));
      isLoggedOut(before);
    }
    try (Connection after = flight("chief", "chief")) {
      assertThat(Rows.query(after, "show catalogs")).isNotEmpty();
      assertThatThrownBy(() -> Rows.query(after, administrators))
          .hasStackTraceContaining("PERMISSION_DENIED");
    }
  }

  private static void refused() {
    await()
        .atMost(SOON)
        .until(() -> gateway.problems().stream().anyMatch(line -> line.startsWith("users: ")));
  }

  @Test
  void aFileThatOthersMayChangeChangesNobody() throws Exception {
    try (Connection connection = flight("admin", "admin")) {
      Files.setPosixFilePermissions(
          gateway.usersFile(), PosixFilePermissions.fromString("rw-rw-rw-"));
      refused();
      Files.write(gateway.usersFile(), ServeFiles.users(List.of(mallory())));
      Path elsewhere = Files.createDirectories(folder.resolve("open")).resolve("users.json");
      Files.write(elsewhere, ServeFiles.users(List.of(mallory())));
      Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rw-------"));
      Files.setPosixFilePermissions(
          elsewhere.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
      stillAsBefore(connection);
      Files.delete(gateway.usersFile());
      Files.createSymbolicLink(gateway.usersFile(), elsewhere);
      stillAsBefore(connection);
      Files.delete(gateway.usersFile());
      stillAsBefore(connection);
    }
  }

  /** Longer than it takes to look at the file. */
  private static void stillAsBefore(Connection connection) {
    await()
        .pollDelay(Duration.ofMillis(500))
        .during(Duration.ofSeconds(3))
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(login("mallory", "mallory")).isEqualTo(401);
              assertThat(Rows.query(connection, "show catalogs")).isNotEmpty();
            });
    refused();
  }

  private static UserStore.User mallory() {
    return ServeFiles.user("mallory", Set.of("administrators"), "mallory");
  }
}
