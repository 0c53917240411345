package io.sluice.gateway.endtoend.corpus;

/** What the comparison of one statement comes to. */
enum Outcome {
  /** Both gave the same columns and rows, or did what they were told. */
  SAME,
  /** Both failed with the same error class. */
  FAILED_ALIKE,
  /** Sluice refuses it by design. */
  REFUSED,
  /** It needs what a refused statement would have made or changed. */
  DEPENDS_ON_REFUSED,
  /** Spark does not give the same twice, or may choose other rows: LIMIT without a whole order. */
  LEFT_OPEN,
  DIFFERENT
}
