package io.sluice.planner.show;

import static io.sluice.planner.show.Answers.bool;
import static io.sluice.planner.show.Answers.row;
import static io.sluice.planner.show.Answers.string;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.view.TemporaryView;
import io.sluice.planner.view.ViewColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowCatalogsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowNamespacesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowTableExtendedContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowTablesContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowViewsContext;
import org.jspecify.annotations.Nullable;

/** SHOW of catalogs, schemas, tables and views. */
final class ShowStatements {

  private static final List<AnswerColumn> TABLES =
      List.of(string("namespace"), string("tableName"), bool("isTemporary"));

  private static final List<AnswerColumn> TABLES_EXTENDED =
      List.of(string("namespace"), string("tableName"), bool("isTemporary"), string("information"));

  private static final List<AnswerColumn> VIEWS =
      List.of(string("namespace"), string("viewName"), bool("isTemporary"));

  private final Scope scope;

  ShowStatements(Scope scope) {
    this.scope = scope;
  }

  Analysis catalogs(ShowCatalogsContext statement) {
    LikePattern pattern = LikePattern.of(statement.pattern);
    return Answers.answer(
        List.of(string("catalog")),
        scope.catalogs().stream().filter(pattern::matches).map(name -> row(name)).toList());
  }

  Analysis namespaces(ShowNamespacesContext statement) {
    LikePattern pattern = LikePattern.of(statement.pattern);
    return Answers.answer(
        List.of(string("namespace")),
        namespacesIn(statement).stream()
            .filter(pattern::matches)
            .map(name -> row(SparkTypes.quoteIfNeeded(name)))
            .toList());
  }

  /** A schema holds no others, for nested ones are not served. */
  private List<String> namespacesIn(ShowNamespacesContext statement) {
    if (statement.multipartIdentifier() == null) {
      return scope.schemas(scope.current().catalog());
    }
    List<String> parts = Identifiers.parts(statement.multipartIdentifier());
    boolean startsWithCatalog = scope.isCatalog(parts.get(0));
    if (startsWithCatalog && parts.size() == 1) {
      return scope.schemas(parts.get(0));
    }
    scope.schema(
        startsWithCatalog ? parts : scope.inCurrentCatalog(parts),
        Identifiers.position(statement.multipartIdentifier()));
    return List.of();
  }

  Analysis currentNamespace() {
    return Answers.answer(
        List.of(string("catalog"), string("namespace")),
        List.of(
            row(scope.current().catalog(), SparkTypes.quoteIfNeeded(scope.current().schema()))));
  }

  Analysis tables(ShowTablesContext statement) {
    Namespace namespace = scope.schema(statement.identifierReference());
    LikePattern pattern = LikePattern.of(statement.pattern);
    return Answers.answer(TABLES, named(scope.tables(namespace), pattern));
  }

  /** Those of a schema and, as in Spark, the session's own views. */
  private List<List<@Nullable Object>> named(List<TableName> names, LikePattern pattern) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (TableName name : names) {
      if (pattern.matches(name.table())) {
        rows.add(row(SparkTypes.quoteIfNeeded(name.schema()), name.table(), false));
      }
    }
    for (TemporaryView view : scope.temporaryViews()) {
      if (pattern.matches(view.name())) {
        rows.add(row("", view.name(), true));
      }
    }
    return rows;
  }

  Analysis tableExtended(ShowTableExtendedContext statement) {
    if (statement.partitionSpec() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "SHOW TABLE EXTENDED is served without PARTITION; Iceberg tables have none to show",
          Identifiers.position(statement.partitionSpec()));
    }
    Namespace namespace = scope.schema(statement.ns);
    LikePattern pattern = LikePattern.of(statement.pattern);
    SortedMap<String, String> information = new TreeMap<>();
    for (TableName name : scope.tables(namespace)) {
      if (pattern.matches(name.table())) {
        scope.find(name).ifPresent(table -> information.put(name.table(), information(table)));
      }
    }
    for (TableName name : scope.views(namespace)) {
      if (pattern.matches(name.table())) {
        scope.shownView(name).ifPresent(view -> information.put(name.table(), information(view)));
      }
    }
    return Answers.answer(
        TABLES_EXTENDED,
        information.entrySet().stream()
            .map(
                one ->
                    row(
                        SparkTypes.quoteIfNeeded(namespace.schema()),
                        one.getKey(),
                        false,
                        one.getValue()))
            .toList());
  }

  /**
   * In the form of a view of Spark's own catalog; of Iceberg's Spark lists none. Tools tell views
   * from tables by the type.
   */
  private static String information(ShownView view) {
    StringBuilder text = new StringBuilder();
    text.append("Catalog: ").append(view.name().get(0)).append('\n');
    text.append("Namespace: ").append(SparkTypes.quoteIfNeeded(view.name().get(1))).append('\n');
    text.append("Table: ").append(view.name().get(2)).append('\n');
    text.append("Type: VIEW\n");
    view.comment().ifPresent(comment -> text.append("Comment: ").append(comment).append('\n'));
    text.append("Schema: root\n");
    for (ViewColumn column : view.columns()) {
      text.append(" |-- %s: %s (nullable = true)\n".formatted(column.name(), column.sparkType()));
    }
    return text.append('\n').toString();
  }

  /** Spark 4.1.2 prints the table properties character by character; here they are as meant. */
  private static String information(VisibleTable table) {
    TableFacts facts = new TableFacts(table);
    TableName name = table.table().name();
    StringBuilder text = new StringBuilder();
    text.append("Catalog: ").append(name.catalog()).append('\n');
    text.append("Namespace: ").append(SparkTypes.quoteIfNeeded(name.schema())).append('\n');
    text.append("Table: ").append(name.table()).append('\n');
    facts.reserved().forEach((key, value) -> text.append(key + ": " + value + "\n"));
    text.append("Table Properties: ").append(facts.propertyList()).append('\n');
    text.append("Schema: ").append(SparkTypeText.tree(table.columns())).append('\n');
    return text.toString();
  }

  Analysis views(ShowViewsContext statement) {
    Namespace namespace = scope.schema(statement.identifierReference());
    return Answers.answer(VIEWS, named(scope.views(namespace), LikePattern.of(statement.pattern)));
  }
}
