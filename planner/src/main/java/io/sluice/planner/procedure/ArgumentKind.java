package io.sluice.planner.procedure;

/** What an argument of a procedure is, beyond its type. */
public enum ArgumentKind {
  /** The name of the table that the procedure works on. */
  TABLE("string"),
  /** The name of a branch or tag, or a word that Iceberg knows. */
  TEXT("string"),
  /** A condition on the table's columns, in SQL. */
  CONDITION("string"),
  /** A list of the table's columns and transforms to sort by, as in WRITE ORDERED BY. */
  SORT_ORDER("string"),
  /** Names of the table's columns. */
  COLUMNS("array<string>"),
  /** Keys of a short list with plain values. */
  OPTIONS("map<string, string>"),
  LONG("bigint"),
  INT("int"),
  /** A whole number of threads; a few are enough. */
  THREADS("int"),
  LONGS("array<bigint>"),
  BOOLEAN("boolean"),
  TIMESTAMP("timestamp"),
  /** Not served: it says where files lie, or leads past the safeguards of the procedure. */
  REFUSED("");

  private final String type;

  ArgumentKind(String type) {
    this.type = type;
  }

  /** Returns the type as Spark names it. */
  public String type() {
    return type;
  }
}
