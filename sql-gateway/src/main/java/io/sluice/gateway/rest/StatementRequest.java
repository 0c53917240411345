package io.sluice.gateway.rest;

import com.google.common.hash.Hashing;
import io.sluice.gateway.statement.Parameters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a client asks to be run, and how it wants the result.
 *
 * @param statement the text
 * @param cluster where it runs; empty for what the rules say
 * @param tags what rules and the journal know it by
 * @param catalog the current catalog for it; empty for the default
 * @param schema the current schema for it; empty for the default
 * @param parameters the values for its markers
 * @param limits how much of the result is kept
 * @param externalLinks whether chunks are fetched by links, not with the answers
 * @param format of the chunks
 * @param waitTimeout how long the answer may wait for the statement's end
 * @param cancelAfterWait whether it is cancelled when it has not ended by then
 * @param idempotencyKey under which the same request is the same statement
 */
record StatementRequest(
    String statement,
    Optional<String> cluster,
    List<String> tags,
    Optional<String> catalog,
    Optional<String> schema,
    Parameters parameters,
    ResultLimits limits,
    boolean externalLinks,
    ResultFormat format,
    Duration waitTimeout,
    boolean cancelAfterWait,
    Optional<String> idempotencyKey) {

  StatementRequest {
    tags = List.copyOf(tags);
  }

  /** Returns a digest of what decides whether two requests are the same: all but the waiting. */
  String fingerprint() {
    StringBuilder names = new StringBuilder();
    new TreeMap<>(parameters.named())
        .forEach((name, value) -> names.append(part(name)).append(part(value.toString())));
    parameters.positional().forEach(value -> names.append(part(value.toString())));
    String all =
        part(statement)
            + part(cluster.orElse(""))
            + part(catalog.orElse(""))
            + part(schema.orElse(""))
            + part(tags.toString())
            + part(names.toString())
            + limits
            + externalLinks
            + format;
    return Hashing.sha256().hashString(all, StandardCharsets.UTF_8).toString();
  }

  /** With its length, so that no two lists of parts read the same. */
  private static String part(String text) {
    return text.length() + ":" + text;
  }
}
