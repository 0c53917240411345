package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;

/**
 * Stands as the cause in what ends a result because its client took nothing of it: a client that is
 * told so may not be listening.
 */
public final class ClientStall extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private ClientStall() {
    super("the client took nothing", null, false, false);
  }

  /**
   * Returns a {@code STATEMENT_TIMEOUT} for a client that took nothing.
   *
   * @param text says so to the client
   */
  public static SluiceException error(String text) {
    return new SluiceException(ErrorCode.STATEMENT_TIMEOUT, text, new ClientStall());
  }

  /** Returns whether it is why something failed. */
  public static boolean isCauseOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ClientStall) {
        return true;
      }
    }
    return false;
  }
}
