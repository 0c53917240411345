package io.sluice.planner.catalog;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.iceberg.types.Type;

/**
 * One column of an Iceberg table.
 *
 * @param name as the table has it; Spark matches it without regard to case
 * @param fieldId Iceberg's id, which survives a rename
 * @param type Iceberg's type
 * @param nullable whether the table allows null
 * @param comment its documentation
 * @param otherNames every other name by which a schema of the table knows the same field id, in
 *     order of the alphabet; policies on any of them speak of this column
 */
public record Column(
    String name,
    int fieldId,
    Type type,
    boolean nullable,
    Optional<String> comment,
    List<String> otherNames) {

  public Column {
    otherNames = List.copyOf(otherNames);
  }

  /** A column that never had another name. */
  public Column(String name, int fieldId, Type type, boolean nullable, Optional<String> comment) {
    this(name, fieldId, type, nullable, comment, List.of());
  }

  /** Returns its name, then the others, by all of which policies may speak of it. */
  public List<String> names() {
    return Stream.concat(Stream.of(name), otherNames.stream()).toList();
  }

  /** Returns the type as Spark writes it, for example {@code decimal(15,2)}. */
  public String sparkType() {
    return SparkTypes.name(type);
  }
}
