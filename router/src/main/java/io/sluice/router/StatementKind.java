package io.sluice.router;

/** What a statement does, as far as routing tells statements apart. */
public enum StatementKind {
  /** It reads. */
  QUERY,
  /** It changes rows, tables, schemas or variables, or calls a procedure. */
  COMMAND,
  /** Its client sends rows for a table. */
  INGEST
}
