package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.connect.proto.Expression.Literal;

/**
 * The values that a client gives with a statement.
 *
 * @param positional one for each {@code ?}
 * @param named one for each {@code :name}; names are compared exactly
 */
public record Parameters(List<Literal> positional, Map<String, Literal> named) {

  /** Of a statement's values; one that is named often is sent as often. */
  private static final long MOST_BYTES = 16L << 20;

  public Parameters {
    positional = List.copyOf(positional);
    named = Map.copyOf(new TreeMap<>(named));
  }

  /** Values for {@code ?} markers. */
  public static Parameters of(List<Literal> values) {
    return new Parameters(values, Map.of());
  }

  /** Values for {@code :name} markers. */
  public static Parameters of(Map<String, Literal> values) {
    return new Parameters(List.of(), values);
  }

  /** Returns how long the values are, as they are sent. */
  long bytes() {
    return Stream.concat(positional.stream(), named.values().stream())
        .mapToLong(Literal::getSerializedSize)
        .sum();
  }

  /**
   * Returns the value for each marker of a statement, in text order.
   *
   * @throws SluiceException {@code PARAMETER_MISMATCH} where one is missing or too many
   */
  List<Literal> inOrder(Analysis.SparkQuery query) {
    if (query.parameterNames().isEmpty() && named.isEmpty()) {
      if (query.parameters().size() != positional.size()) {
        throw mismatch(
            "The statement has %d parameter markers, but %d values were given."
                .formatted(query.parameters().size(), positional.size()));
      }
      return positional;
    }
    if (!positional.isEmpty()) {
      throw mismatch("The statement has named parameters; give their values by name.");
    }
    for (String name : query.parameterNames()) {
      if (!named.containsKey(name)) {
        throw mismatch("No value was given for the parameter :%s.".formatted(shown(name)));
      }
    }
    Set<String> unknown = new TreeSet<>(named.keySet());
    query.parameterNames().forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw mismatch(
          "The statement has no parameter :%s.".formatted(shown(unknown.iterator().next())));
    }
    List<Literal> values = query.parameterNames().stream().map(named::get).toList();
    if (values.stream().mapToLong(Literal::getSerializedSize).sum() > MOST_BYTES) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "A statement takes at most 16 MiB of values, each counted as often as it is named.");
    }
    return values;
  }

  private static String shown(String name) {
    return name.matches("[A-Za-z0-9_]+") ? name : Identifiers.quote(name);
  }

  private static SluiceException mismatch(String message) {
    return new SluiceException(ErrorCode.PARAMETER_MISMATCH, message);
  }
}
