package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
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
   * @param disclosure makes what the client may read of an error of Spark's, as {@link Disclosure}
   *     has it
   */
  static SluiceException forClient(
      Throwable failure, UnaryOperator<SluiceException> disclosure, StatementId statement) {
    return translate(failure, disclosure, statement).ofStatement(statement);
  }

  /**
   * Returns the error for the client outside of a statement's run; anything unforeseen is logged
   * under the id and becomes {@code INTERNAL_ERROR}.
   */
  public static SluiceException refusal(Throwable failure, StatementId id) {
    return translate(failure, UnaryOperator.identity(), id);
  }

  /** Returns what failed, out of the wrapping that a future puts around it. */
  public static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Returns whether the Spark server went away, or a Spark session that it should have had. */
  static boolean isReplicaLost(Throwable failure) {
    return cause(failure) instanceof SluiceException known
        && known.code() == ErrorCode.REPLICA_LOST;
  }

  static SluiceException shuttingDown() {
    return new SluiceException(
        ErrorCode.SHUTTING_DOWN,
        "The gateway is stopping. Send the statement again when it is back.");
  }

  static SluiceException replicaTaken() {
    return new SluiceException(
        ErrorCode.REPLICA_LOST,
        "The cluster became smaller, and the Spark server that ran the statement could wait no"
            + " longer for it. Send the statement again.");
  }

  /** What may have been carried out once must not be sent again without a look. */
  static SluiceException outcomeUnknown() {
    return new SluiceException(
        ErrorCode.OUTCOME_UNKNOWN,
        "The Spark server or the gateway went away while it ran the statement, and it cannot be"
            + " told whether the statement was carried out. Look at what it changes before you"
            + " send it again.");
  }

  private static SluiceException translate(
      Throwable failure, UnaryOperator<SluiceException> disclosure, StatementId statement) {
    Throwable cause = cause(failure);
    if (cause instanceof SluiceException known) {
      // One that names its statement was logged when it was given the name.
      if (known.statement().isEmpty()) {
        log(known, statement);
      }
      return disclosure.apply(known);
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

  /** Tells the operator what the client is not told. */
  private static void log(SluiceException known, StatementId statement) {
    Throwable cause = known.getCause();
    if (known.code() == ErrorCode.INTERNAL_ERROR) {
      LOG.error("statement {}: {}", statement, known.getMessage(), withoutTexts(known));
    } else if (known.code() == ErrorCode.CATALOG_UNAVAILABLE && cause != null) {
      LOG.warn("statement {}: {}", statement, known.getMessage(), cause);
    } else if (known.code() == ErrorCode.POLICY_INVALID && cause != null) {
      LOG.warn("statement {}: {}", statement, cause.getMessage());
    }
  }

  /** A refusal beneath may quote the statement, of which no log holds a literal. */
  private static Throwable withoutTexts(SluiceException known) {
    if (!(known.getCause() instanceof SluiceException beneath)) {
      return known;
    }
    Throwable trace = new IllegalStateException(beneath.errorClass());
    trace.setStackTrace(beneath.getStackTrace());
    return trace;
  }
}
