package io.sluice.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A replica did not come up. */
public final class ReplicaStartException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> lastLines;

  /**
   * An account of what happened.
   *
   * @param message for people; without paths or secrets
   * @param lastLines the end of the server's log, for the operator alone
   */
  public ReplicaStartException(String message, List<String> lastLines, @Nullable Throwable cause) {
    super(message, cause);
    this.lastLines = List.copyOf(lastLines);
  }

  /** Returns the end of the server's log, oldest line first; for the operator alone. */
  public List<String> lastLines() {
    return lastLines;
  }
}
