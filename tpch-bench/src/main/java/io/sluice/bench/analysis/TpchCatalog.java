package io.sluice.bench.analysis;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.ViewMetadata;
import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The eight tables in memory, by the names that the demonstration gives them. */
final class TpchCatalog implements CatalogReader {

  static final String CATALOG = "lake";
  static final String SCHEMA = "tpch";

  private final Map<TableName, TableMetadata> tables = new LinkedHashMap<>();

  TpchCatalog() {
    for (TpchTable<?> table : TpchTable.getTables()) {
      TableName name = new TableName(CATALOG, SCHEMA, table.getTableName());
      tables.put(
          name,
          new TableMetadata(
              name, "uuid-" + name, 0, columns(table), List.of(), Map.of(), "file:/" + name));
    }
  }

  private static List<Column> columns(TpchTable<?> table) {
    List<Column> columns = new ArrayList<>();
    for (TpchColumn<?> column : table.getColumns()) {
      columns.add(
          new Column(
              column.getColumnName(), columns.size() + 1, type(column), true, Optional.empty()));
    }
    return columns;
  }

  private static Type type(TpchColumn<?> column) {
    return switch (column.getType().getBase()) {
      case IDENTIFIER -> Types.LongType.get();
      case INTEGER -> Types.IntegerType.get();
      case DATE -> Types.DateType.get();
      case DOUBLE -> Types.DecimalType.of(15, 2);
      case VARCHAR -> Types.StringType.get();
    };
  }

  /** Returns all tables, in TPC-H's order. */
  List<TableMetadata> all() {
    return List.copyOf(tables.values());
  }

  @Override
  public List<String> catalogs() {
    return List.of(CATALOG);
  }

  @Override
  public List<String> schemas(String catalog) {
    return List.of(SCHEMA);
  }

  @Override
  public List<Relation> relations(String catalog, String schema) {
    return tables.keySet().stream().map(name -> new Relation(name, false)).toList();
  }

  @Override
  public Optional<TableMetadata> table(TableName name) {
    return Optional.ofNullable(tables.get(name));
  }

  @Override
  public Optional<ViewMetadata> view(TableName name) {
    return Optional.empty();
  }

  @Override
  public boolean isView(TableName name) {
    return false;
  }

  @Override
  public void close() {}
}
