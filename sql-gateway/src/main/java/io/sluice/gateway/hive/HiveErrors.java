package io.sluice.gateway.hive;

import io.sluice.gateway.statement.Failures;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.util.concurrent.CancellationException;
import org.apache.hive.service.rpc.thrift.TStatus;
import org.apache.hive.service.rpc.thrift.TStatusCode;

/** Turns failures into Hive's status: the text of a refusal is sent, that of a defect is not. */
final class HiveErrors {

  private HiveErrors() {}

  /** PyHive takes no other code for success. */
  static TStatus success() {
    return new TStatus(TStatusCode.SUCCESS_STATUS);
  }

  static TStatus status(Throwable failure) {
    Told told = told(failure);
    TStatus status =
        new TStatus(
            told.code == ErrorCode.INVALID_HANDLE || told.code == ErrorCode.SESSION_CLOSED
                ? TStatusCode.INVALID_HANDLE_STATUS
                : TStatusCode.ERROR_STATUS);
    status.setSqlState(told.sqlState);
    status.setErrorCode(0);
    status.setErrorMessage(told.text);
    return status;
  }

  /** Returns what a client is told; a defect is logged under an id, and the id alone is told. */
  static Told told(Throwable failure) {
    Throwable cause = Failures.cause(failure);
    if (cause instanceof CancellationException) {
      cause = new SluiceException(ErrorCode.OPERATION_CANCELED, "The operation was closed.");
    }
    StatementId id = StatementId.random();
    SluiceException refusal = Failures.refusal(cause, id);
    boolean logged = refusal.code() == ErrorCode.INTERNAL_ERROR;
    return new Told(refusal.code(), refusal.sqlState(), refusal.clientText(logged ? id : null));
  }

  /**
   * What a client is told.
   *
   * @param code of the closed vocabulary
   * @param sqlState five characters
   * @param text {@code [CODE] text (SQLSTATE x, statement id)}
   */
  record Told(ErrorCode code, String sqlState, String text) {}
}
