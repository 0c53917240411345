package io.sluice.gateway.statement;

import java.util.Optional;

/**
 * Where the rows of a bulk ingest go.
 *
 * @param catalog the session's when empty
 * @param schema the session's when empty, in the session's catalog
 * @param mode what becomes of the table
 */
public record IngestTarget(
    Optional<String> catalog, Optional<String> schema, String table, Mode mode) {

  /** What becomes of the table. */
  public enum Mode {
    /** It must not be there. */
    CREATE,
    /** It must be there. */
    APPEND,
    /** It must be there, and another takes its place. */
    REPLACE,
    /** It may be there. */
    CREATE_OR_REPLACE,
    /** It may be there. */
    CREATE_OR_APPEND
  }
}
