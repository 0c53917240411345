package io.sluice.planner.iceberg;

/** Iceberg's ten forms of ALTER TABLE, as its grammar counts them. */
public enum IcebergForm {
  ADD_PARTITION_FIELD("ADD PARTITION FIELD", ""),
  DROP_PARTITION_FIELD("DROP PARTITION FIELD", ""),
  REPLACE_PARTITION_FIELD("REPLACE PARTITION FIELD", ""),
  WRITE("WRITE ORDERED BY, DISTRIBUTED BY PARTITION, UNORDERED", ""),
  SET_IDENTIFIER_FIELDS("SET IDENTIFIER FIELDS", ""),
  DROP_IDENTIFIER_FIELDS("DROP IDENTIFIER FIELDS", ""),
  BRANCH("CREATE BRANCH, REPLACE BRANCH", "; of `main` also `update`"),
  TAG("CREATE TAG, REPLACE TAG", ""),
  DROP_BRANCH("DROP BRANCH", ""),
  DROP_TAG("DROP TAG", "");

  private final String words;
  private final String note;

  IcebergForm(String words, String note) {
    this.words = words;
    this.note = note;
  }

  /** Returns its row in the documentation's table of statements. */
  public String row() {
    return "| ALTER TABLE … %s | Spark | `alter` on the table%s | not of a table of which a policy hides a part from you |"
        .formatted(words, note);
  }
}
