package io.sluice.planner.cache;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.TableVersion;
import io.sluice.planner.catalog.TimeTravel;
import io.sluice.planner.catalog.ViewMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Passes questions on; those of an analysis become part of its evidence. */
final class RecordedCatalog implements CatalogReader {

  private final CatalogReader catalog;
  private final ThreadLocal<@Nullable Evidence> analysis;

  /**
   * @param analysis the evidence of what the thread analyses; null while it analyses nothing
   */
  RecordedCatalog(CatalogReader catalog, ThreadLocal<@Nullable Evidence> analysis) {
    this.catalog = catalog;
    this.analysis = analysis;
  }

  @Override
  public List<String> catalogs() {
    return ask(List.of("catalogs"), catalog::catalogs);
  }

  @Override
  public List<String> schemas(String name) {
    return ask(List.of("schemas", name), () -> catalog.schemas(name));
  }

  @Override
  public List<Relation> relations(String name, String schema) {
    return ask(List.of("relations", name, schema), () -> catalog.relations(name, schema));
  }

  @Override
  public Map<String, String> schemaProperties(String name, String schema) {
    return ask(
        List.of("schemaProperties", name, schema), () -> catalog.schemaProperties(name, schema));
  }

  @Override
  public Optional<TableMetadata> table(TableName name) {
    return ask(List.of("table", name), () -> catalog.table(name));
  }

  @Override
  public Optional<TableMetadata> tableNow(TableName name) {
    return ask(List.of("tableNow", name), () -> catalog.tableNow(name));
  }

  @Override
  public Optional<TableVersion> version(TableName name, TimeTravel when) {
    return ask(List.of("version", name, when), () -> catalog.version(name, when));
  }

  @Override
  public Optional<List<Column>> metadataTable(TableName table, String suffix) {
    return ask(List.of("metadataTable", table, suffix), () -> catalog.metadataTable(table, suffix));
  }

  @Override
  public Optional<ViewMetadata> view(TableName name) {
    return ask(List.of("view", name), () -> catalog.view(name));
  }

  @Override
  public boolean isView(TableName name) {
    return ask(List.of("isView", name), () -> catalog.isView(name));
  }

  @Override
  public List<String> warehouses() {
    return ask(List.of("warehouses"), catalog::warehouses);
  }

  @Override
  public void forget() {
    catalog.forget();
  }

  /** Leaves the catalogs open: they are not this one's. */
  @Override
  public void close() {}

  private <T> T ask(List<?> about, Supplier<T> question) {
    Evidence evidence = analysis.get();
    return evidence == null ? question.get() : evidence.ask(about, question);
  }
}
