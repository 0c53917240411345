package io.sluice.gateway.hive;

import io.sluice.gateway.statement.AnswerRows;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.TemporaryViews;
import io.sluice.planner.view.ViewColumn;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The rows of metadata calls, from the catalog, as far as a principal may see it. Blocks on the
 * catalog. A catalog that is not given, or is the empty text as Hive's drivers send it, is any.
 *
 * @param metadata for the client's address
 * @param temporaryViews the session's, which have neither catalog nor schema
 * @param rows where they go
 */
record MetadataRows(
    MetadataReader metadata, TemporaryViews temporaryViews, Principal principal, AnswerRows rows) {

  private static final String TABLE = "TABLE";
  private static final String VIEW = "VIEW";

  void catalogs() {
    metadata.catalogs(principal).forEach(catalog -> rows.add(List.of(catalog)));
  }

  void schemas(@Nullable String catalog, @Nullable String pattern) {
    eachSchema(catalog, pattern, (known, schema) -> rows.add(List.of(schema, known)));
  }

  void tables(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      List<String> types) {
    eachRelation(
        catalog,
        schemaPattern,
        tablePattern,
        type -> types.isEmpty() || types.contains(type),
        (name, type) -> rows.add(row(name, type)),
        view -> rows.add(row(named(view), VIEW)));
  }

  private static List<@Nullable Object> row(TableName name, String type) {
    return Arrays.asList(
        name.catalog(), name.schema(), name.table(), type, "", null, null, null, null, null);
  }

  private static TableName named(TemporaryView view) {
    return new TableName("", "", view.name());
  }

  void tableTypes() {
    rows.add(List.of(TABLE));
    rows.add(List.of(VIEW));
  }

  void columns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String columnPattern) {
    NamePattern wanted = NamePattern.of(columnPattern);
    eachRelation(
        catalog,
        schemaPattern,
        tablePattern,
        type -> true,
        (name, type) -> add(name, columns(name, type), wanted),
        view ->
            add(
                named(view),
                described(metadata.temporaryView(principal, view, temporaryViews).columns()),
                wanted));
  }

  private void add(TableName name, List<Described> columns, NamePattern wanted) {
    int position = 0;
    for (Described column : columns) {
      position++;
      if (wanted.matches(column.name) && column.sparkType.isPresent()) {
        rows.add(row(name, column, column.sparkType.get(), position));
      }
    }
  }

  void functions(@Nullable String pattern) {
    FunctionAllowList functions = FunctionAllowList.ofSpark();
    TreeSet<String> names = new TreeSet<>(functions.names());
    names.addAll(functions.tableFunctions());
    NamePattern wanted = NamePattern.of(pattern);
    for (String name : names) {
      if (wanted.matches(name)) {
        int kind = functions.allowsTableFunction(name) ? 2 : 1;
        rows.add(Arrays.asList(null, null, name, "", kind, name));
      }
    }
  }

  private static List<@Nullable Object> row(
      TableName table, Described column, String sparkType, int position) {
    JdbcType type = JdbcType.named(sparkType);
    return Arrays.asList(
        table.catalog(),
        table.schema(),
        table.table(),
        column.name,
        type.code(),
        sparkType,
        type.size(sparkType),
        null,
        type.digits(sparkType),
        type.radix(),
        column.nullable ? 1 : 0,
        column.comment.orElse(""),
        null,
        null,
        null,
        null,
        position,
        column.nullable ? "YES" : "NO",
        null,
        null,
        null,
        null,
        "NO");
  }

  /**
   * Returns the columns of a table or view; those that Spark cannot read are none, and do not hide
   * the others.
   */
  private List<Described> columns(TableName name, String type) {
    try {
      return type.equals(VIEW) ? viewColumns(name) : tableColumns(name);
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.NOT_SUPPORTED) {
        return List.of();
      }
      throw e;
    }
  }

  private List<Described> viewColumns(TableName name) {
    return metadata.view(principal, name).map(view -> described(view.columns())).orElse(List.of());
  }

  private static List<Described> described(List<ViewColumn> columns) {
    return columns.stream()
        .map(
            column ->
                new Described(
                    column.name(), Optional.of(column.sparkType()), true, column.comment()))
        .toList();
  }

  private List<Described> tableColumns(TableName name) {
    return metadata
        .table(principal, name)
        .map(
            table ->
                table.columns().stream()
                    .map(
                        column ->
                            new Described(
                                column.name(),
                                sparkType(column),
                                column.nullable(),
                                column.comment()))
                    .toList())
        .orElse(List.of());
  }

  private static Optional<String> sparkType(Column column) {
    try {
      return Optional.of(column.sparkType());
    } catch (IllegalArgumentException unreadable) {
      return Optional.empty();
    }
  }

  /**
   * @param type which of tables and views are wanted
   * @param action takes a name and its type
   * @param ofSession takes a view of the session
   */
  private void eachRelation(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      Predicate<String> type,
      BiConsumer<TableName, String> action,
      Consumer<TemporaryView> ofSession) {
    NamePattern pattern = NamePattern.of(tablePattern);
    Predicate<String> wanted = rows.whileWanted(pattern::matches);
    if (type.test(VIEW)
        && (catalog == null || catalog.isEmpty())
        && NamePattern.of(schemaPattern).matches("")) {
      temporaryViews.all().stream().filter(view -> wanted.test(view.name())).forEach(ofSession);
    }
    eachSchema(
        catalog,
        schemaPattern,
        (known, schema) -> {
          if (type.test(TABLE)) {
            metadata
                .tables(principal, known, schema, wanted)
                .forEach(name -> action.accept(name, TABLE));
          }
          if (type.test(VIEW)) {
            metadata
                .views(principal, known, schema, wanted)
                .forEach(name -> action.accept(name, VIEW));
          }
        });
  }

  /**
   * @param action takes a catalog and a schema
   */
  private void eachSchema(
      @Nullable String catalog, @Nullable String pattern, BiConsumer<String, String> action) {
    NamePattern schemas = NamePattern.of(pattern);
    Predicate<String> wanted = rows.whileWanted(schemas::matches);
    for (String known : metadata.catalogs(principal)) {
      if (catalog == null || catalog.isEmpty() || catalog.equals(known)) {
        metadata.schemas(principal, known).stream()
            .filter(wanted)
            .forEach(schema -> action.accept(known, schema));
      }
    }
  }

  /** A column; without a type if Spark cannot read it. */
  private record Described(
      String name, Optional<String> sparkType, boolean nullable, Optional<String> comment) {}
}
