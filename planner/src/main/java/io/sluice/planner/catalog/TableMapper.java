package io.sluice.planner.catalog;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Partitioning;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.transforms.Transform;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Turns Iceberg's table into the planner's. */
final class TableMapper {

  private static final SortedSet<String> NO_NAMES = Collections.emptySortedSet();

  private TableMapper() {}

  static TableMetadata map(TableName name, BaseTable table) {
    Schema schema = table.schema();
    List<PartitionField> partitioning =
        table.spec().fields().stream()
            .filter(field -> !field.transform().isVoid())
            .map(field -> partitionField(schema, field))
            .toList();
    return new TableMetadata(
        name,
        table.uuid().toString(),
        schema.schemaId(),
        columns(name, schema, table.schemas().values()),
        formerColumns(table),
        partitioning.stream()
            .filter(PartitionField::isIdentity)
            .map(PartitionField::column)
            .distinct()
            .toList(),
        table.properties(),
        table.location(),
        details(table, partitioning));
  }

  private static List<String> formerColumns(BaseTable table) {
    TreeSet<String> names = new TreeSet<>();
    for (Schema schema : table.schemas().values()) {
      schema.columns().forEach(column -> names.add(column.name()));
    }
    table.schema().columns().forEach(column -> names.remove(column.name()));
    return List.copyOf(names);
  }

  /**
   * Returns the columns of one of a table's schemas.
   *
   * @param schemas all that the table's metadata knows, by which columns may have other names
   */
  static List<Column> columns(TableName table, Schema schema, Collection<Schema> schemas) {
    Map<Integer, SortedSet<String>> names = new HashMap<>();
    for (Schema other : schemas) {
      other
          .columns()
          .forEach(
              field ->
                  names.computeIfAbsent(field.fieldId(), id -> new TreeSet<>()).add(field.name()));
    }
    return schema.columns().stream()
        .map(
            field -> {
              List<String> others = new ArrayList<>(names.getOrDefault(field.fieldId(), NO_NAMES));
              others.remove(field.name());
              return column(table, field, others);
            })
        .toList();
  }

  /** Returns a column that has one name only. */
  static Column column(TableName table, Types.NestedField field) {
    return column(table, field, List.of());
  }

  private static Column column(TableName table, Types.NestedField field, List<String> otherNames) {
    try {
      SparkTypes.name(field.type());
    } catch (IllegalArgumentException e) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "Table %s cannot be read: column %s has the type %s, which Spark does not read"
              .formatted(table, field.name(), field.type()),
          e);
    }
    return new Column(
        field.name(),
        field.fieldId(),
        field.type(),
        field.isOptional(),
        Optional.ofNullable(field.doc()),
        otherNames);
  }

  private static TableDetails details(BaseTable table, List<PartitionField> partitioning) {
    Snapshot snapshot = table.currentSnapshot();
    return new TableDetails(
        table.operations().current().formatVersion(),
        partitioning,
        Partitioning.partitionType(table),
        Optional.ofNullable(snapshot).map(Snapshot::snapshotId),
        total(snapshot, SnapshotSummary.TOTAL_RECORDS_PROP),
        total(snapshot, SnapshotSummary.TOTAL_FILE_SIZE_PROP),
        sortOrder(table),
        List.copyOf(new TreeSet<>(table.schema().identifierFieldNames())),
        forgetsColumns(table));
  }

  /** Expiring snapshots may remove schemas, whose columns are then in files and metrics alone. */
  private static boolean forgetsColumns(BaseTable table) {
    Set<Integer> known = new HashSet<>();
    for (Schema schema : table.schemas().values()) {
      known.addAll(TypeUtil.indexById(schema.asStruct()).keySet());
    }
    return known.size() < table.operations().current().lastColumnId();
  }

  /** Returns one of the totals that whoever wrote a snapshot may have written into its summary. */
  private static Optional<Long> total(@Nullable Snapshot snapshot, String key) {
    if (snapshot == null) {
      return Optional.of(0L);
    }
    try {
      return Optional.ofNullable(snapshot.summary())
          .map(values -> values.get(key))
          .map(Long::valueOf)
          .filter(value -> value >= 0);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static PartitionField partitionField(
      Schema schema, org.apache.iceberg.PartitionField field) {
    int id = field.sourceId();
    String source = quoted(schema.asStruct(), id).orElseGet(() -> schema.findColumnName(id));
    return new PartitionField(
        topLevelColumn(schema, id), id, source, describe(field.transform(), source));
  }

  private static Optional<String> sortOrder(BaseTable table) {
    Schema schema = table.sortOrder().schema();
    List<String> fields =
        table.sortOrder().fields().stream()
            .map(
                field ->
                    "%s %s %s"
                        .formatted(
                            describe(field.transform(), schema.findColumnName(field.sourceId())),
                            field.direction(),
                            field.nullOrder()))
            .toList();
    return fields.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", fields));
  }

  /** Spells a transform as Iceberg's Spark module does ({@code Spark3Util}). */
  private static String describe(Transform<?, ?> transform, String source) {
    String text = transform.toString();
    if (transform.isIdentity()) {
      return source;
    }
    int bracket = text.indexOf('[');
    if (bracket > 0 && text.endsWith("]")) {
      String width = text.substring(bracket + 1, text.length() - 1);
      return "%s(%s, %s)".formatted(text.substring(0, bracket), width, source);
    }
    return switch (text) {
      case "year", "month", "day", "hour" -> text + "s(" + source + ")";
      default -> text + "(" + source + ")";
    };
  }

  private static String topLevelColumn(Schema schema, int fieldId) {
    return schema.columns().stream()
        .filter(column -> column.fieldId() == fieldId || holds(column, fieldId))
        .map(Types.NestedField::name)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a partition field without a source"));
  }

  private static boolean holds(Types.NestedField column, int fieldId) {
    return column.type().isNestedType() && new Schema(List.of(column)).findField(fieldId) != null;
  }

  /** Returns the path of a field that no list or map holds, its parts quoted where needed. */
  private static Optional<String> quoted(Types.StructType struct, int fieldId) {
    for (Types.NestedField field : struct.fields()) {
      if (field.fieldId() == fieldId) {
        return Optional.of(SparkTypes.quoteIfNeeded(field.name()));
      }
      if (field.type().isStructType()) {
        Optional<String> path = quoted(field.type().asStructType(), fieldId);
        if (path.isPresent()) {
          return path.map(rest -> SparkTypes.quoteIfNeeded(field.name()) + "." + rest);
        }
      }
    }
    return Optional.empty();
  }
}
