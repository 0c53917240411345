package io.sluice.planner.policy;

import io.sluice.model.Principal;
import java.util.List;
import java.util.Optional;

/**
 * A question about an access other than reading.
 *
 * @param principal who asks
 * @param clientAddress the client's IP address for conditions on it; empty when unknown
 * @param access what is to be done
 * @param catalog the object's catalog
 * @param schema the schema; compared without regard to case
 * @param table the table in it; empty for the schema itself
 * @param columns all columns of the table; empty for a schema and where there is no such table
 */
public record AccessRequest(
    Principal principal,
    String clientAddress,
    Access access,
    String catalog,
    String schema,
    Optional<String> table,
    List<String> columns) {

  public AccessRequest {
    columns = List.copyOf(columns);
  }

  /** Returns the object as denial texts name it: {@code schema} or {@code schema/table}. */
  public String path() {
    return table.map(name -> schema + "/" + name).orElse(schema);
  }
}
