package io.sluice.planner;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** A catalog in memory. */
public final class FakeCatalog implements CatalogReader {

  private final Map<String, TableMetadata> tables = new TreeMap<>();
  private final Set<TableName> views = new HashSet<>();
  private Optional<RuntimeException> failure = Optional.empty();

  /** Adds a table; columns are given as {@code name type}. */
  public FakeCatalog table(String catalog, String schema, String table, String... columns) {
    TableName name = new TableName(catalog, schema, table);
    List<Column> all = new ArrayList<>();
    for (String column : columns) {
      int space = column.lastIndexOf(' ');
      all.add(
          new Column(
              column.substring(0, space),
              all.size() + 1,
              type(column.substring(space + 1)),
              true,
              Optional.empty()));
    }
    tables.put(
        name.toString(),
        new TableMetadata(
            name, "uuid-" + name, 0, all, List.of(), Map.of(), "file:/warehouse/" + table));
    return this;
  }

  /** Gives a table columns that it has no more. */
  public FakeCatalog formerly(String catalog, String schema, String table, String... columns) {
    tables.computeIfPresent(
        new TableName(catalog, schema, table).toString(),
        (name, known) ->
            new TableMetadata(
                known.name(),
                known.uuid(),
                known.schemaId() + 1,
                known.columns(),
                List.of(columns),
                known.partitionColumns(),
                known.properties(),
                known.location(),
                known.details()));
    return this;
  }

  /** Makes every table fail to load. */
  public FakeCatalog failWith(RuntimeException failure) {
    this.failure = Optional.of(failure);
    return this;
  }

  public FakeCatalog view(String catalog, String schema, String view) {
    views.add(new TableName(catalog, schema, view));
    return this;
  }

  private static Type type(String name) {
    return switch (name) {
      case "string" -> Types.StringType.get();
      case "int" -> Types.IntegerType.get();
      case "bigint" -> Types.LongType.get();
      case "boolean" -> Types.BooleanType.get();
      case "date" -> Types.DateType.get();
      case "timestamp" -> Types.TimestampType.withZone();
      case "decimal" -> Types.DecimalType.of(15, 2);
      case "struct" ->
          Types.StructType.of(
              Types.NestedField.optional(90, "a b", Types.StringType.get()),
              Types.NestedField.optional(91, "n_name", Types.StringType.get()));
      default -> throw new IllegalArgumentException(name);
    };
  }

  @Override
  public List<String> catalogs() {
    return List.of("lake", "ocean");
  }

  @Override
  public List<String> schemas(String catalog) {
    return tables.values().stream()
        .map(TableMetadata::name)
        .filter(name -> name.catalog().equals(catalog))
        .map(TableName::schema)
        .distinct()
        .toList();
  }

  @Override
  public List<Relation> relations(String catalog, String schema) {
    return tables.values().stream()
        .map(TableMetadata::name)
        .filter(name -> name.catalog().equals(catalog) && name.schema().equals(schema))
        .map(name -> new Relation(name, false))
        .toList();
  }

  @Override
  public Optional<TableMetadata> table(TableName name) {
    failure.ifPresent(
        e -> {
          throw e;
        });
    return Optional.ofNullable(tables.get(name.toString()));
  }

  @Override
  public boolean isView(TableName name) {
    return views.contains(name);
  }

  @Override
  public void close() {}
}
