package io.sluice.planner.catalog;

/**
 * One field of a table's current partition spec.
 *
 * @param column the top-level column that it comes from
 * @param sourceId the id of the field that it comes from
 * @param source the field that it comes from: the column, or a path inside it, quoted where needed
 * @param transform as Spark writes it, for example {@code bucket(4, id)}; the source itself for
 *     identity
 */
public record PartitionField(String column, int sourceId, String source, String transform) {

  /** Returns whether the values are the source's own. */
  public boolean isIdentity() {
    return source.equals(transform);
  }
}
