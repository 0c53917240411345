package io.sluice.planner.view;

import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import java.util.Map;

/**
 * A view that a catalog is to keep.
 *
 * @param name where
 * @param sql the user's own text of the query, for Spark
 * @param namespace where the names in the text resolve
 * @param properties those that the statement gives, the comment among them
 * @param owner who makes it
 * @param mode what to do where the name is taken or is not
 */
public record ViewDefinition(
    TableName name,
    String sql,
    Namespace namespace,
    Map<String, String> properties,
    String owner,
    Mode mode) {

  public ViewDefinition {
    properties = Map.copyOf(properties);
  }

  /** What is done about a view that is there already, or is not. */
  public enum Mode {
    /** There must be none. */
    CREATE,
    /** One that is there stays. */
    CREATE_IF_NOT_EXISTS,
    /** One that is there is replaced. */
    CREATE_OR_REPLACE,
    /** There must be one; it keeps its properties. */
    ALTER
  }
}
