package io.sluice.gateway.avatica;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.metadata.LikePattern;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.metadata.MetadataReader.VisibleView;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.sql.DatabaseMetaData;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.calcite.avatica.remote.Service;
import org.jspecify.annotations.Nullable;

/**
 * The rows of JDBC's metadata calls, from the catalog, as far as the caller may see it. May block.
 */
final class AvaticaMetadata {

  /** An answer goes as a whole: beside its rows there is their text, as JSON has it. */
  private static final int BYTES_OF_ENCODED_CELL = 5;

  static final String TABLE = "TABLE";
  static final String VIEW = "VIEW";

  private final MetadataReader metadata;

  AvaticaMetadata(MetadataReader metadata) {
    this.metadata = metadata;
  }

  void catalogs(Caller caller, AnswerRows rows) {
    names(caller, null).forEach(name -> add(rows, row(name)));
  }

  void schemas(Caller caller, Service.SchemasRequest request, AnswerRows rows) {
    eachSchema(
        caller,
        request.catalog,
        request.schemaPattern,
        rows,
        (catalog, schema) -> add(rows, row(schema, catalog)));
  }

  /**
   * @param session the views of the session, which have neither catalog nor schema
   */
  void tables(
      Caller caller, TemporaryViews session, Service.TablesRequest request, AnswerRows rows) {
    Predicate<String> wanted = rows.whileWanted(pattern(request.tableNamePattern)::matches);
    MetadataReader visible = visible(caller);
    if (isWanted(request.typeList, VIEW)) {
      wanted(session, request.catalog, request.schemaPattern, wanted)
          .forEach(view -> add(rows, table(named(view), VIEW)));
    }
    eachSchema(
        caller,
        request.catalog,
        request.schemaPattern,
        rows,
        (catalog, schema) -> {
          if (isWanted(request.typeList, TABLE)) {
            visible
                .tables(caller.principal(), catalog, schema, wanted)
                .forEach(name -> add(rows, table(name, TABLE)));
          }
          if (isWanted(request.typeList, VIEW)) {
            visible
                .views(caller.principal(), catalog, schema, wanted)
                .forEach(name -> add(rows, table(name, VIEW)));
          }
        });
  }

  /**
   * @param session the views of the session, which have neither catalog nor schema
   */
  void columns(
      Caller caller, TemporaryViews session, Service.ColumnsRequest request, AnswerRows rows) {
    Predicate<String> wanted = rows.whileWanted(pattern(request.tableNamePattern)::matches);
    LikePattern columns = pattern(request.columnNamePattern);
    MetadataReader visible = visible(caller);
    wanted(session, request.catalog, request.schemaPattern, wanted)
        .forEach(
            view ->
                add(
                    named(view),
                    described(visible.temporaryView(caller.principal(), view, session).columns()),
                    columns,
                    rows));
    eachSchema(
        caller,
        request.catalog,
        request.schemaPattern,
        rows,
        (catalog, schema) -> {
          visible
              .tables(caller.principal(), catalog, schema, wanted)
              .forEach(name -> add(name, ofTable(caller, visible, name), columns, rows));
          visible
              .views(caller.principal(), catalog, schema, wanted)
              .forEach(name -> add(name, ofView(caller, visible, name), columns, rows));
        });
  }

  /** Returns those of a session's views that a filter means. */
  private static Stream<TemporaryView> wanted(
      TemporaryViews session,
      @Nullable String catalog,
      @Nullable String schemaPattern,
      Predicate<String> wanted) {
    return (catalog == null || catalog.isEmpty()) && pattern(schemaPattern).matches("")
        ? session.all().stream().filter(view -> wanted.test(view.name()))
        : Stream.of();
  }

  private static TableName named(TemporaryView view) {
    return new TableName("", "", view.name());
  }

  private record Described(
      String name, String sparkType, boolean nullable, Optional<String> comment) {}

  /** Columns that may not be read leave no gap in the order. */
  private static void add(
      TableName table, List<Described> columns, LikePattern wanted, AnswerRows rows) {
    int ordinal = 0;
    for (Described column : columns) {
      ordinal++;
      if (wanted.matches(column.name())) {
        add(rows, row(table, column, ordinal));
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
    return described(columns);
  }

  private static List<Described> described(List<ViewColumn> columns) {
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
      AnswerRows rows,
      BiConsumer<String, String> action) {
    Predicate<String> wanted = rows.whileWanted(pattern(schemaPattern)::matches);
    for (String catalog : names(caller, catalogName)) {
      for (String schema : visible(caller).schemas(caller.principal(), catalog)) {
        if (wanted.test(schema)) {
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

  private static void add(AnswerRows rows, List<@Nullable Object> row) {
    long encoded = (long) row.size() * BYTES_OF_ENCODED_CELL;
    for (Object cell : row) {
      if (cell instanceof String text) {
        encoded += text.length();
      }
    }
    rows.add(row, encoded);
  }

  private static List<@Nullable Object> table(TableName name, String type) {
    return row(
        name.catalog(), name.schema(), name.table(), type, null, null, null, null, null, null);
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }
}
