package io.sluice.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OpenApiDocumentTest {

  private static final String WORDS =
      """
      {"openapi": "3.1.0",
       "variables": {"id": {"description": "Its id.", "schema": {"type": "string"}}},
       "operations": {"GET /things/{id}": {"summary": "A thing",
                                           "parameters": [{"name": "q", "in": "query"}]},
                      "POST /things": {"summary": "Make one"}},
       "components": {"schemas": {"Make": {"type": "object",
                                           "properties": {"b": {"type": "string"},
                                                          "a": {"type": "integer"}}}}}}
      """;

  private static final Route ONE = route(HttpMethod.GET, "/things/{id}");
  private static final Route MAKE = Route.open(HttpMethod.POST, "/things", call -> never());
  private static final Map<String, List<String>> FIELDS = Map.of("Make", List.of("a", "b"));

  @Test
  void pathsAndRequestsAreThoseOfTheCode() throws Exception {
    JsonNode document = make(List.of(ONE, MAKE), FIELDS);
    assertThat(document.path("paths").toString())
        .isEqualTo(
            "{\"/things/{id}\":{\"get\":{\"summary\":\"A thing\",\"parameters\":["
                + "{\"name\":\"id\",\"in\":\"path\",\"required\":true,"
                + "\"description\":\"Its id.\",\"schema\":{\"type\":\"string\"}},"
                + "{\"name\":\"q\",\"in\":\"query\"}]}},"
                + "\"/things\":{\"post\":{\"summary\":\"Make one\",\"security\":[]}}}");
    assertThat(document.path("components").path("schemas").path("Make").toString())
        .isEqualTo(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},"
                + "\"b\":{\"type\":\"string\"}},\"additionalProperties\":false}");
  }

  @Test
  void whatIsServedWithoutWordsAndWordsOfWhatIsNotServedAreRefused() {
    assertThatThrownBy(
            () -> make(List.of(ONE, MAKE, route(HttpMethod.DELETE, "/things/{id}")), FIELDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("operations are [DELETE /things/{id}");
    assertThatThrownBy(() -> make(List.of(ONE), FIELDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("words for [GET /things/{id}, POST /things]");
    assertThatThrownBy(() -> make(List.of(ONE, MAKE), Map.of("Make", List.of("a", "b", "c"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("fields of Make are [a, b, c]");
    assertThatThrownBy(() -> make(List.of(ONE, MAKE), Map.of("Make", List.of("a"))))
        .isInstanceOf(IllegalStateException.class);
  }

  private static JsonNode make(List<Route> routes, Map<String, List<String>> requests)
      throws Exception {
    return new OpenApiDocument(new ObjectMapper().readTree(WORDS)).of(routes, requests);
  }

  private static Route route(HttpMethod method, String template) {
    return Route.of(method, template, call -> never());
  }

  private static <T> CompletableFuture<T> never() {
    return new CompletableFuture<>();
  }
}
