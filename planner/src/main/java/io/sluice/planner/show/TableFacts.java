package io.sluice.planner.show;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.PartitionField;
import io.sluice.planner.catalog.TableDetails;
import io.sluice.planner.metadata.MetadataReader.VisibleTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What may be told of a table beside its columns. Properties name columns, places and snapshots, so
 * a principal for whom the table is restricted gets a few harmless ones only.
 */
final class TableFacts {

  private static final Set<String> HARMLESS =
      Set.of("format", "format-version", "write.format.default", "write.parquet.compression-codec");

  /** Spark keeps these for itself and shows them apart ({@code TABLE_RESERVED_PROPERTIES}). */
  private static final Set<String> RESERVED =
      Set.of(
          "comment",
          "collation",
          "location",
          "provider",
          "owner",
          "external",
          "is_managed_location",
          "table_type");

  private static final Pattern SECRET =
      Pattern.compile("secret|passw|token|access[._-]?key|credential", Pattern.CASE_INSENSITIVE);

  private static final String REDACTED = "*********(redacted)";

  private final VisibleTable visible;

  TableFacts(VisibleTable visible) {
    this.visible = visible;
  }

  /** Returns the table properties, as Iceberg's Spark module makes them up, by key. */
  SortedMap<String, String> properties() {
    Map<String, String> stored = visible.table().properties();
    TableDetails details = visible.table().details();
    SortedMap<String, String> properties = new TreeMap<>(stored);
    String snapshot = details.snapshotId().map(String::valueOf).orElse("none");
    properties.put("format", "iceberg/" + stored.getOrDefault("write.format.default", "parquet"));
    properties.put("format-version", String.valueOf(details.formatVersion()));
    properties.put("current-snapshot-id", snapshot);
    properties.remove("sort-order");
    properties.remove("identifier-fields");
    details.sortOrder().ifPresent(order -> properties.put("sort-order", order));
    if (!details.identifierFields().isEmpty()) {
      properties.put("identifier-fields", "[" + String.join(",", details.identifierFields()) + "]");
    }
    properties.keySet().removeIf(RESERVED::contains);
    if (visible.restricted()) {
      properties.keySet().retainAll(HARMLESS);
    }
    properties.replaceAll(TableFacts::redacted);
    return properties;
  }

  /** Returns the properties as DESCRIBE prints them. */
  String propertyList() {
    return properties().entrySet().stream()
        .map(property -> property.getKey() + "=" + property.getValue())
        .collect(Collectors.joining(",", "[", "]"));
  }

  /** Returns type, comment, location and so on, in Spark's order. */
  Map<String, String> reserved() {
    Map<String, String> reserved = new LinkedHashMap<>();
    reserved.put("Type", "MANAGED");
    visible.table().comment().ifPresent(comment -> reserved.put("Comment", comment));
    if (!visible.restricted()) {
      reserved.put("Location", visible.table().location());
    }
    reserved.put("Provider", "iceberg");
    Optional.ofNullable(visible.table().properties().get("owner"))
        .ifPresent(owner -> reserved.put("Owner", owner));
    reserved.put("Table_type", "EXTERNAL");
    return reserved;
  }

  /** Returns the partition fields whose column is visible. */
  List<PartitionField> partitioning() {
    Set<String> names = visible.columns().stream().map(Column::name).collect(Collectors.toSet());
    return visible.table().details().partitioning().stream()
        .filter(field -> names.contains(field.column()))
        .toList();
  }

  /** Returns {@code n bytes, m rows} as Iceberg estimates them; empty for a restricted table. */
  Optional<String> statistics() {
    if (visible.restricted()) {
      return Optional.empty();
    }
    long rowSize =
        visible.columns().stream().mapToLong(column -> SparkTypeText.size(column.type())).sum();
    return visible
        .table()
        .details()
        .rowCount()
        .map(rows -> "%d bytes, %d rows".formatted(rowSize * rows, rows));
  }

  /** Returns a property's value, or a placeholder when its key sounds like a secret's. */
  static String redacted(String key, String value) {
    return SECRET.matcher(key).find() ? REDACTED : value;
  }
}
