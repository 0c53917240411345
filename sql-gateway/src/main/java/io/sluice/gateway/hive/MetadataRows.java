package io.sluice.gateway.hive;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.function.FunctionAllowList;
import io.sluice.planner.metadata.MetadataReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of metadata calls, from the catalog, as far as a principal may see it. Blocks on the
 * catalog. A catalog that is not given, or is the empty text as Hive's drivers send it, is any.
 *
 * @param metadata for the client's address
 */
record MetadataRows(MetadataReader metadata, Principal principal) {

  private static final String TABLE = "TABLE";
  private static final String VIEW = "VIEW";

  List<List<@Nullable Object>> catalogs() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    metadata.catalogs(principal).forEach(catalog -> rows.add(List.of(catalog)));
    return rows;
  }

  List<List<@Nullable Object>> schemas(@Nullable String catalog, @Nullable String pattern) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Schema schema : matching(catalog, pattern)) {
      rows.add(List.of(schema.name, schema.catalog));
    }
    return rows;
  }

  List<List<@Nullable Object>> tables(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      List<String> types) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Relation relation : relations(catalog, schemaPattern, tablePattern)) {
      if (types.isEmpty() || types.contains(relation.type())) {
        TableName name = relation.name;
        rows.add(
            Arrays.asList(
                name.catalog(),
                name.schema(),
                name.table(),
                relation.type(),
                "",
                null,
                null,
                null,
                null,
                null));
      }
    }
    return rows;
  }

  static List<List<@Nullable Object>> tableTypes() {
    return List.of(List.of(TABLE), List.of(VIEW));
  }

  List<List<@Nullable Object>> columns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String columnPattern) {
    NamePattern wanted = NamePattern.of(columnPattern);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Relation relation : relations(catalog, schemaPattern, tablePattern)) {
      int position = 0;
      for (Described column : columns(relation)) {
        position++;
        if (wanted.matches(column.name) && column.sparkType.isPresent()) {
          rows.add(row(relation.name, column, column.sparkType.get(), position));
        }
      }
    }
    return rows;
  }

  static List<List<@Nullable Object>> functions(@Nullable String pattern) {
    FunctionAllowList functions = FunctionAllowList.ofSpark();
    TreeSet<String> names = new TreeSet<>(functions.names());
    names.addAll(functions.tableFunctions());
    NamePattern wanted = NamePattern.of(pattern);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String name : names) {
      if (wanted.matches(name)) {
        int kind = functions.allowsTableFunction(name) ? 2 : 1;
        rows.add(Arrays.asList(null, null, name, "", kind, name));
      }
    }
    return rows;
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
  private List<Described> columns(Relation relation) {
    try {
      return relation.view ? viewColumns(relation.name) : tableColumns(relation.name);
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.NOT_SUPPORTED) {
        return List.of();
      }
      throw e;
    }
  }

  private List<Described> viewColumns(TableName name) {
    return metadata
        .view(principal, name)
        .map(
            view ->
                view.columns().stream()
                    .map(
                        column ->
                            new Described(
                                column.name(),
                                Optional.of(column.sparkType()),
                                true,
                                column.comment()))
                    .toList())
        .orElse(List.of());
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

  private List<Relation> relations(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String tablePattern) {
    NamePattern wanted = NamePattern.of(tablePattern);
    List<Relation> all = new ArrayList<>();
    for (Schema schema : matching(catalog, schemaPattern)) {
      metadata
          .tables(principal, schema.catalog, schema.name)
          .forEach(name -> all.add(new Relation(name, false)));
      metadata
          .views(principal, schema.catalog, schema.name)
          .forEach(name -> all.add(new Relation(name, true)));
    }
    all.removeIf(relation -> !wanted.matches(relation.name.table()));
    return all;
  }

  private List<Schema> matching(@Nullable String catalog, @Nullable String pattern) {
    NamePattern wanted = NamePattern.of(pattern);
    List<Schema> all = new ArrayList<>();
    for (String known : metadata.catalogs(principal)) {
      if (catalog == null || catalog.isEmpty() || catalog.equals(known)) {
        metadata.schemas(principal, known).stream()
            .filter(wanted::matches)
            .forEach(schema -> all.add(new Schema(known, schema)));
      }
    }
    return all;
  }

  private record Schema(String catalog, String name) {}

  private record Relation(TableName name, boolean view) {
    String type() {
      return view ? VIEW : TABLE;
    }
  }

  /** A column; without a type if Spark cannot read it. */
  private record Described(
      String name, Optional<String> sparkType, boolean nullable, Optional<String> comment) {}
}
