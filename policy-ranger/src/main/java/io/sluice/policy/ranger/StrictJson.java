package io.sluice.policy.ranger;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Collectors;

/**
 * Reads Ranger's JSON without its leniency: Ranger's classes say that unknown fields are ignored,
 * so a misspelt {@code denyPolicyItems} would be no deny at all.
 */
final class StrictJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .annotationIntrospector(new NothingIgnored())
          .build();

  private StrictJson() {}

  /** Parses one JSON object; fields that are null are taken out, as if they were not there. */
  static ObjectNode object(byte[] bytes, String file) throws InvalidPolicies {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(bytes);
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
      throw new InvalidPolicies(file + " is not JSON: " + firstLine(e) + where, e);
    } catch (IOException e) {
      throw new InvalidPolicies(file + " cannot be read", e);
    }
    if (!(tree instanceof ObjectNode object)) {
      throw new InvalidPolicies(file + " does not hold a JSON object");
    }
    dropNulls(object);
    return object;
  }

  static <T> T bind(JsonNode tree, Class<T> type, String file) throws InvalidPolicies {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (UnrecognizedPropertyException e) {
      throw new InvalidPolicies(file + ": unknown field " + path(e), e);
    } catch (JsonMappingException e) {
      throw new InvalidPolicies(file + ": " + path(e) + " has a value of the wrong kind", e);
    } catch (JsonProcessingException e) {
      throw new InvalidPolicies(file + ": " + firstLine(e), e);
    }
  }

  private static void dropNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.properties().removeIf(field -> field.getValue().isNull());
    }
    for (Iterator<JsonNode> children = node.elements(); children.hasNext(); ) {
      dropNulls(children.next());
    }
  }

  private static String path(JsonMappingException error) {
    return error.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."))
        .replace(".[", "[");
  }

  private static String firstLine(JsonProcessingException error) {
    String message = String.valueOf(error.getOriginalMessage());
    return message.lines().findFirst().orElse("unreadable");
  }

  private static final class NothingIgnored extends JacksonAnnotationIntrospector {

    private static final long serialVersionUID = 1L;

    @Override
    public JsonIgnoreProperties.Value findPropertyIgnoralByName(
        MapperConfig<?> config, Annotated annotated) {
      return super.findPropertyIgnoralByName(config, annotated).withoutIgnoreUnknown();
    }
  }
}
