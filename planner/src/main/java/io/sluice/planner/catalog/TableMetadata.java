package io.sluice.planner.catalog;

import io.sluice.model.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the planner knows of one Iceberg table.
 *
 * @param name exactly as the catalog has it
 * @param uuid the table's own identity, which survives no drop and re-create
 * @param schemaId Iceberg's id of the current schema
 * @param columns the current schema's top level, in table order
 * @param formerColumns names at the top level of earlier schemas that the current one has not, in
 *     no order; a snapshot may still show them
 * @param partitionColumns names of the columns that identity partitions use, in order
 * @param properties as the catalog has them
 * @param location where its files are; never shown to a restricted user
 * @param details the rest of what SHOW and DESCRIBE tell
 */
public record TableMetadata(
    TableName name,
    String uuid,
    int schemaId,
    List<Column> columns,
    List<String> formerColumns,
    List<String> partitionColumns,
    Map<String, String> properties,
    String location,
    TableDetails details) {

  public TableMetadata {
    columns = List.copyOf(columns);
    formerColumns = List.copyOf(formerColumns);
    partitionColumns = List.copyOf(partitionColumns);
    properties = Map.copyOf(properties);
  }

  /** A table that never had other columns, whose details are those of an empty one. */
  public TableMetadata(
      TableName name,
      String uuid,
      int schemaId,
      List<Column> columns,
      List<String> partitionColumns,
      Map<String, String> properties,
      String location) {
    this(
        name,
        uuid,
        schemaId,
        columns,
        List.of(),
        partitionColumns,
        properties,
        location,
        TableDetails.ofEmptyTable());
  }

  /** Returns the same table with other columns, which it has had or has. */
  public TableMetadata withColumns(List<Column> others) {
    return new TableMetadata(
        name, uuid, schemaId, others, List.of(), partitionColumns, properties, location, details);
  }

  /** Returns the same table by another name. */
  public TableMetadata named(TableName other) {
    return new TableMetadata(
        other,
        uuid,
        schemaId,
        columns,
        formerColumns,
        partitionColumns,
        properties,
        location,
        details);
  }

  /** Returns the names of all columns, in table order. */
  public List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }

  /** Returns the table's comment. */
  public Optional<String> comment() {
    return Optional.ofNullable(properties.get("comment"));
  }
}
