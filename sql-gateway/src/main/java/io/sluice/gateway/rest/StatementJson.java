package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.gateway.arrow.QueryColumns;
import io.sluice.gateway.identity.ResultLinks;
import io.sluice.gateway.statement.QueuePlace;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.view.QueryColumn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;

/** Statements as the API's answers have them. */
final class StatementJson {

  static final String QUEUE = "queue";
  static final String EXPECTED_WAIT = "expected_wait_ms";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final ResultLinks links;
  private final Duration linkLife;
  private final InstantSource clock;

  StatementJson(ResultLinks links, Duration linkLife, InstantSource clock) {
    this.links = links;
    this.linkLife = linkLife;
    this.clock = clock;
  }

  /**
   * Returns what a statement's answer holds, without its rows: where they come with the answer, the
   * last field is {@code result} and its last field an empty {@code data_array}.
   *
   * @param base the address that the client reaches the API at, for links
   */
  ObjectNode statement(RestStatement statement, String base) {
    ObjectNode answer = JSON.objectNode();
    answer.put("statement_id", statement.id().toString());
    answer.set("status", status(statement));
    answer.set("stats", stats(statement));
    statement
        .result()
        .ifPresent(
            result -> {
              answer.set("manifest", manifest(result, statement.format()));
              answer.set(
                  "result",
                  result.chunks().isEmpty()
                      ? JSON.objectNode()
                      : chunk(statement, result, result.chunks().get(0), base));
            });
    return answer;
  }

  /** Returns the state, and why, where it failed. */
  ObjectNode status(RestStatement statement) {
    ObjectNode status = JSON.objectNode();
    status.put("state", statement.state().name());
    Optional<SluiceException> error = statement.error();
    if (error.isPresent()) {
      status
          .putObject("error")
          .put("error_code", RestErrors.serviceCode(error.get().code()))
          .put("message", error.get().clientText(statement.id()));
      status.put("sql_state", error.get().sqlState());
    }
    return status;
  }

  /** Returns how far it is and how long each step took, in milliseconds. */
  ObjectNode stats(RestStatement statement) {
    Map<StatementState, Instant> reached = statement.statement().reached();
    Instant end = statement.endedAt().orElseGet(clock::instant);
    ObjectNode stats = JSON.objectNode();
    statement.statement().progress().ifPresent(part -> stats.put("progress", part));
    statement
        .statement()
        .route()
        .ifPresent(
            route ->
                stats
                    .putObject("route")
                    .put("cluster", route.cluster())
                    .put("reason", route.reason()));
    statement.statement().place().ifPresent(place -> stats.set(QUEUE, queue(place)));
    Instant received = reached.get(StatementState.RECEIVED);
    if (received == null) {
      return stats;
    }
    stats.put("received_at", received.toString());
    step(stats, "analysis_ms", reached, end, StatementState.RECEIVED, StatementState.ANALYZED);
    step(stats, "queued_ms", reached, end, StatementState.QUEUED, StatementState.ROUTED);
    step(stats, "starting_ms", reached, end, StatementState.ROUTED, StatementState.RUNNING);
    if (reached.containsKey(StatementState.RUNNING)) {
      stats.put("running_ms", between(reached.get(StatementState.RUNNING), end));
    }
    stats.put("total_ms", between(received, end));
    return stats;
  }

  private static ObjectNode queue(QueuePlace place) {
    ObjectNode queue = JSON.objectNode();
    queue.put("position", place.position());
    place.expectedWait().ifPresent(wait -> queue.put(EXPECTED_WAIT, wait.toMillis()));
    if (!place.reason().isEmpty()) {
      queue.put("reason", place.reason());
    }
    return queue;
  }

  /** Puts how long a step took, or has taken; nothing where it was not begun. */
  private static void step(
      ObjectNode stats,
      String name,
      Map<StatementState, Instant> reached,
      Instant end,
      StatementState from,
      StatementState to) {
    Instant began = reached.get(from);
    if (began != null) {
      stats.put(name, between(began, reached.getOrDefault(to, end)));
    }
  }

  private static long between(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis());
  }

  /** Returns a chunk: its link, or an empty {@code data_array} at the end for its rows. */
  ObjectNode chunk(RestStatement statement, StoredResult result, Chunk chunk, String base) {
    ObjectNode answer = JSON.objectNode();
    if (!statement.externalLinks()) {
      describe(answer, statement, result, chunk);
      answer.putArray("data_array");
      return answer;
    }
    Instant expiry = clock.instant().plus(linkLife);
    String token = links.sign(new ResultLinks.Link(statement.id().value(), chunk.index()), expiry);
    ObjectNode link = answer.putArray("external_links").addObject();
    describe(link, statement, result, chunk);
    link.put("external_link", base + StatementsApi.RESULTS + token);
    link.put("expiration", expiry.toString());
    return answer;
  }

  private static void describe(
      ObjectNode answer, RestStatement statement, StoredResult result, Chunk chunk) {
    extent(answer, chunk);
    int next = chunk.index() + 1;
    if (next < result.chunks().size()) {
      answer.put("next_chunk_index", next);
      answer.put(
          "next_chunk_internal_link",
          StatementsApi.STATEMENTS + "/" + statement.id() + "/result/chunks/" + next);
    }
  }

  private static void extent(ObjectNode node, Chunk chunk) {
    node.put("chunk_index", chunk.index());
    node.put("row_offset", chunk.firstRow());
    node.put("row_count", chunk.rows());
    node.put("byte_count", chunk.part().bytes());
  }

  private static ObjectNode manifest(StoredResult result, ResultFormat format) {
    ObjectNode manifest = JSON.objectNode();
    manifest.put("format", format.name());
    manifest.set("schema", schema(result.schema()));
    manifest.put("total_chunk_count", result.chunks().size());
    ArrayNode chunks = manifest.putArray("chunks");
    result.chunks().forEach(chunk -> extent(chunks.addObject(), chunk));
    manifest.put("total_row_count", result.rows());
    manifest.put("total_byte_count", result.bytes());
    manifest.put("truncated", result.truncated());
    return manifest;
  }

  /** Returns the columns of a result. */
  static ObjectNode schema(Schema schema) {
    List<QueryColumn> columns = QueryColumns.of(schema);
    ObjectNode answer = JSON.objectNode();
    answer.put("column_count", columns.size());
    ArrayNode all = answer.putArray("columns");
    for (int position = 0; position < columns.size(); position++) {
      QueryColumn column = columns.get(position);
      String type = column.sparkType();
      ObjectNode node = all.addObject();
      node.put("name", column.name());
      node.put("type_text", type.contains("<") ? type : type.toUpperCase(Locale.ROOT));
      node.put("type_name", typeName(type));
      node.put("position", position);
      if (type.startsWith("decimal(")) {
        String[] digits = type.substring("decimal(".length(), type.length() - 1).split(",");
        node.put("type_precision", Integer.parseInt(digits[0]));
        node.put("type_scale", Integer.parseInt(digits[1]));
      } else if (type.startsWith("interval ")) {
        node.put(
            "type_interval_type", type.substring("interval ".length()).toUpperCase(Locale.ROOT));
      }
    }
    return answer;
  }

  /** Returns the type's name as Databricks' {@code ColumnInfoTypeName} has it. */
  private static String typeName(String type) {
    return switch (type) {
      case "tinyint" -> "BYTE";
      case "smallint" -> "SHORT";
      case "bigint" -> "LONG";
      case "void" -> "NULL";
      default -> {
        int end = 0;
        while (end < type.length()
            && (Character.isLetter(type.charAt(end)) || type.charAt(end) == '_')) {
          end++;
        }
        yield type.substring(0, end).toUpperCase(Locale.ROOT);
      }
    };
  }
}
