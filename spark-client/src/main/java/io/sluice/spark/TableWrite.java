package io.sluice.spark;

import java.util.List;
import java.util.UUID;

/**
 * Rows that were uploaded, to be written to a table in one step: all of them are there afterwards,
 * or none.
 *
 * @param session in which it runs and which the rows were uploaded to
 * @param operation chosen by the gateway: the statement's id
 * @param chunks what {@link SparkBackend#upload} returned, in the rows' order; at least one
 * @param table catalog, schema and table
 * @param mode what becomes of the table
 */
public record TableWrite(
    SparkSession session, UUID operation, List<String> chunks, List<String> table, Mode mode) {

  public TableWrite {
    chunks = List.copyOf(chunks);
    table = List.copyOf(table);
  }

  /** What becomes of the table. */
  public enum Mode {
    /** There is none of this name yet. */
    CREATE,
    /** The rows are added to the table, column by column of the same name. */
    APPEND,
    /** The table is there, and this one takes its place. */
    REPLACE,
    /** This one takes the table's place if it is there. */
    CREATE_OR_REPLACE
  }
}
