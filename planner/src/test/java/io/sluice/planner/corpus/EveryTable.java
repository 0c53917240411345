package io.sluice.planner.corpus;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.CatalogReader;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.catalog.ViewMetadata;
import io.sluice.planner.metadata.MetadataReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.types.Types;

/** Catalogs in which every name is a table's, with the columns {@code k}, {@code m}, {@code v}. */
final class EveryTable implements CatalogReader, MetadataReader {

  private final Set<String> catalogs;

  EveryTable(Set<String> catalogs) {
    this.catalogs = new TreeSet<>(catalogs);
  }

  private static TableMetadata metadata(TableName name) {
    return new TableMetadata(
        name,
        "uuid-" + name,
        0,
        List.of(
            new Column("k", 1, Types.LongType.get(), true, Optional.empty()),
            new Column("m", 2, Types.StringType.get(), true, Optional.empty()),
            new Column("v", 3, Types.StringType.get(), true, Optional.empty())),
        List.of(),
        Map.of(),
        "file:/warehouse/" + name);
  }

  @Override
  public List<String> catalogs() {
    return List.copyOf(catalogs);
  }

  @Override
  public List<String> schemas(String catalog) {
    return List.of();
  }

  @Override
  public List<Relation> relations(String catalog, String schema) {
    return List.of();
  }

  @Override
  public Optional<TableMetadata> table(TableName name) {
    return Optional.of(metadata(name));
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
  public List<String> catalogs(Principal principal) {
    return catalogs();
  }

  @Override
  public List<String> schemas(Principal principal, String catalog) {
    return List.of();
  }

  @Override
  public List<TableName> tables(Principal principal, String catalog, String schema) {
    return List.of();
  }

  @Override
  public Optional<VisibleTable> table(Principal principal, TableName name) {
    TableMetadata table = metadata(name);
    return Optional.of(new VisibleTable(table, table.columns(), false));
  }

  @Override
  public void close() {}
}
