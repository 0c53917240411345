package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.gateway.statement.Parameters;
import io.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.connect.proto.Expression.Literal;

/**
 * Reads {@code "parameters": [{"name": "id", "value": "1", "type": "INT"}]}. Those with names are
 * for {@code :name} markers, those without, in their order, for {@code ?}.
 */
final class ParameterReader {

  static final List<String> FIELDS = List.of("name", "value", "type");
  private static final int MOST = 10_000;

  private ParameterReader() {}

  /**
   * Returns the values.
   *
   * @param node missing, null or an array
   * @throws SluiceException {@code INVALID_PARAMETER}
   */
  static Parameters read(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return Parameters.of(List.of());
    }
    if (!node.isArray() || node.size() > MOST) {
      throw RequestReader.invalid(
          "The field 'parameters' is an array of at most " + MOST + " objects.");
    }
    Map<String, Literal> named = new LinkedHashMap<>();
    List<Literal> positional = new ArrayList<>();
    for (JsonNode parameter : node) {
      checkFields(parameter);
      JsonNode name = parameter.path("name");
      Literal value = value(parameter);
      if (name.isMissingNode() || name.isNull()) {
        positional.add(value);
      } else if (!name.isTextual() || name.textValue().isEmpty()) {
        throw RequestReader.invalid("A parameter's name is a string that is not empty.");
      } else if (named.put(name.textValue(), value) != null) {
        throw RequestReader.invalid(
            "The parameter '%s' is there twice.".formatted(RequestReader.shown(name.textValue())));
      }
    }
    if (!named.isEmpty() && !positional.isEmpty()) {
      throw RequestReader.invalid("Either all parameters have names, or none.");
    }
    return new Parameters(positional, named);
  }

  private static void checkFields(JsonNode parameter) {
    if (!parameter.isObject()) {
      throw RequestReader.invalid("A parameter is an object with a name, a value and a type.");
    }
    for (Iterator<String> fields = parameter.fieldNames(); fields.hasNext(); ) {
      String field = fields.next();
      if (!FIELDS.contains(field)) {
        throw RequestReader.invalid(
            "A parameter has no '%s'; it has a name, a value and a type."
                .formatted(RequestReader.shown(field)));
      }
    }
  }

  private static Literal value(JsonNode parameter) {
    JsonNode type = parameter.path("type");
    if (!type.isMissingNode() && !type.isNull() && !type.isTextual()) {
      throw RequestReader.invalid("A parameter's type is a string.");
    }
    String typeName = type.isTextual() ? type.textValue() : "STRING";
    JsonNode value = parameter.path("value");
    if (value.isMissingNode() || value.isNull()) {
      return ParameterValues.ofNull(typeName);
    }
    if (value.isContainerNode()) {
      throw RequestReader.invalid(
          "A parameter's value is a string or null; arrays and objects are not served.");
    }
    return ParameterValues.of(value.asText(), typeName);
  }
}
