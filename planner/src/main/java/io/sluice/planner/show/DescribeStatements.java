package io.sluice.planner.show;

import static io.sluice.planner.show.Answers.nullableString;
import static io.sluice.planner.show.Answers.row;
import static io.sluice.planner.show.Answers.string;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.Namespace;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.PartitionField;
import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.relation.TargetNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeNamespaceContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.DescribeRelationContext;
import org.jspecify.annotations.Nullable;

/** DESCRIBE of tables, columns and schemas. */
final class DescribeStatements {

  private static final List<AnswerColumn> COLUMNS =
      List.of(string("col_name"), string("data_type"), nullableString("comment"));

  private static final List<AnswerColumn> COLUMN =
      List.of(string("info_name"), string("info_value"));

  private static final List<AnswerColumn> NAMESPACE =
      List.of(string("info_name"), nullableString("info_value"));

  /** Shown apart, or, as the location is a path, not at all. */
  private static final Set<String> RESERVED_OF_SCHEMA =
      Set.of("comment", "collation", "location", "owner");

  private final Scope scope;

  DescribeStatements(Scope scope) {
    this.scope = scope;
  }

  Analysis relation(DescribeRelationContext statement) {
    if (statement.partitionSpec() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "DESCRIBE does not support partition for v2 tables.");
    }
    if (statement.JSON() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED, "DESCRIBE … AS JSON is not served; use DESCRIBE EXTENDED");
    }
    Optional<List<Column>> ofMetadata =
        statement.describeColName() == null
            ? scope.metadataTable(statement.identifierReference())
            : Optional.empty();
    if (ofMetadata.isPresent()) {
      return Answers.answer(
          COLUMNS, ofMetadata.get().stream().map(DescribeStatements::columnRow).toList());
    }
    Optional<ShownView> view = scope.view(statement.identifierReference());
    if (view.isPresent()) {
      return view(view.get(), statement);
    }
    VisibleTable table = scope.table(statement.identifierReference());
    if (statement.describeColName() != null) {
      return column(
          table,
          TargetNames.parts(statement.describeColName()),
          Identifiers.position(statement.describeColName()));
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    TableFacts facts = new TableFacts(table);
    table.columns().forEach(column -> rows.add(columnRow(column)));
    addPartitioning(rows, facts.partitioning(), table);
    if (statement.option != null) {
      addMetadataColumns(rows, table);
      addDetails(rows, table, facts);
    }
    return Answers.answer(COLUMNS, rows);
  }

  private static Analysis view(ShownView view, DescribeRelationContext statement) {
    if (statement.describeColName() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Describing columns is not supported for views.",
          Identifiers.position(statement.describeColName()));
    }
    return Answers.answer(COLUMNS, view.description(statement.option != null));
  }

  private static List<@Nullable Object> columnRow(Column column) {
    return row(column.name(), column.sparkType(), column.comment().orElse(null));
  }

  private static void addPartitioning(
      List<List<@Nullable Object>> rows, List<PartitionField> fields, VisibleTable table) {
    if (fields.isEmpty()) {
      return;
    }
    if (fields.stream().allMatch(PartitionField::isIdentity)) {
      rows.add(row("# Partition Information", "", ""));
      rows.add(row("# col_name", "data_type", "comment"));
      fields.forEach(field -> rows.add(sourceRow(field, table)));
      return;
    }
    addHeading(rows, "# Partitioning");
    for (int i = 0; i < fields.size(); i++) {
      rows.add(row("Part " + i, fields.get(i).transform(), ""));
    }
  }

  private static List<@Nullable Object> sourceRow(PartitionField field, VisibleTable table) {
    Schema schema =
        new Schema(
            table.columns().stream()
                .map(
                    column ->
                        Types.NestedField.optional(
                            column.fieldId(),
                            column.name(),
                            column.type(),
                            column.comment().orElse(null)))
                .toList());
    Types.NestedField source = schema.findField(field.sourceId());
    return row(field.source(), SparkTypes.name(source.type()), source.doc());
  }

  private static void addHeading(List<List<@Nullable Object>> rows, String heading) {
    rows.add(row("", "", ""));
    rows.add(row(heading, "", ""));
  }

  /** They name files and partitions, of which a restricted user learns nothing. */
  private static void addMetadataColumns(List<List<@Nullable Object>> rows, VisibleTable table) {
    if (table.restricted()) {
      return;
    }
    addHeading(rows, "# Metadata Columns");
    rows.add(row("_spec_id", "int", ""));
    rows.add(row("_partition", SparkTypes.name(table.table().details().partitionType()), ""));
    rows.add(row("_file", "string", ""));
    rows.add(row("_pos", "bigint", ""));
    rows.add(row("_deleted", "boolean", ""));
    if (table.table().details().formatVersion() >= 3) {
      rows.add(row("_row_id", "bigint", ""));
      rows.add(row("_last_updated_sequence_number", "bigint", ""));
    }
  }

  private static void addDetails(
      List<List<@Nullable Object>> rows, VisibleTable table, TableFacts facts) {
    addHeading(rows, "# Detailed Table Information");
    rows.add(row("Name", table.table().name().toString(), ""));
    facts.reserved().forEach((key, value) -> rows.add(row(key, value, "")));
    rows.add(row("Table Properties", facts.propertyList(), ""));
    facts.statistics().ifPresent(statistics -> rows.add(row("Statistics", statistics, null)));
  }

  private Analysis column(VisibleTable table, List<String> parts, TextPosition position) {
    Optional<Column> found = named(parts.get(0), table.columns());
    if (found.isEmpty()) {
      Optional<Column> denied = named(parts.get(0), table.table().columns());
      if (denied.isPresent()) {
        throw scope.denied(table.table().name().policyPath() + "/" + denied.get().name(), position);
      }
      throw new SluiceException(
          ErrorCode.UNRESOLVED_COLUMN,
          "A column, variable, or function parameter with name %s cannot be resolved."
              .formatted(parts.stream().map(SparkTypes::quote).collect(Collectors.joining("."))),
          position);
    }
    if (parts.size() > 1) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "DESC TABLE COLUMN does not support nested column: %s."
              .formatted(String.join(".", parts)),
          position);
    }
    return Answers.answer(
        COLUMN,
        List.of(
            row("col_name", parts.get(0)),
            row("data_type", found.get().sparkType()),
            row("comment", found.get().comment().orElse("NULL"))));
  }

  private static Optional<Column> named(String name, List<Column> columns) {
    return columns.stream().filter(column -> column.name().equalsIgnoreCase(name)).findFirst();
  }

  Analysis namespace(DescribeNamespaceContext statement) {
    Namespace namespace = scope.schema(statement.identifierReference());
    Map<String, String> properties =
        new TreeMap<>(scope.catalog().schemaProperties(namespace.catalog(), namespace.schema()));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    rows.add(row("Catalog Name", namespace.catalog()));
    rows.add(row("Namespace Name", SparkTypes.quoteIfNeeded(namespace.schema())));
    addIfPresent(rows, "Comment", properties.get("comment"));
    addIfPresent(rows, "Owner", properties.get("owner"));
    if (statement.EXTENDED() != null) {
      properties.keySet().removeAll(RESERVED_OF_SCHEMA);
      rows.add(row("Properties", properties.isEmpty() ? "" : tuples(properties)));
    }
    return Answers.answer(NAMESPACE, rows);
  }

  private static String tuples(Map<String, String> properties) {
    return properties.entrySet().stream()
        .map(
            property ->
                "(%s,%s)"
                    .formatted(
                        property.getKey(),
                        TableFacts.redacted(property.getKey(), property.getValue())))
        .collect(Collectors.joining(", ", "(", ")"));
  }

  private static void addIfPresent(
      List<List<@Nullable Object>> rows, String name, @Nullable String value) {
    if (value != null) {
      rows.add(row(name, value));
    }
  }
}
