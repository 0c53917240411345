package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code "query_tags": [{"key": "team", "value": "bi"}]}, and what they are among a session's tags:
 * {@code team=bi}, or {@code team} for a key without a value.
 */
final class QueryTags {

  static final List<String> FIELDS = List.of("key", "value");

  private static final int MOST = 20;

  /** Of one line, without what hides itself or turns what comes after. */
  private static final Pattern KEY = Pattern.compile("[^=\\p{C}\\p{Zl}\\p{Zp}]{1,128}");

  private static final Pattern VALUE = Pattern.compile("[^\\p{C}\\p{Zl}\\p{Zp}]{0,128}");

  private QueryTags() {}

  /**
   * Returns the session's tags.
   *
   * @param node missing, null or an array
   * @throws SluiceException {@code INVALID_PARAMETER}
   */
  static List<String> read(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (!node.isArray() || node.size() > MOST) {
      throw RequestReader.invalid(
          "The field 'query_tags' is an array of at most " + MOST + " objects.");
    }
    List<String> tags = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (JsonNode tag : node) {
      checkFields(tag);
      String key = text(tag, "key").strip();
      String value = text(tag, "value").strip();
      if (!KEY.matcher(key).matches()) {
        throw RequestReader.invalid(
            "A query tag's key is a line of 1 to 128 characters without =, not '%s'."
                .formatted(RequestReader.shown(key)));
      }
      if (!VALUE.matcher(value).matches()) {
        throw RequestReader.invalid(
            "The value of the query tag '%s' is no line of at most 128 characters."
                .formatted(RequestReader.shown(key)));
      }
      if (!keys.add(key)) {
        throw RequestReader.invalid(
            "The query tag '%s' is there twice.".formatted(RequestReader.shown(key)));
      }
      tags.add(value.isEmpty() ? key : key + "=" + value);
    }
    return tags;
  }

  private static void checkFields(JsonNode tag) {
    if (!tag.isObject()) {
      throw RequestReader.invalid("A query tag is an object with a key and a value.");
    }
    for (Iterator<String> fields = tag.fieldNames(); fields.hasNext(); ) {
      String field = fields.next();
      if (!FIELDS.contains(field)) {
        throw RequestReader.invalid(
            "A query tag has no '%s'; it has a key and a value."
                .formatted(RequestReader.shown(field)));
      }
    }
  }

  private static String text(JsonNode tag, String field) {
    JsonNode node = tag.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    if (!node.isTextual()) {
      throw RequestReader.invalid("A query tag's " + field + " is a string.");
    }
    return node.textValue();
  }

  /** Writes a session's tags as they are sent. */
  static void write(ArrayNode array, List<String> tags) {
    for (String tag : tags) {
      ObjectNode written = array.addObject();
      int between = tag.indexOf('=');
      written.put("key", between < 0 ? tag : tag.substring(0, between));
      if (between >= 0) {
        written.put("value", tag.substring(between + 1));
      }
    }
  }
}
