package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the API's description from what is served: its paths, their variables, which need no login,
 * and the fields of requests. What the code does not say comes from a file of words, which must
 * have neither more nor less than is served.
 */
final class OpenApiDocument {

  private final JsonNode words;

  /**
   * @param words by "GET /path" under {@code operations}, by name under {@code variables}, and the
   *     schemas under {@code components}
   */
  OpenApiDocument(JsonNode words) {
    this.words = words;
  }

  /**
   * Returns the description.
   *
   * @param requests the fields that are read of each schema of requests, in their order
   * @throws IllegalStateException if words are missing, or are of what is not served
   */
  ObjectNode of(Collection<Route> routes, Map<String, List<String>> requests) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    for (String part : List.of("openapi", "info", "security")) {
      document.set(part, words.path(part));
    }
    document.set("paths", paths(routes));
    ObjectNode components = words.path("components").deepCopy();
    requests.forEach(
        (schema, fields) -> take(components.path("schemas").path(schema), schema, fields));
    document.set("components", components);
    return document;
  }

  private ObjectNode paths(Collection<Route> routes) {
    ObjectNode paths = JsonNodeFactory.instance.objectNode();
    List<String> operations = new ArrayList<>();
    Set<String> variables = new TreeSet<>();
    for (Route route : routes) {
      operations.add(route.method() + " " + route.template());
      variables.addAll(route.variables());
    }
    compare("operations", words.path("operations"), operations);
    compare("variables", words.path("variables"), variables);
    for (Route route : routes) {
      ObjectNode path =
          paths.get(route.template()) instanceof ObjectNode known
              ? known
              : paths.putObject(route.template());
      path.set(route.method().name().toLowerCase(Locale.ROOT), operation(route));
    }
    return paths;
  }

  private ObjectNode operation(Route route) {
    ObjectNode operation =
        words.path("operations").path(route.method() + " " + route.template()).deepCopy();
    ArrayNode parameters = JsonNodeFactory.instance.arrayNode();
    for (String variable : route.variables()) {
      ObjectNode parameter = parameters.addObject();
      parameter.put("name", variable).put("in", "path").put("required", true);
      parameter.setAll((ObjectNode) words.path("variables").path(variable));
    }
    operation.path("parameters").forEach(parameters::add);
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    if (route.open()) {
      operation.putArray("security");
    }
    return operation;
  }

  private static void take(JsonNode schema, String name, List<String> fields) {
    compare("fields of " + name, schema.path("properties"), fields);
    ObjectNode request = (ObjectNode) schema;
    ObjectNode properties = JsonNodeFactory.instance.objectNode();
    fields.forEach(field -> properties.set(field, schema.path("properties").path(field)));
    request.set("properties", properties);
    request.put("additionalProperties", false);
  }

  private static void compare(String what, JsonNode words, Collection<String> served) {
    Set<String> described = new TreeSet<>();
    words.fieldNames().forEachRemaining(described::add);
    Set<String> known = new TreeSet<>(served);
    if (!described.equals(known)) {
      throw new IllegalStateException(
          "The API's %s are %s, and its description has words for %s"
              .formatted(what, known, described));
    }
  }
}
