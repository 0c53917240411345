package io.sluice.gateway.rest;

import static io.sluice.gateway.rest.RestFixture.path;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.gateway.statement.Journal;
import io.sluice.gateway.statement.QueuePlace;
import io.sluice.gateway.statement.StatementRoute;
import io.sluice.model.StatementState;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description that is given says what is served: every path and field, and no other. */
class OpenApiTest {

  private static final String SQL = "/api/2.0/sql/";

  @TempDir Path folder;
  private RestFixture rest;
  private JsonNode document;

  /** Every property of a schema that an answer had, as {@code Schema.property}. */
  private final Set<String> seen = new HashSet<>();

  @BeforeEach
  void open() throws Exception {
    rest = new RestFixture(folder, 200 << 20);
    document = rest.get("/api/openapi.json");
  }

  @AfterEach
  void close() {
    rest.close();
  }

  @Test
  void everyPathIsServedAndEveryServedPathIsThere() {
    Set<String> described = new TreeSet<>();
    document
        .path("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fields()
                    .forEachRemaining(
                        operation -> {
                          boolean open = operation.getValue().path("security").isArray();
                          described.add(
                              operation.getKey().toUpperCase(Locale.ROOT)
                                  + " "
                                  + path.getKey()
                                  + (open ? " open" : ""));
                        }));
    Set<String> served = new TreeSet<>();
    for (Route route : rest.api.routes()) {
      served.add(route.method() + " " + route.template() + (route.open() ? " open" : ""));
    }
    assertThat(described).isEqualTo(served);
  }

  @Test
  void requestsHaveTheFieldsThatAreRead() {
    assertThat(properties("ExecuteStatement"))
        .containsExactlyInAnyOrderElementsOf(RequestReader.STATEMENT_FIELDS);
    assertThat(properties("DryRunStatement")).containsExactlyInAnyOrderElementsOf(DryRun.FIELDS);
    assertThat(properties("CompleteStatement"))
        .containsExactlyInAnyOrderElementsOf(CompletionCalls.FIELDS);
    assertThat(properties("QueryTag")).containsExactlyInAnyOrderElementsOf(QueryTags.FIELDS);
    assertThat(properties("Parameter")).containsExactlyInAnyOrderElementsOf(ParameterReader.FIELDS);
  }

  @Test
  void answersHaveTheFieldsThatAreDescribed() throws Exception {
    rest.now = rest.now.plusSeconds(1);
    JsonNode inline = rest.execute("{\"statement\":\"types\"}");
    check("Statement", inline);
    check("Statement", rest.execute("{\"statement\":\"refused\"}"));
    rest.statements.place =
        Optional.of(new QueuePlace(1, Optional.of(Duration.ofSeconds(1)), "Spark is starting"));
    check("Statement", rest.execute("{\"statement\":\"none\"}"));
    rest.statements.place = Optional.empty();
    JsonNode links =
        rest.execute(
            "{\"statement\":\"rows 1400000 in batches of 700000\","
                + "\"wait_timeout\":\"50s\",\"disposition\":\"EXTERNAL_LINKS\",\"format\":\"CSV\"}");
    check("Statement", links);
    check("Result", rest.get(path(links) + "/result/chunks/1"));
    check("Result", rest.get(path(inline) + "/result/chunks/0"));
    rest.statements.route = Optional.of(new StatementRoute("bi", "rule dashboards"));
    JsonNode routed = rest.execute("{\"statement\":\"none\"}");
    assertThat(routed.path("stats").path("route").path("reason").asText())
        .isEqualTo("rule dashboards");
    check("Statement", routed);
    rest.statements.route = Optional.empty();
    JsonNode inlineChunks =
        rest.execute(
            "{\"statement\":\"rows 1000000 in batches of 500000\",\"wait_timeout\":\"50s\"}");
    check("Result", rest.get(path(inlineChunks) + "/result/chunks/0"));
    check("Error", new ObjectMapper().readTree(rest.send("GET", SQL + "statements/x", "").body()));
    check("DryRun", post("statements:dryRun", "{\"statement\":\"rows 1\"}"));
    check("Catalogs", rest.get(SQL + "catalogs"));
    check("Schemas", rest.get(SQL + "catalogs/lake/schemas"));
    check("Tables", rest.get(SQL + "catalogs/lake/schemas/tpch/tables"));
    check("Table", rest.get(SQL + "catalogs/lake/schemas/tpch/tables/odd%20name"));
    check("Completions", post("completions", "{\"statement\":\"select * from \"}"));
    // The last of them: the fixture keeps four statements of a user.
    rest.history =
        List.of(
            new Journal.Entry(
                UUID.fromString(inlineChunks.path("statement_id").asText()),
                UUID.randomUUID(),
                "ann",
                StatementState.FAILED,
                rest.now,
                rest.now,
                "",
                "QUEUE_FULL",
                "bi",
                List.of("team=bi", "nightly")),
            new Journal.Entry(
                UUID.randomUUID(),
                UUID.randomUUID(),
                "bob",
                StatementState.FAILED,
                rest.now,
                rest.now,
                "",
                "",
                "",
                List.of()));
    JsonNode history = rest.get(SQL + "statements?max_results=5");
    assertThat(history.path("statements")).hasSize(1);
    assertThat(history.path("statements").get(0).path("statement").asText())
        .isEqualTo("rows 1000000 in batches of 500000");
    assertThat(history.path("statements").get(0).path("query_tags").toString())
        .isEqualTo("[{\"key\":\"team\",\"value\":\"bi\"},{\"key\":\"nightly\"}]");
    check("History", history);
    HttpResponse<String> events = rest.send("GET", path(inlineChunks) + "/events", "");
    String data = events.body().lines().filter(line -> line.startsWith("data: ")).findFirst().get();
    check("Event", new ObjectMapper().readTree(data.substring("data: ".length())));

    Set<String> described = new TreeSet<>();
    Set<String> requests =
        Set.of("ExecuteStatement", "DryRunStatement", "CompleteStatement", "Parameter");
    document
        .path("components")
        .path("schemas")
        .fieldNames()
        .forEachRemaining(
            schema -> {
              if (!requests.contains(schema)) {
                properties(schema).forEach(property -> described.add(schema + "." + property));
              }
            });
    assertThat(new TreeSet<>(seen)).isEqualTo(described);
  }

  private JsonNode post(String path, String body) throws Exception {
    return RestFixture.json(rest.send("POST", SQL + path, body));
  }

  private List<String> properties(String schema) {
    List<String> names = new ArrayList<>();
    schema(schema).path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private JsonNode schema(String name) {
    JsonNode schema = document.path("components").path("schemas").path(name);
    assertThat(schema.isObject()).as(name).isTrue();
    return schema;
  }

  /** Compares an object with its schema, and what is in it with theirs. */
  private void check(String name, JsonNode answer) {
    JsonNode schema = schema(name);
    for (JsonNode required : schema.path("required")) {
      assertThat(answer.has(required.asText()))
          .as(name + "." + required + " in " + answer)
          .isTrue();
    }
    for (Iterator<String> fields = answer.fieldNames(); fields.hasNext(); ) {
      String field = fields.next();
      JsonNode property = schema.path("properties").path(field);
      assertThat(property.isMissingNode()).as(name + "." + field).isFalse();
      seen.add(name + "." + field);
      value(name + "." + field, property, answer.path(field));
    }
  }

  private void value(String where, JsonNode schema, JsonNode value) {
    if (schema.has("$ref")) {
      String reference = schema.path("$ref").asText();
      check(reference.substring(reference.lastIndexOf('/') + 1), value);
      return;
    }
    if (schema.has("enum")) {
      List<String> allowed = new ArrayList<>();
      schema.path("enum").forEach(one -> allowed.add(one.asText()));
      assertThat(allowed).as(where).contains(value.asText());
    }
    switch (schema.path("type").asText()) {
      case "string" -> assertThat(value.isTextual()).as(where).isTrue();
      case "integer" -> assertThat(value.isIntegralNumber()).as(where).isTrue();
      case "number" -> assertThat(value.isNumber()).as(where).isTrue();
      case "boolean" -> assertThat(value.isBoolean()).as(where).isTrue();
      case "array" -> {
        assertThat(value.isArray()).as(where).isTrue();
        value.forEach(item -> value(where, schema.path("items"), item));
      }
      default -> assertThat(value.isTextual() || value.isNull()).as(where).isTrue();
    }
  }
}
