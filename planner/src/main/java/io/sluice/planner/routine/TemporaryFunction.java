package io.sluice.planner.routine;

import io.sluice.planner.Namespace;
import java.util.List;
import java.util.Optional;

/**
 * A function that one session keeps. Nothing of it is known to Spark, and nothing that policy made
 * of it is kept: its body is the user's own text, which is read and authorised anew at each call.
 *
 * @param name one part; compared without regard to case
 * @param parameters in order; those with a default last
 * @param returns the type of what a scalar function returns; empty for the body's own
 * @param columns of the rows that a table function returns; empty for a scalar function
 * @param body an expression, or the query of a table function
 * @param namespace where the names of relations in the body resolve
 * @param timeZone the session's when the function was made, the only one in which it is called
 * @param comment its documentation
 */
public record TemporaryFunction(
    String name,
    List<FunctionParameter> parameters,
    Optional<String> returns,
    List<FunctionParameter> columns,
    String body,
    Namespace namespace,
    String timeZone,
    Optional<String> comment) {

  public TemporaryFunction {
    parameters = List.copyOf(parameters);
    columns = List.copyOf(columns);
  }

  /** Returns whether it stands in FROM rather than in an expression. */
  public boolean isTable() {
    return !columns.isEmpty();
  }

  /** Returns the same function, whose type is known. */
  public TemporaryFunction returning(String type) {
    return new TemporaryFunction(
        name, parameters, Optional.of(type), columns, body, namespace, timeZone, comment);
  }

  /** Returns the characters of what the user wrote. */
  int characters() {
    return body.length()
        + parameters.stream()
            .mapToInt(
                parameter ->
                    parameter.type().length()
                        + parameter.defaultValue().map(String::length).orElse(0))
            .sum();
  }
}
