package io.sluice.planner.catalog;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.model.TextPosition;
import io.sluice.planner.Namespace;
import io.sluice.planner.view.ViewColumn;
import io.sluice.planner.view.ViewText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the planner knows of one view of an Iceberg catalog.
 *
 * @param name exactly as the catalog has it
 * @param uuid the view's own identity
 * @param versionId Iceberg's id of the current version
 * @param sql its text for Spark; empty when another engine made it
 * @param namespace where the names in the text resolve; empty where no session could stand there
 * @param columns what readers see
 * @param properties as the catalog has them
 */
public record ViewMetadata(
    TableName name,
    String uuid,
    int versionId,
    Optional<String> sql,
    Optional<Namespace> namespace,
    List<ViewColumn> columns,
    Map<String, String> properties) {

  public ViewMetadata {
    columns = List.copyOf(columns);
    properties = Map.copyOf(properties);
  }

  /** Returns the names of all columns, in order. */
  public List<String> columnNames() {
    return columns.stream().map(ViewColumn::name).toList();
  }

  /** Returns the view's comment. */
  public Optional<String> comment() {
    return Optional.ofNullable(properties.get("comment"));
  }

  /** Returns the view as policies see it, which know tables only. */
  public TableMetadata asTable() {
    List<Column> all = new ArrayList<>();
    for (ViewColumn column : columns) {
      all.add(new Column(column.name(), all.size() + 1, column.type(), true, column.comment()));
    }
    return new TableMetadata(name, uuid, versionId, all, List.of(), Map.of(), "");
  }

  /**
   * Returns the view as what is read.
   *
   * @param position where a statement names it
   * @throws SluiceException {@code NOT_SUPPORTED} if it cannot be read through Spark
   */
  public ViewText text(TextPosition position) {
    if (sql.isEmpty() || namespace.isEmpty()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "The view %s was made by another engine and has no text for Spark; make it anew with CREATE OR REPLACE VIEW."
              .formatted(name),
          position);
    }
    return new ViewText(
        List.of(name.catalog(), name.schema(), name.table()),
        sql.get(),
        namespace.get(),
        Optional.empty(),
        Set.of(),
        columns,
        "view=" + uuid + ", version=" + versionId);
  }
}
