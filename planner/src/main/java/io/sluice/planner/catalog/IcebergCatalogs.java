package io.sluice.planner.catalog;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.model.TableName;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewDefinition;
import io.sluice.planner.view.ViewWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads Iceberg catalogs. Each is opened at its first use, so that one that is down at start is
 * found later. An answer is at most {@code freshness} old; a table whose metadata location has not
 * moved since is not read again.
 */
public final class IcebergCatalogs implements CatalogReader, ViewWriter {

  private final TreeMap<String, IcebergCatalog> catalogs = new TreeMap<>();

  /**
   * Makes a reader; nothing is opened yet.
   *
   * @param freshness how long an answer may be repeated without asking the catalog
   * @param ticker nanoseconds of a clock that never goes back
   */
  public IcebergCatalogs(
      List<CatalogConfiguration> configurations, Duration freshness, Ticker ticker) {
    for (CatalogConfiguration configuration : configurations) {
      IcebergCatalog catalog = new IcebergCatalog(configuration, freshness, ticker);
      if (catalogs.put(configuration.name(), catalog) != null) {
        throw new IllegalArgumentException("two catalogs are called " + configuration.name());
      }
    }
  }

  /** Returns what each catalog was asked since the start. */
  public Map<String, CatalogRequests.Total> requests() {
    Map<String, CatalogRequests.Total> totals = new TreeMap<>();
    catalogs.forEach((name, catalog) -> totals.put(name, catalog.requests()));
    return totals;
  }

  @Override
  public List<String> catalogs() {
    return List.copyOf(catalogs.keySet());
  }

  @Override
  public List<String> schemas(String catalog) {
    return catalog(catalog).schemas();
  }

  @Override
  public List<Relation> relations(String catalog, String schema) {
    return catalog(catalog).relations(schema);
  }

  @Override
  public Map<String, String> schemaProperties(String catalog, String schema) {
    return catalog(catalog).schemaProperties(schema);
  }

  @Override
  public Optional<TableMetadata> table(TableName name) {
    return find(name.catalog()).flatMap(catalog -> catalog.table(name));
  }

  @Override
  public Optional<TableMetadata> tableNow(TableName name) {
    return find(name.catalog()).flatMap(catalog -> catalog.tableNow(name));
  }

  @Override
  public Optional<TableVersion> version(TableName name, TimeTravel when) {
    return find(name.catalog()).flatMap(catalog -> catalog.version(name, when));
  }

  @Override
  public Optional<List<Column>> metadataTable(TableName table, String suffix) {
    return find(table.catalog()).flatMap(catalog -> catalog.metadataTable(table, suffix));
  }

  @Override
  public List<String> warehouses() {
    return catalogs.values().stream()
        .map(IcebergCatalog::warehouse)
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public boolean isView(TableName name) {
    return find(name.catalog()).map(catalog -> catalog.isView(name)).orElse(false);
  }

  @Override
  public Optional<ViewMetadata> view(TableName name) {
    return find(name.catalog()).flatMap(catalog -> catalog.view(name));
  }

  @Override
  public void define(ViewDefinition definition, List<ViewColumn> columns) {
    catalog(definition.name().catalog()).define(definition, columns);
  }

  @Override
  public void change(ViewChange change) {
    catalog(change.view().catalog()).change(change, change.view().schema());
  }

  @Override
  public void forget() {
    catalogs.values().forEach(IcebergCatalog::forget);
  }

  @Override
  public void close() {
    catalogs.values().forEach(IcebergCatalog::close);
  }

  private Optional<IcebergCatalog> find(String name) {
    return Optional.ofNullable(catalogs.get(name));
  }

  private IcebergCatalog catalog(String name) {
    return find(name).orElseThrow(() -> NotFound.catalog(name, null));
  }
}
