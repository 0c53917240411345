package io.sluice.planner.catalog;

import io.sluice.model.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tables that exist. Names are matched exactly. A catalog that does not answer throws {@link
 * io.sluice.model.SluiceException} with {@code CATALOG_UNAVAILABLE}. Safe for use by many threads.
 */
public interface CatalogReader extends AutoCloseable {

  /** Returns the configured catalogs, sorted. */
  List<String> catalogs();

  /**
   * Returns the schemas of a catalog, sorted; nested namespaces are left out.
   *
   * @throws io.sluice.model.SluiceException {@code CATALOG_NOT_FOUND}
   */
  List<String> schemas(String catalog);

  /**
   * Returns the tables and views of a schema, sorted by name.
   *
   * @throws io.sluice.model.SluiceException {@code CATALOG_NOT_FOUND}, {@code SCHEMA_NOT_FOUND}
   */
  List<Relation> relations(String catalog, String schema);

  /**
   * Returns a schema's properties, for example {@code comment} and {@code owner}; by default none.
   *
   * @throws io.sluice.model.SluiceException {@code CATALOG_NOT_FOUND}, {@code SCHEMA_NOT_FOUND}
   */
  default Map<String, String> schemaProperties(String catalog, String schema) {
    return Map.of();
  }

  /**
   * Returns the table's metadata; empty when there is none, or when the name is a view's.
   *
   * @throws io.sluice.model.SluiceException {@code NOT_SUPPORTED} for a table with a column that
   *     Spark cannot read; ask the policy before telling anyone, for it betrays that there is one
   */
  Optional<TableMetadata> table(TableName name);

  /**
   * Returns the table's metadata as the catalog has it when it is asked, which it is now: never an
   * answer to a question that was put before this one.
   *
   * @throws io.sluice.model.SluiceException as {@link #table} does
   */
  default Optional<TableMetadata> tableNow(TableName name) {
    forget();
    return table(name);
  }

  /**
   * Returns a state of the table; empty when there is no such state or table, and where none can be
   * told.
   *
   * @throws io.sluice.model.SluiceException as {@link #table} does, and {@code NOT_SUPPORTED} for a
   *     state whose columns cannot be told
   */
  default Optional<TableVersion> version(TableName name, TimeTravel when) {
    return Optional.empty();
  }

  /**
   * Returns the columns of a metadata table; empty where the name means anything else to Iceberg,
   * which takes a table of that name in a schema of the table's for it, or nothing.
   *
   * @param suffix the metadata table's name behind the table's
   * @throws io.sluice.model.SluiceException as {@link #table} does
   */
  default Optional<List<Column>> metadataTable(TableName table, String suffix) {
    return Optional.empty();
  }

  /** Returns the places in which catalogs put tables that are given none. */
  default List<String> warehouses() {
    return List.of();
  }

  /**
   * Takes nothing that was read before for current: something has been changed through us. What is
   * asked from then on is asked of the catalog anew. Never throws.
   */
  default void forget() {}

  /** Returns the view; empty when there is none, or when the name is a table's. */
  Optional<ViewMetadata> view(TableName name);

  /** Returns whether the name is a view's. */
  boolean isView(TableName name);

  @Override
  void close();

  /** A name and whether a view stands behind it. */
  record Relation(TableName name, boolean view) {}
}
