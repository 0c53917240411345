package io.sluice.planner.catalog;

import java.util.List;

/**
 * A table as it was in a snapshot, or as it is in one of its branches.
 *
 * @param table as it is now
 * @param version what means this state and no other in {@code VERSION AS OF}: the snapshot's id, or
 *     {@code main} for the table as it is
 * @param columns those that a read of this state has: the snapshot's own, or for a branch those of
 *     the table as it is now
 */
public record TableVersion(TableMetadata table, String version, List<Column> columns) {

  public TableVersion {
    columns = List.copyOf(columns);
  }
}
