package io.sluice.gateway.cli;

import org.jspecify.annotations.Nullable;

/** The server refused or failed the statement; the message is the server's. */
final class StatementFailure extends Exception {

  private static final long serialVersionUID = 1L;

  StatementFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
