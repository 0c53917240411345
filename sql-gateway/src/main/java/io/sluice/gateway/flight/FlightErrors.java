package io.sluice.gateway.flight;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sluice.gateway.statement.Failures;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Turns failures into gRPC statuses: the text of a refusal is sent, that of a defect is not. */
final class FlightErrors {

  /**
   * gRPC percent-encodes a status text into a header, and a client takes 8 KiB of headers by
   * default; a longer one would break the connection in place of explaining.
   */
  private static final int LONGEST_ENCODED = 6 * 1024;

  private FlightErrors() {}

  /**
   * Returns the gRPC code for each code of Sluice; what Flight clients make of it stands beside.
   */
  static Status.Code grpcCode(ErrorCode code) {
    return switch (code) {
      case PARSE_SYNTAX_ERROR,
          COLUMN_ALREADY_EXISTS,
          UNRESOLVED_VARIABLE,
          CREATE_VIEW_COLUMN_ARITY_MISMATCH,
          STATEMENT_TOO_LARGE,
          STATEMENT_TOO_COMPLEX,
          UNRESOLVED_COLUMN,
          WRONG_NUM_ARGS,
          AMBIGUOUS_REFERENCE,
          PARAMETER_MISMATCH,
          INVALID_PARAMETER,
          PROTOCOL_VIOLATION ->
          Status.Code.INVALID_ARGUMENT;
      case NOT_SUPPORTED -> Status.Code.UNIMPLEMENTED;
      case FUNCTION_NOT_ALLOWED, CONFIGURATION_NOT_ALLOWED, PERMISSION_DENIED, CANNOT_AUTHORIZE ->
          Status.Code.PERMISSION_DENIED;
      case TABLE_OR_VIEW_ALREADY_EXISTS, VARIABLE_ALREADY_EXISTS, ROUTINE_ALREADY_EXISTS ->
          Status.Code.ALREADY_EXISTS;
      case TABLE_OR_VIEW_NOT_FOUND,
          VARIABLE_NOT_FOUND,
          ROUTINE_NOT_FOUND,
          SCHEMA_NOT_FOUND,
          CATALOG_NOT_FOUND,
          CLUSTER_NOT_FOUND,
          INVALID_HANDLE ->
          Status.Code.NOT_FOUND;
      case UNAUTHENTICATED, SESSION_CLOSED -> Status.Code.UNAUTHENTICATED;
      case OPERATION_CANCELED -> Status.Code.CANCELLED;
      case STATEMENT_TIMEOUT -> Status.Code.DEADLINE_EXCEEDED;
      case POLICY_INVALID -> Status.Code.FAILED_PRECONDITION;
      case POLICY_UNAVAILABLE,
          CATALOG_UNAVAILABLE,
          CLUSTER_UNAVAILABLE,
          REPLICA_LOST,
          SHUTTING_DOWN ->
          Status.Code.UNAVAILABLE;
      case STATEMENT_OUTDATED -> Status.Code.ABORTED;
      case QUEUE_FULL, QUEUE_TIMEOUT, RESULT_TOO_LARGE -> Status.Code.RESOURCE_EXHAUSTED;
      case OUTCOME_UNKNOWN, EXECUTION_FAILED, INTERNAL_ERROR -> Status.Code.INTERNAL;
    };
  }

  /**
   * Returns what the client is sent. A failure that is no {@link SluiceException} is logged under
   * an id, and only the id is sent.
   *
   * @param statement the statement that failed; null before there is one
   */
  static StatusRuntimeException status(Throwable failure, @Nullable StatementId statement) {
    if (Failures.cause(failure) instanceof StatusRuntimeException protocol) {
      return protocol;
    }
    StatementId id = statement == null ? StatementId.random() : statement;
    SluiceException refusal = Failures.refusal(failure, id);
    boolean logged = refusal.code() == ErrorCode.INTERNAL_ERROR;
    return status(refusal.code(), refusal.clientText(logged ? id : statement));
  }

  /** Returns the error of one of many rows of parameters; those before it were run. */
  static StatusRuntimeException ofRow(Throwable failure, int row, int rows) {
    Status status = status(failure, null).getStatus();
    String where =
        "Row "
            + (row + 1)
            + " of "
            + rows
            + " failed; "
            + (row == 0 ? "no row was run before it. " : "the rows before it were run. ");
    return status.withDescription(fitted(where + status.getDescription())).asRuntimeException();
  }

  private static StatusRuntimeException status(ErrorCode code, String text) {
    return grpcCode(code).toStatus().withDescription(fitted(text)).asRuntimeException();
  }

  /** Cuts a text that would be too long as a header, before its SQLSTATE. */
  private static String fitted(String text) {
    if (encodedLength(text) <= LONGEST_ENCODED) {
      return text;
    }
    int tailStart = Math.max(text.lastIndexOf(" (SQLSTATE "), 0);
    String tail = "…" + text.substring(tailStart);
    int room = LONGEST_ENCODED - encodedLength(tail);
    int end = 0;
    while (end < tailStart) {
      int next = text.offsetByCodePoints(end, 1);
      room -= encodedLength(text.substring(end, next));
      if (room < 0) {
        break;
      }
      end = next;
    }
    return text.substring(0, end) + tail;
  }

  /** Returns the length in gRPC's percent-encoding: three for each byte outside printable ASCII. */
  private static int encodedLength(String text) {
    int length = 0;
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      length += octet >= ' ' && octet < '~' && octet != '%' ? 1 : 3;
    }
    return length;
  }
}
