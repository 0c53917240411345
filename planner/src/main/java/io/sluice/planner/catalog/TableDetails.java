package io.sluice.planner.catalog;

import java.util.List;
import java.util.Optional;
import org.apache.iceberg.types.Types;

/**
 * What SHOW and DESCRIBE tell of a table beyond its columns.
 *
 * @param formatVersion Iceberg's, from 1
 * @param partitioning the current spec, in order; void fields are left out
 * @param partitionType of the metadata column {@code _partition}
 * @param snapshotId of the current snapshot
 * @param rowCount as the current snapshot's summary has it; 0 without a snapshot
 * @param bytes of all files of the current snapshot, as its summary has it; 0 without a snapshot
 * @param sortOrder as Spark writes it; empty when unsorted
 * @param identifierFields names
 * @param forgetsColumns whether it once had columns of which its metadata tells no more, though its
 *     files may
 */
public record TableDetails(
    int formatVersion,
    List<PartitionField> partitioning,
    Types.StructType partitionType,
    Optional<Long> snapshotId,
    Optional<Long> rowCount,
    Optional<Long> bytes,
    Optional<String> sortOrder,
    List<String> identifierFields,
    boolean forgetsColumns) {

  public TableDetails {
    partitioning = List.copyOf(partitioning);
    identifierFields = List.copyOf(identifierFields);
  }

  /** Returns the details of an empty, unpartitioned, unsorted table. */
  public static TableDetails ofEmptyTable() {
    return new TableDetails(
        2,
        List.of(),
        Types.StructType.of(),
        Optional.empty(),
        Optional.of(0L),
        Optional.of(0L),
        Optional.empty(),
        List.of(),
        false);
  }
}
