package io.sluice.planner.catalog;

import java.util.Optional;
import org.apache.iceberg.types.Type;

/**
 * One column of an Iceberg table.
 *
 * @param name as the table has it; Spark matches it without regard to case
 * @param fieldId Iceberg's id, which survives a rename
 * @param type Iceberg's type
 * @param nullable whether the table allows null
 * @param comment its documentation
 */
public record Column(
    String name, int fieldId, Type type, boolean nullable, Optional<String> comment) {

  /** Returns the type as Spark writes it, for example {@code decimal(15,2)}. */
  public String sparkType() {
    return SparkTypes.name(type);
  }
}
