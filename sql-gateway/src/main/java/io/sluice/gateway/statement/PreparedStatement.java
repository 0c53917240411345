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
 * @param parameterTypes one for each {@code ?}: the Spark type that the text suggests, if any
 */
public record PreparedStatement(
    String sql, boolean returnsRows, Schema schema, List<Optional<String>> parameterTypes) {

  public PreparedStatement {
    parameterTypes = List.copyOf(parameterTypes);
  }
}
