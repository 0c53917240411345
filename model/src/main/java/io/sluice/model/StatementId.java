package io.sluice.model;

import java.util.UUID;

/** Identifies one statement for its whole life; the same UUID is Spark's operation id. */
public record StatementId(UUID value) {

  /** Returns a fresh random id. */
  public static StatementId random() {
    return new StatementId(UUID.randomUUID());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
