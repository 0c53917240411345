package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.gateway.hive.HiveDriver;
import io.sluice.gateway.main.RunningServe;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The documented configuration, served: two clusters of real Spark, started from nothing by the
 * statements that the rules and the connections send there.
 */
class ServeTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STATEMENTS = "/api/2.0/sql/statements";
  private static final String UNKNOWN =
      "There is no cluster [%s] for user [analyst]. Name one of: bi; or none.";

  @TempDir private static Path folder;
  private static RunningServe serve;
  private static HttpClient http;

  @BeforeAll
  static void start() throws Exception {
    serve =
        new RunningServe(
            folder,
            "{\"serviceName\":\"lake\",\"policies\":["
                + String.join(
                    ",",
                    Policy.access("*.*.*", allOf(Policy.users("admin"))),
                    Policy.access("tpch.*.*", allOf(Policy.groups("engineers"))),
                    Policy.allow("tpch.*.*", Policy.groups("analysts")),
                    Policy.filter("tpch.events", Policy.groups("analysts"), "id < 2"),
                    Policy.filter("tpch.hidden", Policy.groups("engineers"), "id < 2"))
                + "]}");
    http = trusting();
    run("admin", "create schema lake.tpch");
    run("admin", "create table tpch.events using iceberg as select id from range(3)");
  }

  @AfterAll
  static void stop() throws Exception {
    serve.close();
  }

  private static String allOf(String who) {
    return "\"policyItems\":[{" + who + ",\"accesses\":[{\"type\":\"all\"}]}]";
  }

  @Test
  void theRulesChooseAndSayWhy() throws Exception {
    JsonNode read = run("engineer", "select count(*) from tpch.events");
    assertThat(route(read)).isEqualTo("bi: the default");
    JsonNode write =
        run("engineer", "create or replace table tpch.loaded using iceberg as select 1 a");
    assertThat(route(write)).isEqualTo("loads: rule writes (group engineers, kind command)");
    JsonNode other = run("admin", "insert into tpch.events select id + 100 from range(0)");
    assertThat(route(other)).isEqualTo("bi: the default");
    JsonNode history = get("engineer", STATEMENTS + "?max_results=50");
    assertThat(history.path("statements").findValuesAsText("cluster")).contains("bi", "loads");
  }

  @Test
  void aStatementOverLargeTablesGoesWhereItsRuleSays() throws Exception {
    run("admin", "create table tpch.wide using iceberg as select uuid() a from range(2000)");
    run("admin", "create view tpch.behind as select a from tpch.wide");
    JsonNode small = run("engineer", "select count(*) from tpch.events");
    assertThat(route(small)).isEqualTo("bi: the default");
    String large = "loads: rule large (group engineers, 10k or more)";
    assertThat(route(run("engineer", "select max(a) from tpch.wide"))).isEqualTo(large);
    assertThat(route(run("engineer", "select max(a) from tpch.behind where a < '0'")))
        .isEqualTo(large);
    assertThat(route(run("admin", "select max(a) from tpch.wide"))).isEqualTo("bi: the default");
    // Beside a table of one's own the size of what has hidden rows could be found out.
    run("admin", "create table tpch.hidden using iceberg as select id, uuid() a from range(2000)");
    assertThat(route(run("engineer", "select max(a) from tpch.hidden")))
        .isEqualTo("bi: the default");
    assertThat(route(run("engineer", "select a from tpch.hidden union select a from tpch.wide")))
        .isEqualTo(large);
    run("admin", "truncate table tpch.wide");
    assertThat(route(run("engineer", "select max(a) from tpch.wide"))).isEqualTo("bi: the default");
  }

  /** All permits are in use, so that only a statement that ends lets one of the two run. */
  @Test
  void aHighPriorityOvertakesWhatWaits() throws Exception {
    String endless = "select count(*) from range(0, 1000000000000000) where hash(id) = 1";
    ObjectNode normal = body(endless).put("cluster", "loads").put("wait_timeout", "0s");
    ObjectNode high = normal.deepCopy();
    high.putArray("query_tags").addObject().put("key", "team").put("value", "bi");
    List<String> sent = new ArrayList<>();
    try {
      for (int permit = 0; permit < 12; permit++) {
        sent.add(post("engineer", normal).path("statement_id").asText());
      }
      for (String holder : List.copyOf(sent)) {
        awaitState(holder, "RUNNING");
      }
      String overtaken = post("engineer", normal).path("statement_id").asText();
      sent.add(overtaken);
      JsonNode urgent = post("engineer", high);
      String first = urgent.path("statement_id").asText();
      sent.add(first);
      awaitState(overtaken, "PENDING");
      assertThat(state(first)).isEqualTo("PENDING");
      send("POST", "engineer", STATEMENTS + "/" + sent.get(0) + "/cancel", "");
      awaitState(first, "RUNNING");
      assertThat(state(overtaken)).isEqualTo("PENDING");
      assertThat(route(get("engineer", STATEMENTS + "/" + first)))
          .isEqualTo(
              "loads: the session names it, high priority by rule dashboards (group engineers, tag"
                  + " team=bi)");
    } finally {
      for (String statement : sent) {
        send("POST", "engineer", STATEMENTS + "/" + statement + "/cancel", "");
      }
    }
  }

  private static String state(String statement) throws Exception {
    return get("engineer", STATEMENTS + "/" + statement).at("/status/state").asText();
  }

  private static void awaitState(String statement, String state) {
    await().atMost(Duration.ofMinutes(2)).until(() -> state(statement).equals(state));
  }

  @Test
  void everyDoorNamesAClusterInItsOwnWay() throws Exception {
    try (Connection flight = flight("engineer", "&cluster=loads");
        Connection hive =
            HiveDriver.HIVE_4.connect(
                serve.thriftPort(), "/" + trust() + "?cluster=loads", "engineer");
        Connection thin = thin("engineer", "loads")) {
      for (Connection connection : List.of(flight, hive, thin)) {
        assertThat(Rows.query(connection, "select count(*) from tpch.events"))
            .containsExactly(List.of("3"));
      }
    }
    JsonNode history = get("engineer", STATEMENTS + "?max_results=3");
    assertThat(history.path("statements").findValuesAsText("cluster"))
        .containsExactly("loads", "loads", "loads");
    assertThat(route(run("engineer", body("select 1").put("cluster", "loads"))))
        .isEqualTo("loads: the session names it");
    assertThat(route(post("engineer", body("select 1"), "cluster", "loads")))
        .isEqualTo("loads: the session names it");
  }

  @Test
  void policiesHoldOnEveryCluster() throws Exception {
    assertThat(run("analyst", "select id from tpch.events order by id").at("/result/data_array"))
        .hasToString("[[\"0\"],[\"1\"]]");
    JsonNode refused = post("analyst", body("insert into tpch.events values (7)"));
    assertThat(refused.at("/status/error/message").asText()).contains("PERMISSION_DENIED");
  }

  /** The attack: to use what another group has, or to learn that it is there. */
  @Test
  void anothersClusterIsRefusedAsOneThatIsNotThere() throws Exception {
    for (String name : List.of("loads", "laods")) {
      String told = UNKNOWN.formatted(name);
      assertThatThrownBy(() -> flight("analyst", "&cluster=" + name))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(told);
      assertThatThrownBy(
              () ->
                  HiveDriver.HIVE_4.connect(
                      serve.thriftPort(), "/" + trust() + "?cluster=" + name, "analyst"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(told);
      assertThatThrownBy(() -> Rows.query(thin("analyst", name), "select 1"))
          .hasMessageContaining(told);
      assertThat(post("analyst", body("select 1").put("cluster", name)).toString()).contains(told);
      assertThat(post("analyst", body("select 1"), "cluster", name).toString()).contains(told);
      try (Connection connection = flight("analyst", "");
          Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.execute("set sluice.cluster = " + name))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining(told);
        // Nor by the back of one's own hand: the session stays where it was.
        assertThat(Rows.query(connection, "select count(*) from tpch.events"))
            .containsExactly(List.of("2"));
      }
    }
    assertThat(get("analyst", "/clusters").findValuesAsText("cluster")).containsExactly("bi");
    assertThat(get("engineer", "/clusters").findValuesAsText("cluster"))
        .containsExactly("bi", "loads");
    assertThat(get("admin", "/clusters").findValuesAsText("cluster"))
        .containsExactly("bi", "loads");
    assertThat(send("GET", "analyst", "/ready", "").body()).doesNotContain("loads");
  }

  @Test
  void theGroupsOfTheConfigurationReadMetricsAndNobodyElse() throws Exception {
    for (String reader : List.of("prometheus", "admin")) {
      HttpResponse<String> metrics = send("GET", reader, "/metrics", "");
      assertThat(metrics.statusCode()).as(reader).isEqualTo(200);
      assertThat(metrics.body())
          .contains("sluice_cluster_running{cluster=\"bi\"")
          .contains("sluice_cluster_running{cluster=\"loads\"");
    }
    for (String other : List.of("analyst", "engineer")) {
      HttpResponse<String> refused = send("GET", other, "/metrics", "");
      assertThat(refused.statusCode()).as(other).isEqualTo(403);
      assertThat(refused.body()).contains("metrics.groups").doesNotContain("sluice_");
    }
    // Who reads them may see nothing else.
    assertThat(get("prometheus", "/clusters").findValuesAsText("cluster")).doesNotContain("loads");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bi\r\nSet-Cookie: a=b", "../../etc", "bi\u0000", "ｂｉ", "BI", "bi,loads"})
  void aHostileNameIsOneThatIsNotThere(String name) throws Exception {
    HttpResponse<String> answer =
        send("POST", "analyst", STATEMENTS, body("select 1").put("cluster", name).toString());
    assertThat(answer.body()).contains("CLUSTER_NOT_FOUND", "There is no cluster [");
    assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
    assertThat(answer.body()).doesNotContain("\\r", "\\n", "\\u0000");
  }

  @Test
  void whatASessionHasSetGoesWithItToAnotherCluster() throws Exception {
    try (Connection connection = flight("engineer", "");
        Statement statement = connection.createStatement()) {
      statement.execute("declare variable mark int default 41");
      statement.execute("set spark.sql.shuffle.partitions = 3");
      assertThat(Rows.query(connection, "select mark + 1")).containsExactly(List.of("42"));
      statement.execute("set sluice.cluster = loads");
      assertThat(Rows.query(connection, "select mark + 1")).containsExactly(List.of("42"));
      statement.execute("set variable mark = mark + 1");
      statement.execute("reset sluice.cluster");
      assertThat(Rows.query(connection, "select mark + 1")).containsExactly(List.of("43"));
    }
    JsonNode history = get("engineer", STATEMENTS + "?max_results=9");
    assertThat(history.path("statements").findValuesAsText("cluster")).contains("bi", "loads");
  }

  private static String route(JsonNode answer) {
    JsonNode route = answer.at("/stats/route");
    return route.path("cluster").asText() + ": " + route.path("reason").asText();
  }

  private static ObjectNode body(String sql) {
    return JSON.createObjectNode().put("statement", sql).put("wait_timeout", "50s");
  }

  private static JsonNode run(String user, String sql) throws Exception {
    return run(user, body(sql));
  }

  private static JsonNode run(String user, ObjectNode body) throws Exception {
    // A busy machine may take longer to start Spark than one request may wait.
    String first = post(user, body).path("statement_id").asText();
    JsonNode answer =
        await()
            .atMost(Duration.ofMinutes(2))
            .until(() -> get(user, STATEMENTS + "/" + first), ServeTest::hasEnded);
    assertThat(answer.at("/status/state").asText()).as(answer.toString()).isEqualTo("SUCCEEDED");
    return answer;
  }

  private static boolean hasEnded(JsonNode answer) {
    return !List.of("PENDING", "RUNNING").contains(answer.at("/status/state").asText());
  }

  private static JsonNode post(String user, ObjectNode body, String... headers) throws Exception {
    return JSON.readTree(send("POST", user, STATEMENTS, body.toString(), headers).body());
  }

  private static JsonNode get(String user, String path) throws Exception {
    return JSON.readTree(send("GET", user, path, "").body());
  }

  private static HttpResponse<String> send(
      String method, String user, String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + serve.httpPort() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Connection flight(String user, String more) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:arrow-flight-sql://localhost:%d/?useEncryption=true&tlsRootCerts=%s&user=%s&password=%s%s"
            .formatted(serve.grpcPort(), serve.certificates().authority(), user, user, more));
  }

  private static Connection thin(String user, String cluster) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("cluster", cluster);
    return DriverManager.getConnection(
        "jdbc:avatica:remote:url=https://localhost:%d/avatica;serialization=protobuf;%s;authentication=BASIC;avatica_user=%s;avatica_password=%s"
            .formatted(
                serve.httpPort(),
                "truststore=" + serve.certificates().trustStore() + ";truststore_password=changeit",
                user,
                user),
        properties);
  }

  private static String trust() {
    return ";ssl=true;sslTrustStore="
        + serve.certificates().trustStore()
        + ";trustStorePassword=changeit";
  }

  private static HttpClient trusting() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(serve.certificates().trustStore())) {
      store.load(in, "changeit".toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).build();
  }
}
