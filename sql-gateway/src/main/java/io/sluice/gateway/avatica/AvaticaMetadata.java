package io.sluice.gateway.avatica;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.metadata.LikePattern;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.metadata.MetadataReader.VisibleView;
import io.sluice.planner.view.ViewColumn;
import java.sql.DatabaseMetaData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.calcite.avatica.remote.Service;
import org.jspecify.annotations.Nullable;

/**
 * The rows of JDBC's metadata calls, from the catalog, as far as the caller may see it. May block.
 */
final class AvaticaMetadata {

  static final String TABLE = "TABLE";
  static final String VIEW = "VIEW";

  private final MetadataReader metadata;

  AvaticaMetadata(MetadataReader metadata) {
    this.metadata = metadata;
  }

  List<List<@Nullable Object>> catalogs(Caller caller) {
    return names(caller, null).stream().map(name -> row(name)).toList();
  }

  List<List<@Nullable Object>> schemas(Caller caller, Service.SchemasRequest request) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    eachSchema(
        caller,
        request.catalog,
        request.schemaPattern,
        (catalog, schema) -> rows.add(row(schema, catalog)));
    return rows;
  }

  List<List<@Nullable Object>> tables(Caller caller, Service.TablesRequest request) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    LikePattern pattern = pattern(request.tableNamePattern);
    MetadataReader visible = visible(caller);
    eachSchema(
        caller,
        request.catalog,
        request.schemaPattern,
        (catalog, schema) -> {
          if (isWanted(request.typeList, TABLE)) {
            visible.tables(caller.principal(), catalog, schema).stream()
                .filter(name -> pattern.matches(name.table()))
                .forEach(name -> rows.add(table(name, TABLE)));
          }
          if (isWanted(request.typeList, VIEW)) {
            visible.views(caller.principal(), catalog, schema).stream()
                .filter(name -> pattern.matches(name.table()))
                .forEach(name -> rows.add(table(name, VIEW)));
          }
        });
    return rows;
  }

  List<List<@Nullable Object>> columns(Caller caller, Service.ColumnsRequest request) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    LikePattern tables = pattern(request.tableNamePattern);
    LikePattern columns = pattern(request.columnNamePattern);
    MetadataReader visible = visible(caller);
    eachSchema(
        caller,
        request.catalog,
        request.schemaPattern,
        (catalog, schema) -> {
          for (TableName name : visible.tables(caller.principal(), catalog, schema)) {
            if (tables.matches(name.table())) {
              add(name, ofTable(caller, visible, name), columns, rows);
            }
          }
          for (TableName name : visible.views(caller.principal(), catalog, schema)) {
            if (tables.matches(name.table())) {
              add(name, ofView(caller, visible, name), columns, rows);
            }
          }
        });
    return rows;
  }

  private record Described(
      String name, String sparkType, boolean nullable, Optional<String> comment) {}

  /** Columns that may not be read leave no gap in the order. */
  private static void add(
      TableName table,
      List<Described> columns,
      LikePattern wanted,
      List<List<@Nullable Object>> rows) {
    int ordinal = 0;
    for (Described column : columns) {
      ordinal++;
      if (wanted.matches(column.name())) {
        rows.add(row(table, column, ordinal));
      }
    }
  }

  private static List<@Nullable Object> row(TableName table, Described column, int ordinal) {
    SparkType type = SparkType.of(column.sparkType());
    return row(
        table.catalog(),
        table.schema(),
        table.table(),
        column.name(),
        type.jdbcType(),
        column.sparkType(),
        type.size(column.sparkType()),
        null,
        type.digits(column.sparkType()),
        10,
        column.nullable() ? DatabaseMetaData.columnNullable : DatabaseMetaData.columnNoNulls,
        column.comment().orElse(null),
        null,
        null,
        null,
        null,
        ordinal,
        column.nullable() ? "YES" : "NO",
        null,
        null,
        null,
        null,
        "NO",
        "NO");
  }

  private static List<Described> ofTable(Caller caller, MetadataReader visible, TableName name) {
    List<Column> columns =
        readable(
            () ->
                visible
                    .table(caller.principal(), name)
                    .map(VisibleTable::columns)
                    .orElse(List.of()));
    return columns.stream()
        .flatMap(
            column ->
                sparkType(column).stream()
                    .map(
                        type ->
                            new Described(
                                column.name(), type, column.nullable(), column.comment())))
        .toList();
  }

  private static List<Described> ofView(Caller caller, MetadataReader visible, TableName name) {
    List<ViewColumn> columns =
        readable(
            () ->
                visible.view(caller.principal(), name).map(VisibleView::columns).orElse(List.of()));
    return columns.stream()
        .map(column -> new Described(column.name(), column.sparkType(), true, column.comment()))
        .toList();
  }

  /** Returns no columns for a table or view that Spark cannot read: it does not hide the others. */
  private static <T> List<T> readable(Supplier<List<T>> columns) {
    try {
      return columns.get();
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.NOT_SUPPORTED) {
        return List.of();
      }
      throw e;
    }
  }

  /** Empty for a column whose type Spark cannot read. */
  private static Optional<String> sparkType(Column column) {
    try {
      return Optional.of(column.sparkType());
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  private void eachSchema(
      Caller caller,
      @Nullable String catalogName,
      @Nullable String schemaPattern,
      BiConsumer<String, String> action) {
    LikePattern pattern = pattern(schemaPattern);
    for (String catalog : names(caller, catalogName)) {
      for (String schema : visible(caller).schemas(caller.principal(), catalog)) {
        if (pattern.matches(schema)) {
          action.accept(catalog, schema);
        }
      }
    }
  }

  /** Any catalog when none is named, and none when the name is empty. */
  private List<String> names(Caller caller, @Nullable String wanted) {
    return visible(caller).catalogs(caller.principal()).stream()
        .filter(name -> wanted == null || wanted.equals(name))
        .toList();
  }

  private MetadataReader visible(Caller caller) {
    return metadata.from(caller.clientAddress());
  }

  private static boolean isWanted(@Nullable List<String> types, String type) {
    return types == null || types.isEmpty() || types.contains(type);
  }

  private static LikePattern pattern(@Nullable String text) {
    return LikePattern.of(Optional.ofNullable(text));
  }

  private static List<@Nullable Object> table(TableName name, String type) {
    return row(
        name.catalog(), name.schema(), name.table(), type, null, null, null, null, null, null);
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }
}
