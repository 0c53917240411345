package io.sluice.planner.catalog;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.jspecify.annotations.Nullable;

/**
 * Finds the state that Iceberg's Spark catalog reads (1.12's {@code SparkTable.create}): a version
 * that is a whole number is a snapshot's id, any other a tag or branch; a branch is read with the
 * table's schema of now, everything else with the snapshot's.
 */
final class TableVersions {

  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]+");

  private TableVersions() {}

  /**
   * Returns the state that is asked for; empty when there is none.
   *
   * @param table what {@code metadata} was mapped to
   * @throws SluiceException {@code NOT_SUPPORTED} when its schema cannot be told or read
   */
  static Optional<TableVersion> find(
      TableMetadata table, org.apache.iceberg.TableMetadata metadata, TimeTravel when) {
    if (when instanceof TimeTravel.AsOfTime time) {
      return snapshot(table, metadata, asOf(metadata, time.epochMillis()));
    }
    String version = ((TimeTravel.AsOfVersion) when).version();
    Long id = number(version);
    if (id != null) {
      return snapshot(table, metadata, id);
    }
    SnapshotRef ref = metadata.refs().get(version);
    if (ref == null) {
      return Optional.empty();
    }
    return ref.isBranch()
        ? Optional.of(branch(table, metadata, ref.snapshotId()))
        : snapshot(table, metadata, ref.snapshotId());
  }

  private static @Nullable Long number(String version) {
    if (!WHOLE_NUMBER.matcher(version).matches()) {
      return null;
    }
    try {
      return Long.valueOf(version);
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  private static @Nullable Long asOf(org.apache.iceberg.TableMetadata metadata, long epochMillis) {
    Long found = null;
    for (HistoryEntry entry : metadata.snapshotLog()) {
      if (entry.timestampMillis() <= epochMillis) {
        found = entry.snapshotId();
      }
    }
    return found;
  }

  /**
   * Iceberg compares a query's conditions with the files of a branch by the names that columns had
   * when it was last written, and drops files by that, unless it is where the table itself is. A
   * name that meant another column then would tell of that column's values. Whoever moves the
   * branch meanwhile must not bring that about: what is read is its snapshot or the table itself.
   */
  private static TableVersion branch(
      TableMetadata table, org.apache.iceberg.TableMetadata metadata, long head) {
    Optional<Schema> then = schema(metadata, metadata.snapshot(head));
    if (then.filter(schema -> schema.asStruct().equals(metadata.schema().asStruct())).isPresent()) {
      return new TableVersion(table, String.valueOf(head), table.columns());
    }
    Snapshot current = metadata.currentSnapshot();
    if (current != null && current.snapshotId() == head) {
      return new TableVersion(table, SnapshotRef.MAIN_BRANCH, table.columns());
    }
    throw then.isEmpty()
        ? notOnRecord()
        : new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "The branch was last written with other columns than the table has now, so it cannot be"
                + " told what you may read of it; read its snapshot by the id.");
  }

  private static Optional<TableVersion> snapshot(
      TableMetadata table, org.apache.iceberg.TableMetadata metadata, @Nullable Long id) {
    Snapshot snapshot = id == null ? null : metadata.snapshot(id);
    if (snapshot == null) {
      return Optional.empty();
    }
    return Optional.of(
        new TableVersion(
            table,
            String.valueOf(id),
            TableMapper.columns(
                table.name(),
                schema(metadata, snapshot).orElseThrow(TableVersions::notOnRecord),
                metadata.schemas())));
  }

  private static Optional<Schema> schema(
      org.apache.iceberg.TableMetadata metadata, Snapshot snapshot) {
    return Optional.ofNullable(snapshot.schemaId()).map(id -> metadata.schemasById().get(id));
  }

  private static SluiceException notOnRecord() {
    return new SluiceException(
        ErrorCode.NOT_SUPPORTED,
        "The columns that the table had then are not on record, so it cannot be told what you may"
            + " read of them.");
  }
}
