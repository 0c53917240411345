package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.RestClient.STATEMENTS;
import static io.sluice.gateway.endtoend.RestClient.data;
import static io.sluice.gateway.endtoend.RestClient.message;
import static io.sluice.gateway.endtoend.RestClient.path;
import static io.sluice.gateway.endtoend.RestClient.state;
import static io.sluice.gateway.endtoend.RestClient.statement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.gateway.metrics.Scrape;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.Test;

/** The statements API over the real gateway and Spark. */
class StatementsApiTest {

  private static final String ENDLESS =
      "select count(*) from range(0, 100000000) a, range(0, 100000) b where a.id % 7 = b.id % 11";

  private final GatewayFixture gateway = GatewayFixture.shared();
  private final RestClient admin = client("admin");
  private final RestClient analyst = client("analyst");
  private final RestClient intern = client("intern");

  private RestClient client(String user) {
    return new RestClient(gateway.httpPort(), user);
  }

  @Test
  void aStatementThatEndsInTimeComesWithItsRows() throws Exception {
    JsonNode answer =
        admin.execute("select n_nationkey, n_name, null as nothing from nation order by 1 limit 2");
    assertThat(state(answer)).isEqualTo("SUCCEEDED");
    JsonNode manifest = answer.path("manifest");
    assertThat(manifest.path("format").asText()).isEqualTo("JSON_ARRAY");
    assertThat(manifest.path("schema").path("column_count").asInt()).isEqualTo(3);
    assertThat(manifest.path("schema").path("columns").toString())
        .startsWith(
            "[{\"name\":\"n_nationkey\",\"type_text\":\"BIGINT\",\"type_name\":\"LONG\","
                + "\"position\":0},{\"name\":\"n_name\",\"type_text\":\"STRING\","
                + "\"type_name\":\"STRING\",\"position\":1}");
    assertThat(manifest.path("total_row_count").asInt()).isEqualTo(2);
    assertThat(manifest.path("total_chunk_count").asInt()).isEqualTo(1);
    assertThat(manifest.path("truncated").booleanValue()).isFalse();
    assertThat(data(answer.path("result").path("data_array")))
        .containsExactly(
            Arrays.asList("0", "ALGERIA", null), Arrays.asList("1", "ARGENTINA", null));
    JsonNode stats = answer.path("stats");
    assertThat(stats.path("received_at").asText()).contains("T");
    assertThat(stats.path("running_ms").asLong()).isPositive();
    assertThat(stats.path("total_ms").asLong())
        .isGreaterThanOrEqualTo(stats.path("running_ms").asLong());
    assertThat(admin.get(path(answer)).path("result")).isEqualTo(answer.path("result"));
  }

  @Test
  void whatTwoDoorsWereAskedIsInTheMetrics() throws Exception {
    // What other tests have left behind would be counted too.
    await().untilAsserted(() -> assertThat(metrics().sum("sluice_open_statements")).isZero());
    Scrape before = metrics();
    assertThat(admin.rows("select n_name from nation")).hasSize(25);
    assertThat(state(intern.execute("select * from orders"))).isEqualTo("FAILED");
    assertThat(state(admin.execute("show tables in tpch"))).isEqualTo("SUCCEEDED");
    try (Connection connection = gateway.connect("analyst")) {
      assertThat(Rows.query(connection, "select r_name from region")).hasSize(5);
      assertThat(metrics().sum("sluice_sessions", "door", "flight"))
          .isGreaterThan(before.sum("sluice_sessions", "door", "flight"));
    }
    // A client knows of an ending a moment before it is counted.
    await()
        .untilAsserted(
            () -> {
              Scrape after = metrics();
              for (String[] one :
                  List.of(
                      new String[] {"rest", "query", "FINISHED", "local"},
                      new String[] {"rest", "unknown", "PERMISSION_DENIED", ""},
                      new String[] {"rest", "gateway", "FINISHED", ""},
                      new String[] {"flight", "query", "FINISHED", "local"})) {
                String[] labels = {
                  "door", one[0], "kind", one[1], "outcome", one[2], "cluster", one[3]
                };
                assertThat(after.sum("sluice_statements_total", labels))
                    .as(String.join(" ", one))
                    .isEqualTo(before.sum("sluice_statements_total", labels) + 1);
              }
              for (String seconds :
                  List.of(
                      "sluice_statement_queue_seconds",
                      "sluice_statement_first_row_seconds",
                      "sluice_statement_seconds")) {
                assertThat(after.sum(seconds, "cluster", "local"))
                    .as(seconds)
                    .isEqualTo(before.sum(seconds, "cluster", "local") + 2);
              }
              assertThat(after.sum("sluice_result_rows_total", "cluster", "local"))
                  .isEqualTo(before.sum("sluice_result_rows_total", "cluster", "local") + 30);
            });
    Scrape after = metrics();
    assertThat(after.sum("sluice_analysis_cpu_seconds"))
        .isGreaterThanOrEqualTo(before.sum("sluice_analysis_cpu_seconds") + 4);
    assertThat(after.sum("sluice_replica_start_seconds", "cluster", "local")).isPositive();
    assertThat(after.sum("sluice_scaling_decisions_total", "action", "start")).isPositive();
    assertThat(after.sum("sluice_cluster_replicas", "cluster", "local", "state", "ready"))
        .isEqualTo(1);
    assertThat(after.sum("sluice_connections", "port", "http")).isPositive();
    assertThat(after.sum("sluice_catalog_requests_total", "catalog", "lake")).isPositive();
    assertThat(after.sum("sluice_policy_age_seconds")).isLessThan(30);
    assertThat(after.sum("jvm_buffer_pool_used_bytes", "pool", "direct")).isPositive();
    assertThat(after.sum("jvm_memory_used_bytes", "area", "heap")).isPositive();
    assertThat(after.sum("jvm_gc_collection_seconds")).isNotNegative();
  }

  @Test
  void metricsAreForAdministratorsAlone() throws Exception {
    assertThat(analyst.send("GET", "/metrics", "", true).statusCode()).isEqualTo(403);
    assertThat(admin.send("GET", "/metrics", "", false).statusCode()).isEqualTo(401);
  }

  private Scrape metrics() throws Exception {
    HttpResponse<String> answer = admin.send("GET", "/metrics", "", true);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain("analyst", "nation");
    return new Scrape(answer.body());
  }

  @Test
  void aRefusedStatementHasFailedWithoutAResult() throws Exception {
    JsonNode denied = analyst.execute("select c_address from customer");
    assertThat(state(denied)).isEqualTo("FAILED");
    assertThat(message(denied)).contains(denied.path("statement_id").asText());
    assertThat(denied.path("status").path("sql_state").asText()).isEqualTo("42501");
    assertThat(denied.path("status").path("error").path("error_code").asText())
        .isEqualTo("BAD_REQUEST");
    assertThat(denied.has("result")).isFalse();
  }

  @Test
  void catalogAndSchemaAreTheStatementsOwn() throws Exception {
    assertThat(
            admin.rows(
                statement("select count(*) from nation")
                    .put("catalog", "lake")
                    .put("schema", "tpch")))
        .containsExactly(List.of("25"));
    assertThat(message(admin.execute(statement("select 1").put("schema", "missing"))))
        .contains("SCHEMA_NOT_FOUND");
    assertThat(message(admin.execute(statement("select 1").put("catalog", "missing"))))
        .contains("missing");
    assertThat(
            admin.rows(
                statement("select current_catalog(), current_schema()").put("schema", "tpch")))
        .containsExactly(List.of("lake", "tpch"));
  }

  @Test
  void parametersHaveNamesOrPlacesAndTypes() throws Exception {
    ObjectNode named =
        statement(
            "select n_name, :price, :day, :moment, :truth, :nothing from nation"
                + " where n_nationkey = :key");
    parameter(named, "key", "3", "BIGINT");
    parameter(named, "price", "12.50", "DECIMAL(10,2)");
    parameter(named, "day", "2024-02-29", "DATE");
    parameter(named, "moment", "2024-02-29 12:30:00", "TIMESTAMP");
    parameter(named, "truth", "true", "BOOLEAN");
    parameter(named, "nothing", null, "INT");
    assertThat(admin.rows(named))
        .containsExactly(
            Arrays.asList("CANADA", "12.50", "2024-02-29", "2024-02-29 12:30:00", "true", null));
    ObjectNode positional = statement("select ? || ?");
    parameter(positional, null, "o'", null);
    parameter(positional, null, "`x`", "STRING");
    assertThat(admin.rows(positional)).containsExactly(List.of("o'`x`"));
    ObjectNode tooFew = statement("select ?, ?");
    parameter(tooFew, null, "1", "INT");
    assertThat(message(admin.execute(tooFew))).contains("[PARAMETER_MISMATCH]");
  }

  private static void parameter(ObjectNode body, String name, String value, String type) {
    ObjectNode parameter = body.withArray("parameters").addObject();
    if (name != null) {
      parameter.put("name", name);
    }
    if (value != null) {
      parameter.put("value", value);
    }
    if (type != null) {
      parameter.put("type", type);
    }
  }

  @Test
  void whatHasNoRowsHasNoChunks() throws Exception {
    JsonNode none = admin.execute("select * from nation where n_nationkey < 0");
    assertThat(none.path("manifest").path("total_row_count").asInt()).isZero();
    assertThat(none.path("result").path("data_array").toString()).isEqualTo("[]");
    JsonNode use = admin.execute("use tpch");
    assertThat(state(use)).isEqualTo("SUCCEEDED");
    assertThat(use.path("manifest").path("total_chunk_count").asInt()).isZero();
    assertThat(use.path("result").isEmpty()).isTrue();
  }

  @Test
  void limitsTruncateAndSayThatTheyDid() throws Exception {
    JsonNode rows = admin.execute(statement("select * from orders").put("row_limit", 10));
    assertThat(rows.path("manifest").path("truncated").booleanValue()).isTrue();
    assertThat(data(rows.path("result").path("data_array"))).hasSize(10);
    JsonNode exact = admin.execute(statement("select * from nation").put("row_limit", 25));
    assertThat(exact.path("manifest").path("truncated").booleanValue()).isFalse();
    JsonNode bytes = admin.execute(statement("select * from nation").put("byte_limit", 500));
    assertThat(bytes.path("manifest").path("truncated").booleanValue()).isTrue();
    assertThat(bytes.path("manifest").path("total_row_count").asInt()).isBetween(1, 24);
    JsonNode arrow =
        admin.execute(external("select * from orders", "ARROW_STREAM").put("row_limit", 7));
    assertThat(arrow.path("manifest").path("truncated").booleanValue()).isTrue();
    assertThat(arrowRows(admin.fetch(link(arrow)).body())).isEqualTo(7);
    await().until(() -> gateway.runningStatements() == 0);
  }

  @Test
  void aLongResultComesInChunksInAnyOrder() throws Exception {
    JsonNode answer = admin.execute(external("select * from lineitem", "JSON_ARRAY"));
    int chunks = answer.path("manifest").path("total_chunk_count").intValue();
    assertThat(chunks).isGreaterThan(1);
    assertThat(answer.path("manifest").path("total_row_count").intValue()).isEqualTo(60_175);
    assertThat(
            answer.path("result").path("external_links").get(0).path("next_chunk_index").intValue())
        .isEqualTo(1);
    long rows = 0;
    for (int chunk = chunks - 1; chunk >= 0; chunk--) {
      JsonNode one = admin.chunk(answer, chunk).path("external_links").get(0);
      HttpResponse<byte[]> body = admin.fetch(one.path("external_link").asText());
      assertThat(body.body().length).isEqualTo(one.path("byte_count").asInt());
      JsonNode data = new com.fasterxml.jackson.databind.ObjectMapper().readTree(body.body());
      assertThat(data.size()).isEqualTo(one.path("row_count").asInt());
      assertThat(rows + one.path("row_offset").asLong() + data.size()).isEqualTo(60_175);
      rows += data.size();
    }
    assertThat(rows).isEqualTo(60_175);
    HttpResponse<String> beyond =
        admin.send("GET", path(answer) + "/result/chunks/" + chunks, "", true);
    assertThat(beyond.statusCode()).isEqualTo(400);
    assertThat(beyond.body()).contains("there is no chunk " + chunks);
  }

  @Test
  void anInlineResultMayHaveSeveralChunksButNotBeTooLong() throws Exception {
    assertThat(admin.rows("select * from orders").stream().distinct()).hasSize(15_000);
    JsonNode tooLong = admin.execute("select a.* from lineitem a, range(3)");
    assertThat(state(tooLong)).isEqualTo("FAILED");
    assertThat(message(tooLong)).contains("[RESULT_TOO_LARGE]").contains("EXTERNAL_LINKS");
    await().until(() -> gateway.runningStatements() == 0);
  }

  @Test
  void arrowAndCsvComeByLinks() throws Exception {
    JsonNode arrow = admin.execute(external("select * from lineitem", "ARROW_STREAM"));
    long rows = 0;
    int chunks = arrow.path("manifest").path("total_chunk_count").intValue();
    for (int chunk = 0; chunk < chunks; chunk++) {
      HttpResponse<byte[]> body = admin.fetch(link(admin.chunk(arrow, chunk)));
      assertThat(body.headers().firstValue("content-type"))
          .contains("application/vnd.apache.arrow.stream");
      rows += arrowRows(body.body());
    }
    assertThat(rows).isEqualTo(60_175);
    JsonNode csv =
        admin.execute(
            external(
                "select 'a,\"b\"' as `x,y`, cast(null as int) as n, 'null' as s union all"
                    + " select '', 2, 'z'",
                "CSV"));
    assertThat(new String(admin.fetch(link(csv)).body(), StandardCharsets.UTF_8))
        .startsWith("\"x,y\",n,s\n")
        .contains("\"a,\"\"b\"\"\",null,\"null\"\n")
        .contains("\"\",2,z\n");
  }

  @Test
  void aLinkIsSignedForOneChunkOfOneStatement() throws Exception {
    JsonNode answer = admin.execute(external("select * from nation", "CSV"));
    String link = link(answer);
    assertThat(admin.fetch(link).statusCode()).isEqualTo(200);
    char last = link.charAt(link.length() - 5);
    String forged =
        link.substring(0, link.length() - 5)
            + (last == 'A' ? 'B' : 'A')
            + link.substring(link.length() - 4);
    HttpResponse<byte[]> refused = admin.fetch(forged);
    assertThat(refused.statusCode()).isEqualTo(404);
    assertThat(new String(refused.body(), StandardCharsets.UTF_8)).contains("[INVALID_HANDLE]");
    assertThat(admin.send("DELETE", path(answer), "", true).statusCode()).isEqualTo(200);
    assertThat(state(admin.get(path(answer)))).isEqualTo("CLOSED");
    assertThat(admin.fetch(link).statusCode()).isEqualTo(404);
    assertThat(admin.send("GET", path(answer) + "/result/chunks/0", "", true).statusCode())
        .isEqualTo(404);
  }

  @Test
  void anotherPrincipalsStatementIsNotThere() throws Exception {
    JsonNode answer = admin.execute("select c_address from customer");
    for (String path :
        List.of(
            path(answer),
            path(answer) + "/result/chunks/0",
            STATEMENTS + "/" + UUID.randomUUID())) {
      HttpResponse<String> refused = analyst.send("GET", path, "", true);
      assertThat(refused.statusCode()).isEqualTo(404);
      assertThat(refused.body()).contains("There is no such statement of yours");
    }
    assertThat(analyst.post(path(answer) + "/cancel", "").statusCode()).isEqualTo(404);
    assertThat(analyst.send("DELETE", path(answer), "", true).statusCode()).isEqualTo(404);
    assertThat(state(admin.get(path(answer)))).isEqualTo("SUCCEEDED");
    assertThat(admin.send("GET", path(answer), "", false).statusCode()).isEqualTo(401);
  }

  @Test
  void aLongStatementIsPolledAndCancelled() throws Exception {
    JsonNode begun = admin.execute(statement(ENDLESS).put("wait_timeout", "0s"));
    assertThat(state(begun)).isIn("PENDING", "RUNNING");
    await().until(() -> state(admin.get(path(begun))).equals("RUNNING"));
    gateway.awaitBusySpark();
    assertThat(admin.post(path(begun) + "/cancel", "").statusCode()).isEqualTo(200);
    await().until(() -> state(admin.get(path(begun))).equals("CANCELED"));
    gateway.awaitIdleSpark();
    assertThat(gateway.runningStatements()).isZero();
  }

  @Test
  void aWaitThatIsOverMayCancel() throws Exception {
    JsonNode ended =
        admin.execute(
            statement(ENDLESS).put("wait_timeout", "5s").put("on_wait_timeout", "CANCEL"));
    assertThat(state(ended)).isEqualTo("CANCELED");
    gateway.awaitIdleSpark();
  }

  @Test
  void aClientThatGoesAwayBeforeItKnowsTheIdEndsTheStatement() throws Exception {
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    CompletableFuture<HttpResponse<String>> waiting =
        http.sendAsync(
            admin.request("POST", STATEMENTS, statement(ENDLESS).toString(), true),
            HttpResponse.BodyHandlers.ofString());
    gateway.awaitBusySpark();
    waiting.cancel(true);
    await().atMost(Duration.ofSeconds(20)).until(() -> gateway.runningStatements() == 0);
    gateway.awaitIdleSpark();
  }

  @Test
  void theSameKeyIsTheSameStatement() throws Exception {
    ObjectNode body =
        statement("select uuid()").put("idempotency_key", "once").put("wait_timeout", "30s");
    JsonNode first = admin.execute(body);
    JsonNode again = admin.execute(body.put("wait_timeout", "10s"));
    assertThat(again.path("statement_id")).isEqualTo(first.path("statement_id"));
    assertThat(again.path("result")).isEqualTo(first.path("result"));
    HttpResponse<String> other =
        admin.post(STATEMENTS, statement("select 2").put("idempotency_key", "once").toString());
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(other.body()).contains("RESOURCE_CONFLICT").contains("idempotency_key");
    assertThat(analyst.execute(body).path("statement_id")).isNotEqualTo(first.path("statement_id"));
  }

  @Test
  void whatIsNoRequestIsToldInOneSentenceAndDoesNoHarm() throws Exception {
    assertRefused("{\"statement\": ", 400, "The body is not JSON");
    assertRefused("[1]", 400, "not a JSON object");
    assertRefused("{}", 400, "'statement'");
    assertRefused("{\"statement\":\"select 1\",\"rowlimit\":1}", 400, "no field 'rowlimit'");
    assertRefused("{\"statement\":\"select 1\",\"row_limit\":0}", 400, "above zero");
    assertRefused(
        "{\"statement\":\"select 1\",\"wait_timeout\":\"3s\"}", 400, "between 5s and 50s");
    assertRefused("{\"statement\":\"select 1\",\"format\":\"CSV\"}", 400, "EXTERNAL_LINKS");
    assertRefused("{\"statement\":\"select 1\",\"statement\":\"select 2\"}", 400, "not JSON");
    assertRefused("{\"statement\":" + "[".repeat(100_000), 400, "nests at most 20 deep");
    assertRefused(
        "{\"statement\":\"" + "x".repeat(5 << 20) + "\"}", 413, "longer than the 4096 KiB");
    assertThat(admin.rows("select 1")).containsExactly(List.of("1"));
  }

  private void assertRefused(String body, int status, String text) throws Exception {
    HttpResponse<String> answer = admin.post(STATEMENTS, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(text).contains("error_code").doesNotContain("Exception");
  }

  @Test
  void aKeptResultIsAuthorizedAnewWhenPoliciesChange() throws Exception {
    String sql = "select n_name from nation order by 1";
    JsonNode kept = analyst.execute(external(sql, "CSV"));
    JsonNode otherwise = analyst.execute(external("select r_name from region", "CSV"));
    String of = Policy.users("analyst");
    try (ChangedPolicies policies = ChangedPolicies.in(gateway)) {
      policies.apply(
          Policy.allow("tpch.nation.*", of),
          Policy.allow("tpch.region.*", of),
          Policy.filter("tpch.region", of, "r_regionkey = 1"));
      assertThat(new String(analyst.fetch(link(kept)).body(), StandardCharsets.UTF_8))
          .contains("ALGERIA");
      HttpResponse<byte[]> filtered = analyst.fetch(link(otherwise));
      assertThat(filtered.statusCode()).isEqualTo(403);
      assertThat(new String(filtered.body(), StandardCharsets.UTF_8))
          .contains("The policies changed")
          .doesNotContain("EUROPE", "r_regionkey");
      policies.apply(Policy.allow("tpch.region.*", of));
      assertThat(analyst.fetch(link(kept)).statusCode()).isEqualTo(403);
      assertThat(analyst.send("GET", path(kept), "", true).body()).contains("PERMISSION_DENIED");
    }
    assertThat(analyst.fetch(link(kept)).statusCode()).isEqualTo(403);
    assertThat(state(analyst.execute(external(sql, "CSV")))).isEqualTo("SUCCEEDED");
  }

  @Test
  void pathsDoNotLeadElsewhere() throws Exception {
    for (String path :
        List.of(
            "/api/2.0/sql/statements/../../../../etc/passwd",
            "/api/2.0/sql/statements/..%2f..%2fsigning.key",
            "/api/2.0/sql/results/..%2f..%2fsigning.key",
            "/api/2.0/sql/results/",
            "/api/2.0/sql/statements/x/result/chunks/-1",
            "/api/2.0/sql/statements/%00",
            "/api/2.0/sql/other")) {
      String answer = raw(path);
      assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("root:");
    }
    assertThat(admin.rows("select 1")).containsExactly(List.of("1"));
  }

  private String raw(String path) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", gateway.httpPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + path
                      + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      + "Authorization: Basic YWRtaW46YWRtaW4=\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void nothingOfAResultCanBeReadOnDisk() throws Exception {
    String secret = "planted-" + UUID.randomUUID();
    JsonNode answer =
        admin.execute(external("select '" + secret + "' as s from range(10000)", "CSV"));
    assertThat(new String(admin.fetch(link(answer)).body(), StandardCharsets.UTF_8))
        .contains(secret);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(gateway.demo().warehouse().resolveSibling("results"))) {
      all.forEach(files::add);
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
          .doesNotContain(secret)
          .doesNotContain("planted");
    }
  }

  @Test
  void aDryRunTellsRelationsColumnsAndRestrictionsAndRunsNothing() throws Exception {
    ObjectNode body =
        statement("select o_orderkey, o_totalprice from orders where o_orderkey = :key");
    body.remove("wait_timeout");
    JsonNode run = dryRun(analyst, body);
    assertThat(run.path("returns_rows").booleanValue()).isTrue();
    assertThat(run.path("schema").path("columns").findValuesAsText("type_text"))
        .containsExactly("BIGINT", "DECIMAL(15,2)");
    assertThat(run.path("parameters").toString())
        .isEqualTo("[{\"name\":\"key\",\"type\":\"bigint\"}]");
    assertThat(run.path("relations").toString())
        .isEqualTo("[{\"table\":\"lake.tpch.orders\",\"restricted\":true}]");
    ObjectNode drop = statement("drop table nation");
    drop.remove("wait_timeout");
    assertThat(dryRun(admin, drop).path("returns_rows").booleanValue()).isFalse();
    assertThat(admin.rows("select count(*) from nation")).containsExactly(List.of("25"));
    HttpResponse<String> refused = intern.post(STATEMENTS + ":dryRun", body.toString());
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("PERMISSION_DENIED").contains("[tpch/orders]");
  }

  private static JsonNode dryRun(RestClient client, ObjectNode body) throws Exception {
    HttpResponse<String> answer = client.post(STATEMENTS + ":dryRun", body.toString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new com.fasterxml.jackson.databind.ObjectMapper().readTree(answer.body());
  }

  @Test
  void theCatalogTreeAndCompletionShowWhatMayBeRead() throws Exception {
    String tables = "/api/2.0/sql/catalogs/lake/schemas/tpch/tables";
    assertThat(admin.get("/api/2.0/sql/catalogs").path("catalogs").findValuesAsText("name"))
        .containsExactly("lake");
    assertThat(intern.get(tables).path("tables").findValuesAsText("name"))
        .containsExactly("nation", "region");
    assertThat(analyst.get(tables + "/customer").path("columns").findValuesAsText("name"))
        .contains("c_phone")
        .doesNotContain("c_address");
    assertThat(intern.send("GET", tables + "/customer", "", true).statusCode()).isEqualTo(404);
    assertThat(intern.send("GET", tables + "/missing", "", true).statusCode()).isEqualTo(404);
    HttpResponse<String> completed =
        analyst.post(
            "/api/2.0/sql/completions",
            "{\"statement\":\"select c_a from customer\",\"position\":10}");
    assertThat(completed.body()).contains("c_acctbal").doesNotContain("c_address");
    assertThat(intern.post("/api/2.0/sql/completions", "{\"statement\":\"select * from \"}").body())
        .contains("nation")
        .doesNotContain("customer");
  }

  @Test
  void theHistoryIsTheCallersOwn() throws Exception {
    JsonNode mine = intern.execute("select 'history of the intern'");
    assertThat(intern.get(STATEMENTS).path("statements").get(0).path("statement").asText())
        .isEqualTo("select 'history of the intern'");
    assertThat(
            analyst
                .get(STATEMENTS + "?max_results=1000")
                .path("statements")
                .findValuesAsText("statement_id"))
        .doesNotContain(mine.path("statement_id").asText());
    assertThat(intern.send("GET", STATEMENTS + "?max_results=0", "", true).statusCode())
        .isEqualTo(400);
  }

  @Test
  void eventsTellARunToItsEnd() throws Exception {
    JsonNode begun =
        admin.execute(statement("select count(*) from lineitem").put("wait_timeout", "0s"));
    String events = admin.send("GET", path(begun) + "/events", "", true).body();
    assertThat(events).startsWith("event: status\ndata: {").contains("SUCCEEDED");
  }

  private static ObjectNode external(String sql, String format) {
    return statement(sql).put("disposition", "EXTERNAL_LINKS").put("format", format);
  }

  private static String link(JsonNode answer) {
    JsonNode result = answer.has("result") ? answer.path("result") : answer;
    return result.path("external_links").get(0).path("external_link").asText();
  }

  private static long arrowRows(byte[] stream) throws Exception {
    long rows = 0;
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader =
            new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      assertThat(reader.bytesRead()).isEqualTo(stream.length);
    }
    return rows;
  }
}
