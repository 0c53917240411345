package io.sluice.gateway.endtoend;

import io.sluice.testkit.SparkResult;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * What became of a statement.
 *
 * @param columns names and types
 * @param rows each as one text, sorted, since two runs may give them in any order
 * @param error the error's class; empty when there was none
 * @param message the error's whole text
 */
public record Answer(List<String> columns, List<String> rows, String error, String message) {

  private static final Pattern ERROR = Pattern.compile("\\[([A-Z_][A-Z0-9_.]*)]");

  public Answer {
    columns = List.copyOf(columns);
    rows = rows.stream().sorted().toList();
  }

  static Answer of(SparkResult result) {
    return of(result.schema(), result.rows());
  }

  static Answer of(Schema schema, List<? extends List<?>> rows) {
    return new Answer(
        schema.getFields().stream().map(Answer::describe).toList(),
        rows.stream().map(String::valueOf).toList(),
        "",
        "");
  }

  static Answer error(String errorClass, String message) {
    return new Answer(List.of(), List.of(), errorClass, message);
  }

  /** Returns an error that should have come. */
  public static Answer expected(String errorClass) {
    return error(errorClass, "");
  }

  /** Returns the error that a client's text begins with. */
  static Answer error(String text) {
    Matcher matcher = ERROR.matcher(text);
    return error(matcher.find() ? matcher.group(1) : "?", text);
  }

  public boolean failed() {
    return !error.isEmpty();
  }

  /** Returns the class of the error without the part that says more of it. */
  public String errorClass() {
    int dot = error.indexOf('.');
    return dot < 0 ? error : error.substring(0, dot);
  }

  /** Returns whether the same came of both, or the same error. */
  public boolean equalTo(Answer other) {
    return failed() || other.failed()
        ? errorClass().equals(other.errorClass())
        : columns.equals(other.columns) && rows.equals(other.rows);
  }

  private static String describe(Field field) {
    return field.getName()
        + " "
        + field.getType()
        + (field.getChildren().isEmpty()
            ? ""
            : field.getChildren().stream().map(Answer::describe).toList().toString());
  }
}
