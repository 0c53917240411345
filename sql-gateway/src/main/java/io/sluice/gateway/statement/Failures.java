package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told of a failure. */
public final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /**
   * Returns the error for the client, with the statement's id; anything unforeseen is logged and
   * becomes {@code INTERNAL_ERROR}.
   *
   * @param restricted whether the statement reads a filtered, masked or column-restricted table:
   *     then Spark's own text may quote a hidden value, and only its error class is told
   */
  static SluiceException forClient(Throwable failure, boolean restricted, StatementId statement) {
    return translate(failure, restricted, statement).ofStatement(statement);
  }

  /**
   * Returns the error for the client outside of a statement's run; anything unforeseen is logged
   * under the id and becomes {@code INTERNAL_ERROR}.
   */
  public static SluiceException refusal(Throwable failure, StatementId id) {
    return translate(failure, false, id);
  }

  /** Returns what failed, out of the wrapping that a future puts around it. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static SluiceException translate(
      Throwable failure, boolean restricted, StatementId statement) {
    Throwable cause = cause(failure);
    if (cause instanceof SluiceException known) {
      if (restricted && known.code() == ErrorCode.EXECUTION_FAILED) {
        return SluiceException.ofSpark(
            known.errorClass(),
            known.sqlState(),
            "Spark refused or stopped the statement with this error. Its text is withheld, because a"
                + " row filter, mask or denied column applies to a table that the statement reads.");
      }
      if (known.code() == ErrorCode.INTERNAL_ERROR
          && known.getCause() != null
          && !(known.getCause() instanceof SluiceException)) {
        LOG.error("statement {}: {}", statement, known.getMessage(), known.getCause());
      }
      return known;
    }
    if (cause instanceof RejectedExecutionException) {
      return new SluiceException(
          ErrorCode.QUEUE_FULL, "The gateway is overloaded. Send the statement again later.");
    }
    LOG.error("statement {}: unforeseen failure", statement, cause);
    return new SluiceException(
        ErrorCode.INTERNAL_ERROR,
        "Sluice failed; the gateway's log has the details under the statement's id.");
  }
}
