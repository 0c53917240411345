package io.sluice.planner.policy;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import java.util.List;

/**
 * A question to the engine.
 *
 * @param principal who asks
 * @param clientAddress the client's IP address for conditions on it; empty when unknown
 * @param table its name; compared without regard to case
 * @param columns all columns of the table in table order; empty when there is no such table
 */
public record TableRequest(
    Principal principal, String clientAddress, TableName table, List<String> columns) {

  public TableRequest {
    columns = List.copyOf(columns);
  }
}
