package io.sluice.planner.show;

import static io.sluice.planner.show.Answers.row;
import static io.sluice.planner.show.Answers.string;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.catalog.PartitionField;
import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.PropertyKeyOrStringLitContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowColumnsContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowCreateTableContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ShowTblPropertiesContext;

/** SHOW of one table's columns, properties and definition. */
final class ShowTableStatements {

  private static final List<AnswerColumn> PROPERTIES = List.of(string("key"), string("value"));

  private final Scope scope;

  ShowTableStatements(Scope scope) {
    this.scope = scope;
  }

  Analysis columns(ShowColumnsContext statement) {
    List<String> name = nameIn(statement);
    TextPosition position = Identifiers.position(statement.table);
    Optional<ShownView> view = scope.view(name, position);
    if (view.isPresent()) {
      return Answers.answer(
          List.of(string("col_name")),
          view.get().columns().stream().map(column -> row(column.name())).toList());
    }
    VisibleTable table = scope.table(name, position);
    return Answers.answer(
        List.of(string("col_name")),
        table.columns().stream().map(column -> row(column.name())).toList());
  }

  private static List<String> nameIn(ShowColumnsContext statement) {
    List<String> table = Names.parts(statement.table);
    if (statement.ns == null) {
      return table;
    }
    List<String> schema = Identifiers.parts(statement.ns);
    if (table.size() == 1) {
      return Stream.concat(schema.stream(), table.stream()).toList();
    }
    List<String> stated = table.subList(0, table.size() - 1);
    if (!schema.equals(stated)) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "SHOW COLUMNS with conflicting namespaces: %s != %s."
              .formatted(quoted(schema), quoted(stated)),
          Identifiers.position(statement.ns));
    }
    return table;
  }

  private static String quoted(List<String> parts) {
    return parts.stream().map(SparkTypes::quote).collect(Collectors.joining("."));
  }

  Analysis properties(ShowTblPropertiesContext statement) {
    Optional<ShownView> view = scope.view(statement.table);
    if (view.isPresent()) {
      List<String> parts = view.get().name();
      return properties(statement, view.get().properties(), parts.get(parts.size() - 1));
    }
    VisibleTable table = scope.table(statement.table);
    return properties(
        statement, new TableFacts(table).properties(), table.table().name().toString());
  }

  private static Analysis properties(
      ShowTblPropertiesContext statement, Map<String, String> properties, String relation) {
    if (statement.key == null) {
      return Answers.answer(
          PROPERTIES,
          properties.entrySet().stream()
              .map(property -> row(property.getKey(), property.getValue()))
              .toList());
    }
    String key = key(statement.key);
    String missing = "Table %s does not have property: %s".formatted(relation, key);
    return Answers.answer(PROPERTIES, List.of(row(key, properties.getOrDefault(key, missing))));
  }

  private static String key(PropertyKeyOrStringLitContext key) {
    return key.stringLit() != null
        ? StringLiterals.value(key.stringLit())
        : String.join(".", Identifiers.parts(key.propertyKey()));
  }

  Analysis createTable(ShowCreateTableContext statement) {
    if (statement.SERDE() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "SHOW CREATE TABLE AS SERDE is not supported for v2 tables.");
    }
    Optional<ShownView> view = scope.view(statement.identifierReference());
    if (view.isPresent()) {
      return Answers.answer(
          List.of(string("createtab_stmt")), List.of(row(definition(view.get(), statement))));
    }
    VisibleTable table = scope.table(statement.identifierReference());
    if (table.restricted()) {
      throw restricted(table, Identifiers.position(statement.identifierReference()));
    }
    return Answers.answer(List.of(string("createtab_stmt")), List.of(row(definition(table))));
  }

  private static String definition(ShownView view, ShowCreateTableContext statement) {
    return view.definition(
        view.sql()
            .orElseThrow(
                () ->
                    new SluiceException(
                        ErrorCode.NOT_SUPPORTED,
                        "The text of this view is not shown: a policy hides a part of the view, or"
                            + " another engine made it and it has none for Spark",
                        Identifiers.position(statement.identifierReference()))));
  }

  private SluiceException restricted(VisibleTable table, TextPosition position) {
    // Of denied columns not even the names are told.
    if (table.columns().size() < table.table().columns().size()) {
      return scope.denied(table.table().name().policyPath(), position);
    }
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "SHOW CREATE TABLE is not served where a row filter or mask applies; use DESCRIBE TABLE",
        position);
  }

  private static String definition(VisibleTable table) {
    TableFacts facts = new TableFacts(table);
    TableName name = table.table().name();
    StringBuilder text = new StringBuilder("CREATE TABLE ");
    text.append(
        Stream.of(name.catalog(), name.schema(), name.table())
            .map(SparkTypes::quoteIfNeeded)
            .collect(Collectors.joining(".")));
    text.append(
        table.columns().stream()
            .map(column -> "\n  " + SparkTypeText.definition(column))
            .collect(Collectors.joining(",", " (", ")\n")));
    text.append("USING iceberg\n");
    if (!facts.partitioning().isEmpty()) {
      text.append(
          facts.partitioning().stream()
              .map(PartitionField::transform)
              .collect(Collectors.joining(", ", "PARTITIONED BY (", ")\n")));
    }
    table
        .table()
        .comment()
        .ifPresent(comment -> text.append("COMMENT " + SparkTypeText.literal(comment) + "\n"));
    text.append("LOCATION " + SparkTypeText.literal(table.table().location()) + "\n");
    text.append(
        facts.properties().entrySet().stream()
            .map(
                property ->
                    "\n  %s = %s"
                        .formatted(
                            SparkTypeText.literal(property.getKey()),
                            SparkTypeText.literal(property.getValue())))
            .collect(Collectors.joining(",", "TBLPROPERTIES (", ")\n")));
    return text.toString();
  }
}
