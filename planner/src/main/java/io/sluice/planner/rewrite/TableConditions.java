package io.sluice.planner.rewrite;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.parse.SparkParser;

/** Conditions on one table that stand in a statement as text, held to the rules of row filters. */
public final class TableConditions {

  private TableConditions() {}

  /**
   * Returns the condition anew, its columns behind the table's name.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} if it is none over the table's columns alone
   */
  public static String print(
      SparkParser parser, String condition, TableMetadata table, String principal) {
    try {
      return new PolicyExpressions(parser, table.name().table())
          .filter(condition, table, table, principal);
    } catch (IllegalArgumentException e) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "This is no condition over the table's columns alone: " + e.getMessage() + ".",
          e);
    }
  }
}
