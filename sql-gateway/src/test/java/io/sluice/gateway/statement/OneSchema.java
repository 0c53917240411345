package io.sluice.gateway.statement;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The catalog {@code lake} with the schema {@code tpch} alone. */
public final class OneSchema implements MetadataReader {

  private final Function<Principal, List<String>> tables;
  private final Function<String, List<Column>> columns;

  private OneSchema(
      Function<Principal, List<String>> tables, Function<String, List<Column>> columns) {
    this.tables = tables;
    this.columns = columns;
  }

  /** Has these tables for whoever asks, with the columns that a function gives or throws for. */
  public static OneSchema of(List<String> tables, Function<String, List<Column>> columns) {
    return new OneSchema(principal -> tables, columns);
  }

  /** Has the tables and columns that functions give, or throw for. */
  public static OneSchema of(
      Function<Principal, List<String>> tables, Function<String, List<Column>> columns) {
    return new OneSchema(tables, columns);
  }

  /** Has tables that are listed and not there to be read. */
  public static OneSchema listing(Function<Principal, List<String>> tables) {
    return new OneSchema(tables, name -> List.of());
  }

  @Override
  public List<String> catalogs(Principal principal) {
    return List.of("lake");
  }

  @Override
  public List<String> schemas(Principal principal, String catalog) {
    return List.of("tpch");
  }

  @Override
  public List<TableName> tables(Principal principal, String catalog, String schema) {
    return tables.apply(principal).stream()
        .map(table -> new TableName("lake", "tpch", table))
        .toList();
  }

  @Override
  public VisibleTemporaryView temporaryView(
      Principal principal, TemporaryView view, TemporaryViews session) {
    return new VisibleTemporaryView(view.columns(), false);
  }

  @Override
  public Optional<VisibleTable> table(Principal principal, TableName name) {
    List<Column> all = columns.apply(name.table());
    if (all.isEmpty()) {
      return Optional.empty();
    }
    TableMetadata table =
        new TableMetadata(name, "uuid", 0, all, List.of(), Map.of(), "/somewhere");
    return Optional.of(new VisibleTable(table, all, false));
  }
}
