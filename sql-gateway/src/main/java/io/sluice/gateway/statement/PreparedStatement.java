package io.sluice.gateway.statement;

import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A statement that was analysed and authorised but not run. Submitting its text analyses and
 * authorises it again.
 *
 * @param sql the user's own text
 * @param returnsRows whether it has a result; false for writes, definitions, USE, SET and RESET
 * @param schema of the result; without fields when there is none
 * @param parameterTypes one for each marker: the Spark type that the text suggests, if any
 * @param parameterNames one for each {@code :name}; empty where the markers are {@code ?}
 */
public record PreparedStatement(
    String sql,
    boolean returnsRows,
    Schema schema,
    List<Optional<String>> parameterTypes,
    List<String> parameterNames) {

  public PreparedStatement {
    parameterTypes = List.copyOf(parameterTypes);
    parameterNames = List.copyOf(parameterNames);
  }

  /** A statement without named parameters. */
  public PreparedStatement(
      String sql, boolean returnsRows, Schema schema, List<Optional<String>> parameterTypes) {
    this(sql, returnsRows, schema, parameterTypes, List.of());
  }
}
