package io.sluice.gateway.statement;

import io.sluice.planner.Analysis;
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
 * @param relations the base tables that it reads and writes, and what applies to them
 * @param read whether Spark runs it and it changes nothing, so that it may begin unasked
 */
public record PreparedStatement(
    String sql,
    boolean returnsRows,
    Schema schema,
    List<Optional<String>> parameterTypes,
    List<String> parameterNames,
    List<Analysis.RelationUse> relations,
    boolean read) {

  public PreparedStatement {
    parameterTypes = List.copyOf(parameterTypes);
    parameterNames = List.copyOf(parameterNames);
    relations = List.copyOf(relations);
  }

  /** Returns the same with another schema. */
  public PreparedStatement withSchema(Schema other) {
    return new PreparedStatement(
        sql, returnsRows, other, parameterTypes, parameterNames, relations, read);
  }

  /** A statement that may not begin unasked. */
  public PreparedStatement(
      String sql,
      boolean returnsRows,
      Schema schema,
      List<Optional<String>> parameterTypes,
      List<String> parameterNames,
      List<Analysis.RelationUse> relations) {
    this(sql, returnsRows, schema, parameterTypes, parameterNames, relations, false);
  }

  /** A statement of which is not told what it reads. */
  public PreparedStatement(
      String sql,
      boolean returnsRows,
      Schema schema,
      List<Optional<String>> parameterTypes,
      List<String> parameterNames) {
    this(sql, returnsRows, schema, parameterTypes, parameterNames, List.of());
  }

  /** A statement without named parameters. */
  public PreparedStatement(
      String sql, boolean returnsRows, Schema schema, List<Optional<String>> parameterTypes) {
    this(sql, returnsRows, schema, parameterTypes, List.of());
  }
}
