package io.sluice.planner;

import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.NotFound;
import io.sluice.planner.catalog.TableDetails;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.TableVersion;
import io.sluice.planner.catalog.TimeTravel;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.view.ViewColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Tables in memory; a table may stand for one that cannot be loaded. */
public final class FakeCatalog implements CatalogReader {

  private final Map<String, Set<String>> schemas = new TreeMap<>();
  private final Map<TableName, TableMetadata> tables = new HashMap<>();
  private final Map<List<?>, TableVersion> states = new HashMap<>();
  private final Map<List<?>, List<Column>> metadata = new HashMap<>();
  private final List<TimeTravel> asked = new ArrayList<>();
  private final List<String> warehouses = new ArrayList<>();
  private int timesForgotten;
  private final Map<TableName, SluiceException> broken = new HashMap<>();
  private final Set<TableName> views = new HashSet<>();
  private final Map<TableName, ViewMetadata> texts = new HashMap<>();
  private Optional<RuntimeException> everyTablesFailure = Optional.empty();

  /** Adds a catalog and, unless it is there, a schema. */
  /** Returns how often nothing was to be taken for current. */
  public int timesForgotten() {
    return timesForgotten;
  }

  @Override
  public void forget() {
    timesForgotten++;
  }

  public FakeCatalog schema(String catalog, String schema) {
    schemas.computeIfAbsent(catalog, name -> new TreeSet<>()).add(schema);
    return this;
  }

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
    return table(
        new TableMetadata(
            name, "uuid-" + name, 0, all, List.of(), Map.of(), "file:/warehouse/" + table));
  }

  /** Adds a table with columns of type string. */
  public FakeCatalog table(TableName name, String... columns) {
    List<Column> typed = new ArrayList<>();
    for (String column : columns) {
      typed.add(
          new Column(column, typed.size() + 1, Types.StringType.get(), true, Optional.empty()));
    }
    return table(new TableMetadata(name, "uuid", 0, typed, List.of(), Map.of(), "/place"));
  }

  /** Adds a table. */
  public FakeCatalog table(TableMetadata table) {
    schema(table.name().catalog(), table.name().schema());
    tables.put(table.name(), table);
    return this;
  }

  /** Takes a table away. */
  public void drop(TableName table) {
    tables.remove(table);
  }

  /** Gives a table columns that it has no more. */
  public FakeCatalog formerly(String catalog, String schema, String table, String... columns) {
    tables.computeIfPresent(
        new TableName(catalog, schema, table),
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

  /** Gives a column other names that it once had. */
  public FakeCatalog renamed(
      String catalog, String schema, String table, String column, String... otherNames) {
    tables.computeIfPresent(
        new TableName(catalog, schema, table),
        (name, known) ->
            known.withColumns(
                known.columns().stream()
                    .map(
                        one ->
                            one.name().equals(column)
                                ? new Column(
                                    one.name(),
                                    one.fieldId(),
                                    one.type(),
                                    one.nullable(),
                                    one.comment(),
                                    List.of(otherNames))
                                : one)
                    .toList()));
    return this;
  }

  /** Makes a table one whose metadata tells no more of all columns that it had. */
  public FakeCatalog forgetting(String catalog, String schema, String table) {
    tables.computeIfPresent(
        new TableName(catalog, schema, table),
        (name, known) -> {
          TableDetails details = known.details();
          return new TableMetadata(
              known.name(),
              known.uuid(),
              known.schemaId(),
              known.columns(),
              known.formerColumns(),
              known.partitionColumns(),
              known.properties(),
              known.location(),
              new TableDetails(
                  details.formatVersion(),
                  details.partitioning(),
                  details.partitionType(),
                  details.snapshotId(),
                  details.rowCount(),
                  details.bytes(),
                  details.sortOrder(),
                  details.identifierFields(),
                  true));
        });
    return this;
  }

  /**
   * Gives a table a state.
   *
   * @param version by which it is asked for, and which means it
   * @param columns each {@code name id names…}, where the names are those by which policies know it
   *     beside the first; or {@code name:type id names…}
   */
  public FakeCatalog state(
      String catalog, String schema, String table, String version, String... columns) {
    TableName name = new TableName(catalog, schema, table);
    List<Column> all = new ArrayList<>();
    for (String column : columns) {
      String[] words = column.split(" ");
      String[] typed = words[0].split(":");
      all.add(
          new Column(
              typed[0],
              Integer.parseInt(words[1]),
              type(typed.length == 1 ? "string" : typed[1]),
              true,
              Optional.empty(),
              List.of(words).subList(2, words.length)));
    }
    states.put(
        List.of(name, new TimeTravel.AsOfVersion(version)),
        new TableVersion(tables.get(name), version, all));
    return this;
  }

  /** Gives a table a metadata table with columns of type string. */
  public FakeCatalog metadata(TableName table, String suffix, String... columns) {
    metadata.put(
        List.of(table, suffix),
        Stream.of(columns)
            .map(name -> new Column(name, 1, Types.StringType.get(), true, Optional.empty()))
            .toList());
    return this;
  }

  @Override
  public Optional<List<Column>> metadataTable(TableName table, String suffix) {
    return Optional.ofNullable(metadata.get(List.of(table, suffix)));
  }

  @Override
  public Optional<TableVersion> version(TableName name, TimeTravel when) {
    asked.add(when);
    return Optional.ofNullable(states.get(List.of(name, when)));
  }

  /** Returns the states that were asked for. */
  public List<TimeTravel> statesAskedFor() {
    return asked;
  }

  /** Adds a place for tables that are given none. */
  public FakeCatalog warehouse(String place) {
    warehouses.add(place);
    return this;
  }

  @Override
  public List<String> warehouses() {
    return warehouses;
  }

  /** Makes every table fail to load. */
  public FakeCatalog failWith(RuntimeException failure) {
    this.everyTablesFailure = Optional.of(failure);
    return this;
  }

  /** Adds a view without a text for Spark. */
  public FakeCatalog view(String catalog, String schema, String view) {
    return foreignView(new TableName(catalog, schema, view));
  }

  /** Adds a view without a text for Spark. */
  public FakeCatalog foreignView(TableName name) {
    schema(name.catalog(), name.schema());
    views.add(name);
    return this;
  }

  /** Adds a view, or puts another in its place; columns are of type string. */
  public FakeCatalog view(TableName name, Namespace namespace, String sql, String... columns) {
    foreignView(name);
    texts.put(
        name,
        new ViewMetadata(
            name,
            "uuid-" + name,
            sql.hashCode(),
            Optional.of(sql),
            Optional.of(namespace),
            Stream.of(columns)
                .map(
                    column ->
                        new ViewColumn(
                            column,
                            Optional.of(column),
                            "string",
                            Types.StringType.get(),
                            Optional.empty()))
                .toList(),
            Map.of("comment", "a view", "owner", "ann", "spark.query-column-names", "a")));
    return this;
  }

  /** Adds a table that fails to load. */
  public FakeCatalog brokenTable(TableName name, SluiceException failure) {
    schema(name.catalog(), name.schema());
    broken.put(name, failure);
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
    return List.copyOf(schemas.keySet());
  }

  @Override
  public List<String> schemas(String catalog) {
    if (!schemas.containsKey(catalog)) {
      throw NotFound.catalog(catalog, null);
    }
    return List.copyOf(schemas.get(catalog));
  }

  @Override
  public List<Relation> relations(String catalog, String schema) {
    if (!schemas(catalog).contains(schema)) {
      throw NotFound.schema(List.of(catalog, schema), null);
    }
    Map<String, Relation> relations = new TreeMap<>();
    tables.keySet().forEach(name -> relations.put(name.toString(), new Relation(name, false)));
    broken.keySet().forEach(name -> relations.put(name.toString(), new Relation(name, false)));
    views.forEach(name -> relations.put(name.toString(), new Relation(name, true)));
    return relations.values().stream()
        .filter(relation -> relation.name().catalog().equals(catalog))
        .filter(relation -> relation.name().schema().equals(schema))
        .toList();
  }

  @Override
  public Map<String, String> schemaProperties(String catalog, String schema) {
    return Map.of(
        "comment", "the " + schema,
        "owner", "ann",
        "location", "/secret/" + schema,
        "tier", "gold",
        "api.token", "s3cret");
  }

  @Override
  public Optional<TableMetadata> table(TableName name) {
    everyTablesFailure.ifPresent(
        e -> {
          throw e;
        });
    SluiceException failure = broken.get(name);
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(tables.get(name));
  }

  @Override
  public Optional<ViewMetadata> view(TableName name) {
    return views.contains(name)
        ? Optional.of(
            texts.getOrDefault(
                name,
                new ViewMetadata(
                    name,
                    "uuid-" + name,
                    1,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(
                        new ViewColumn(
                            "x",
                            Optional.empty(),
                            "string",
                            Types.StringType.get(),
                            Optional.empty())),
                    Map.of())))
        : Optional.empty();
  }

  @Override
  public boolean isView(TableName name) {
    return views.contains(name);
  }

  @Override
  public void close() {}
}
