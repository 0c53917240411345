package io.sluice.planner.catalog;

/** Which state of a table is asked for, as Iceberg's Spark catalog takes it. */
public sealed interface TimeTravel {

  /**
   * @param version a snapshot's id where it is a whole number, else the name of a tag or branch
   */
  record AsOfVersion(String version) implements TimeTravel {}

  /**
   * The snapshot that the main branch had.
   *
   * @param epochMillis milliseconds since 1970 in UTC
   */
  record AsOfTime(long epochMillis) implements TimeTravel {}
}
