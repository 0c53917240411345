package io.sluice.planner;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that the gateway itself gives.
 *
 * @param columns names and types
 * @param rows each as long as {@code columns}; cells are String, Boolean, Integer, Long or null
 */
public record AnswerTable(List<AnswerColumn> columns, List<List<@Nullable Object>> rows) {

  public AnswerTable {
    columns = List.copyOf(columns);
    rows = Collections.unmodifiableList(rows);
  }

  /** One column of an answer. */
  public record AnswerColumn(String name, AnswerType type, boolean nullable) {}

  /** The types that answers use, named as Spark names them. */
  public enum AnswerType {
    STRING,
    BOOLEAN,
    INT,
    BIGINT
  }
}
