package io.sluice.gateway.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the bodies of requests strictly: what is not known is refused, not passed over. */
final class RequestReader {

  static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);
  static final Duration LONGEST_WAIT = Duration.ofSeconds(50);
  private static final int LEAST_WAIT_SECONDS = 5;
  private static final int LONGEST_KEY = 128;
  private static final int DEEPEST = 20;
  private static final Pattern WAIT = Pattern.compile("(\\d{1,3})s");

  /** The last one says nothing to Sluice, and clients send it. */
  static final List<String> STATEMENT_FIELDS =
      List.of(
          "statement",
          "cluster",
          "query_tags",
          "catalog",
          "schema",
          "parameters",
          "row_limit",
          "byte_limit",
          "disposition",
          "format",
          "wait_timeout",
          "on_wait_timeout",
          "idempotency_key",
          "warehouse_id");

  /** Many small parts of a body take far more memory than its bytes. */
  private static final long MOST_TOKENS = 100_000;

  private static final JsonMapper JSON = mapper();

  private RequestReader() {}

  private static JsonMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(DEEPEST)
                .maxTokenCount(MOST_TOKENS)
                .build())
        .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION);
    return mapper;
  }

  /**
   * Reads a body.
   *
   * @param known the names that it may have
   * @throws SluiceException {@code PROTOCOL_VIOLATION} if it is no JSON object; {@code
   *     INVALID_PARAMETER} for a name that is not known
   */
  static ObjectNode object(byte[] body, List<String> known) {
    JsonNode node;
    try {
      node = JSON.readTree(body);
    } catch (StreamConstraintsException tooMuch) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION,
          "The body's JSON is more than is served: it nests at most %d deep and has at most %d parts."
              .formatted(DEEPEST, MOST_TOKENS));
    } catch (JsonProcessingException e) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION,
          "The body is not JSON"
              + (e.getLocation() == null
                  ? "."
                  : " near line %d, column %d."
                      .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr())));
    } catch (IOException impossible) {
      throw new IllegalStateException("bytes are read from memory", impossible);
    }
    if (!(node instanceof ObjectNode object)) {
      throw new SluiceException(ErrorCode.PROTOCOL_VIOLATION, "The body is not a JSON object.");
    }
    Set<String> unknown = new TreeSet<>();
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      unknown.add(names.next());
    }
    unknown.removeAll(Set.copyOf(known));
    if (!unknown.isEmpty()) {
      throw invalid(
          "There is no field '%s'; there are %s."
              .formatted(shown(unknown.iterator().next()), String.join(", ", known)));
    }
    return object;
  }

  /**
   * Reads the request to execute a statement; fails with {@link SluiceException}.
   *
   * @param cluster what the headers name, for where the body names none
   */
  static StatementRequest statement(byte[] body, Optional<String> cluster) {
    ObjectNode object = object(body, STATEMENT_FIELDS);
    boolean external =
        choice(object, "disposition", "INLINE", List.of("INLINE", "EXTERNAL_LINKS"))
            .equals("EXTERNAL_LINKS");
    ResultFormat format =
        ResultFormat.valueOf(
            choice(object, "format", "JSON_ARRAY", List.of("JSON_ARRAY", "ARROW_STREAM", "CSV")));
    if (!external && format != ResultFormat.JSON_ARRAY) {
      throw invalid(
          "The format " + format + " needs the disposition EXTERNAL_LINKS; INLINE is JSON_ARRAY.");
    }
    Optional<String> key = text(object, "idempotency_key");
    if (key.isPresent() && (key.get().isEmpty() || key.get().length() > LONGEST_KEY)) {
      throw invalid("An idempotency_key has 1 to " + LONGEST_KEY + " characters.");
    }
    return new StatementRequest(
        statementText(object),
        name(object, "cluster").or(() -> cluster),
        QueryTags.read(object.path("query_tags")),
        name(object, "catalog"),
        name(object, "schema"),
        ParameterReader.read(object.path("parameters")),
        new ResultLimits(
            limit(object, "row_limit"),
            limit(object, "byte_limit"),
            external ? ResultLimits.UNLIMITED : ResultLimits.INLINE_BYTES),
        external,
        format,
        wait(object),
        choice(object, "on_wait_timeout", "CONTINUE", List.of("CONTINUE", "CANCEL"))
            .equals("CANCEL"),
        key);
  }

  /** Returns the text of a statement, which there must be. */
  static String statementText(ObjectNode object) {
    return text(object, "statement")
        .filter(sql -> !sql.isBlank())
        .orElseThrow(() -> invalid("The field 'statement' holds the SQL text; it is missing."));
  }

  /** Returns a name, if there is one. */
  static Optional<String> name(ObjectNode object, String field) {
    return text(object, field).filter(name -> !name.isEmpty());
  }

  private static Duration wait(ObjectNode object) {
    Optional<String> wish = text(object, "wait_timeout");
    if (wish.isEmpty()) {
      return DEFAULT_WAIT;
    }
    Matcher form = WAIT.matcher(wish.get());
    int seconds = form.matches() ? Integer.parseInt(form.group(1)) : -1;
    if (seconds != 0 && (seconds < LEAST_WAIT_SECONDS || seconds > LONGEST_WAIT.toSeconds())) {
      throw invalid(
          "A wait_timeout is 0s or between 5s and 50s, not '%s'.".formatted(shown(wish.get())));
    }
    return Duration.ofSeconds(seconds);
  }

  private static long limit(ObjectNode object, String field) {
    JsonNode node = object.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return ResultLimits.UNLIMITED;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 1) {
      throw invalid("The field '" + field + "' is a whole number above zero.");
    }
    return node.longValue();
  }

  private static String choice(
      ObjectNode object, String field, String byDefault, List<String> choices) {
    String chosen = text(object, field).orElse(byDefault);
    if (!choices.contains(chosen)) {
      throw invalid(
          "The field '%s' is one of %s, not '%s'."
              .formatted(field, String.join(", ", choices), shown(chosen)));
    }
    return chosen;
  }

  /** Returns a string, if there is one. */
  static Optional<String> text(ObjectNode object, String field) {
    JsonNode node = object.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.empty();
    }
    if (!node.isTextual()) {
      throw invalid("The field '" + field + "' is a string.");
    }
    return Optional.of(node.textValue());
  }

  /** Returns what a client sent, short enough for a message. */
  static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= 40 ? plain : plain.substring(0, 40) + "…";
  }

  static SluiceException invalid(String message) {
    return new SluiceException(ErrorCode.INVALID_PARAMETER, message);
  }
}
