package io.sluice.planner.statement;

/** What becomes of a kind of statement. */
public enum Verdict {
  /** Spark runs it over what policy leaves of the relations; it returns rows. */
  QUERY("Spark"),
  /** Answered without Spark, from what policy lets the principal see. */
  GATEWAY("gateway"),
  /** Spark runs it for its effect on rows. */
  WRITE("Spark"),
  /** Spark runs it for its effect on schemas and tables. */
  DEFINITION("Spark"),
  /** Done by the gateway, in the session or in the catalog. */
  VIEW("gateway"),
  /** Spark tells the values, and the session keeps the variables. */
  VARIABLE("gateway and Spark"),
  /** Spark runs it statement by statement, each authorised as if it came alone. */
  SCRIPT("Spark"),
  /** Done by the gateway in the session. */
  FUNCTION("gateway"),
  /** Spark runs one of Iceberg's procedures, each of which has needs of its own. */
  CALL("Spark"),
  REFUSED("refused");

  private final String answeredBy;

  Verdict(String answeredBy) {
    this.answeredBy = answeredBy;
  }

  String answeredBy() {
    return answeredBy;
  }

  /** Returns whether Spark runs it for its effect. */
  public boolean isCommand() {
    return this == WRITE || this == DEFINITION;
  }
}
