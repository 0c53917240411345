package io.sluice.gateway.rest;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.catalog.Column;
import io.sluice.planner.metadata.MetadataReader;
import java.util.List;
import java.util.Optional;

/** The columns of a table or view that a principal may read. */
final class VisibleColumns {

  private VisibleColumns() {}

  /**
   * A column.
   *
   * @param type as Spark writes it
   */
  record VisibleColumn(String name, String type, Optional<String> comment) {}

  /** Returns the columns; empty where there is no such table or it is closed. */
  static Optional<List<VisibleColumn>> of(
      MetadataReader metadata, Principal principal, TableName name) {
    return metadata
        .table(principal, name)
        .map(
            table ->
                table.columns().stream()
                    .map(column -> new VisibleColumn(column.name(), type(column), column.comment()))
                    .toList())
        .or(
            () ->
                metadata
                    .view(principal, name)
                    .map(
                        view ->
                            view.columns().stream()
                                .map(
                                    column ->
                                        new VisibleColumn(
                                            column.name(), column.sparkType(), column.comment()))
                                .toList()));
  }

  /** A column that Spark cannot read has a name. */
  private static String type(Column column) {
    try {
      return column.sparkType();
    } catch (IllegalArgumentException unreadable) {
      return "unknown";
    }
  }
}
