package io.sluice.model;

import static io.sluice.model.Fault.CLUSTER;
import static io.sluice.model.Fault.GATEWAY;
import static io.sluice.model.Fault.OPERATOR;
import static io.sluice.model.Fault.USER;

/**
 * Every error that a client can meet. The names and SQLSTATEs are a public contract; where Spark
 * has an error class for the same thing its name and SQLSTATE are used.
 */
public enum ErrorCode {
  /** The text is not Spark SQL. */
  PARSE_SYNTAX_ERROR("42601", USER, false),
  /** The text is longer than is served. */
  STATEMENT_TOO_LARGE("54000", USER, false),
  /** The text nests deeper, or takes longer to parse, than is served. */
  STATEMENT_TOO_COMPLEX("54001", USER, false),
  /** A statement kind, clause or relation that Sluice does not serve. */
  NOT_SUPPORTED("0A000", USER, false),
  /** A function that is not on the allow-list. */
  FUNCTION_NOT_ALLOWED("42883", USER, false),
  /** The name is taken by a function. */
  ROUTINE_ALREADY_EXISTS("42723", USER, false),
  /** There is no such function to drop. */
  ROUTINE_NOT_FOUND("42883", USER, false),
  /** A function is called with more or fewer arguments than it takes. */
  WRONG_NUM_ARGS("42605", USER, false),
  /** A configuration key that users may not read or set, or a value it does not take. */
  CONFIGURATION_NOT_ALLOWED("42501", USER, false),
  /** Policy does not grant it, whether or not it exists. */
  PERMISSION_DENIED("42501", USER, false),
  /** The statement needs columns resolved exactly and that could not be done. */
  CANNOT_AUTHORIZE("42501", USER, false),
  /** Policy would grant it, but there is no such table. */
  TABLE_OR_VIEW_NOT_FOUND("42P01", USER, false),
  /** The name is taken by a table or view. */
  TABLE_OR_VIEW_ALREADY_EXISTS("42P07", USER, false),
  /** There is no session variable of this name, or it counts as dropped. */
  VARIABLE_NOT_FOUND("42883", USER, false),
  /** The session has a variable of this name. */
  VARIABLE_ALREADY_EXISTS("42723", USER, false),
  /** A name to which no variable can be or has been given. */
  UNRESOLVED_VARIABLE("42883", USER, false),
  /** There is no such schema. */
  SCHEMA_NOT_FOUND("42704", USER, false),
  /** There is no such catalog. */
  CATALOG_NOT_FOUND("42P08", USER, false),
  /** There is no cluster of this name for this user, or none at all. */
  CLUSTER_NOT_FOUND("42704", USER, false),
  /** A column that no relation in scope has. */
  UNRESOLVED_COLUMN("42703", USER, false),
  /** Two columns of one name, without regard to case. */
  COLUMN_ALREADY_EXISTS("42711", USER, false),
  /** A view that names more or fewer columns than its query returns. */
  CREATE_VIEW_COLUMN_ARITY_MISMATCH("21S01", USER, false),
  /** A name that more than one relation could mean. */
  AMBIGUOUS_REFERENCE("42702", USER, false),
  /** The number of parameters given differs from the number of markers. */
  PARAMETER_MISMATCH("07001", USER, false),
  /** A parameter value or request field that cannot be used. */
  INVALID_PARAMETER("22023", USER, false),
  /** Wrong or missing credentials, or an expired or forged token. */
  UNAUTHENTICATED("28000", USER, false),
  /** A statement handle or ticket that is unknown, expired, forged or another principal's. */
  INVALID_HANDLE("26000", USER, false),
  /** The session has been closed or has expired. */
  SESSION_CLOSED("08003", USER, true),
  /** The request is not one that this protocol defines, or its bytes are damaged. */
  PROTOCOL_VIOLATION("08P01", USER, false),
  /** The client, or an administrator, ended it. */
  OPERATION_CANCELED("57014", USER, false),
  /** It ran, or its client kept it waiting, longer than is allowed. */
  STATEMENT_TIMEOUT("57014", USER, false),
  /**
   * The result has more rows or bytes than are allowed; what came before was sent. Or a list from
   * the catalog would take too much memory, and none of it was sent.
   */
  RESULT_TOO_LARGE("53400", USER, false),
  /** A policy cannot be evaluated or its expression cannot be used. */
  POLICY_INVALID("58030", OPERATOR, false),
  /** No policies are loaded, or the engine failed: nothing is allowed. */
  POLICY_UNAVAILABLE("57P03", OPERATOR, true),
  /** The catalog did not answer. */
  CATALOG_UNAVAILABLE("58000", OPERATOR, true),
  /** What it reads changed its shape while it waited; nothing was run. */
  STATEMENT_OUTDATED("40001", OPERATOR, true),
  /** The queue is full. */
  QUEUE_FULL("53300", CLUSTER, true),
  /** No permit came in time. */
  QUEUE_TIMEOUT("53300", CLUSTER, true),
  /** No replica is ready and none could be started in time. */
  CLUSTER_UNAVAILABLE("57P03", CLUSTER, true),
  /** The replica died while it ran the statement, which could not be run again elsewhere. */
  REPLICA_LOST("08006", CLUSTER, true),
  /**
   * A write or definition was running when its replica or the gateway went away: it may have been
   * carried out or not. SQLSTATE 40003 is the standard's "statement completion unknown".
   */
  OUTCOME_UNKNOWN("40003", CLUSTER, false),
  /** Spark reported an error; its own class and SQLSTATE stand in its place where it gave them. */
  EXECUTION_FAILED("58000", CLUSTER, false),
  /** The gateway is stopping. */
  SHUTTING_DOWN("57P01", GATEWAY, true),
  /** A defect in Sluice; the log has the details under the statement's id. */
  INTERNAL_ERROR("XX000", GATEWAY, false);

  private final String sqlState;
  private final Fault fault;
  private final boolean retryable;

  ErrorCode(String sqlState, Fault fault, boolean retryable) {
    this.sqlState = sqlState;
    this.fault = fault;
    this.retryable = retryable;
  }

  /** Returns the five characters of SQLSTATE. */
  public String sqlState() {
    return sqlState;
  }

  /** Returns whose fault it is. */
  public Fault fault() {
    return fault;
  }

  /** Returns whether the same request may succeed when it is sent again unchanged. */
  public boolean isRetryable() {
    return retryable;
  }
}
