package io.sluice.spark;

import java.util.List;
import java.util.UUID;
import org.apache.spark.connect.proto.Expression;

/**
 * A statement for Spark.
 *
 * @param session in which it runs
 * @param operation chosen by the gateway: the statement's id
 * @param sql the rewritten text
 * @param parameters one for each {@code ?}; they travel as Connect arguments, never as text
 */
public record ExecuteRequest(
    SparkSession session, UUID operation, String sql, List<Expression.Literal> parameters) {

  public ExecuteRequest {
    parameters = List.copyOf(parameters);
  }
}
