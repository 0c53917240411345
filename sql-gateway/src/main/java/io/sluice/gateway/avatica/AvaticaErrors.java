package io.sluice.gateway.avatica;

import io.sluice.gateway.statement.Failures;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.util.List;
import org.apache.calcite.avatica.AvaticaSeverity;
import org.apache.calcite.avatica.NoSuchConnectionException;
import org.apache.calcite.avatica.remote.Service.ErrorResponse;
import org.jspecify.annotations.Nullable;

/** Turns failures into Avatica's errors: the text of a refusal, never a stack trace. */
final class AvaticaErrors {

  private AvaticaErrors() {}

  /**
   * Returns what the client is sent. A failure that is no refusal is logged under an id, and only
   * the id is sent. At a missing connection a thin client opens it again and repeats its request.
   */
  static ErrorResponse response(Throwable failure) {
    if (Failures.cause(failure) instanceof NoSuchConnectionException) {
      SluiceException closed =
          new SluiceException(
              ErrorCode.SESSION_CLOSED,
              "There is no such connection, or it was closed or has expired; connect again.");
      return response(closed, null, ErrorResponse.MISSING_CONNECTION_ERROR_CODE);
    }
    StatementId id = StatementId.random();
    SluiceException refusal = Failures.refusal(failure, id);
    boolean logged = refusal.code() == ErrorCode.INTERNAL_ERROR;
    return response(refusal, logged ? id : null, ErrorResponse.UNKNOWN_ERROR_CODE);
  }

  private static ErrorResponse response(
      SluiceException refusal, @Nullable StatementId statement, int code) {
    return new ErrorResponse(
        List.of(),
        refusal.clientText(statement),
        code,
        refusal.sqlState(),
        AvaticaSeverity.ERROR,
        null);
  }

  /** Returns the refusal of a fetch of rows that are no longer here. */
  static SluiceException rowsAreGone() {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE,
        "The rows of this statement are no longer here: it was closed, has expired or was run"
            + " again. Run it again.");
  }
}
