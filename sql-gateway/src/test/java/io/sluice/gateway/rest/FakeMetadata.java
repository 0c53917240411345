package io.sluice.gateway.rest;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.metadata.MetadataReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.types.Types;

/** Two tables, of which all but ann see one, and not all of its columns. */
final class FakeMetadata implements MetadataReader {

  private static final TableName CUSTOMER = new TableName("lake", "tpch", "customer");
  private static final TableName SECRET = new TableName("lake", "tpch", "odd name");

  @Override
  public List<String> catalogs(Principal principal) {
    return List.of("lake");
  }

  @Override
  public List<String> schemas(Principal principal, String catalog) {
    return catalog.equals("lake") ? List.of("default", "tpch") : List.of();
  }

  @Override
  public List<TableName> tables(Principal principal, String catalog, String schema) {
    if (!catalog.equals("lake") || !schema.equals("tpch")) {
      return List.of();
    }
    return isAnn(principal) ? List.of(CUSTOMER, SECRET) : List.of(CUSTOMER);
  }

  @Override
  public Optional<VisibleTable> table(Principal principal, TableName name) {
    if (!tables(principal, name.catalog(), name.schema()).contains(name)) {
      return Optional.empty();
    }
    List<Column> columns =
        List.of(
            new Column("c_custkey", 1, Types.LongType.get(), false, Optional.of("the key")),
            new Column("c_name", 2, Types.StringType.get(), true, Optional.empty()),
            new Column("c_address", 3, Types.StringType.get(), true, Optional.empty()));
    TableMetadata table =
        new TableMetadata(name, "uuid", 0, columns, List.of(), Map.of(), "/somewhere");
    return Optional.of(
        new VisibleTable(table, isAnn(principal) ? columns : columns.subList(0, 2), false));
  }

  private static boolean isAnn(Principal principal) {
    return principal.name().equals("ann");
  }
}
