package io.sluice.gateway.endtoend.equivalence;

import java.util.List;

/**
 * A generated query.
 *
 * @param text in which {@code {S}} stands for the schema of what is read
 * @param columns its columns in order, with unique names unless there is a star
 */
record Query(String text, List<Scope.Field> columns) {

  Query {
    columns = List.copyOf(columns);
  }
}
