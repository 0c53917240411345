package io.sluice.model;

import java.util.EnumSet;
import java.util.Set;

/** The life of a statement. The table of legal moves is {@link #next()}; terminal states absorb. */
public enum StatementState {
  /** It has an id and stands in the journal. */
  RECEIVED,
  /** Parsed, resolved, authorised and rewritten. */
  ANALYZED,
  /** It waits for a permit. */
  QUEUED,
  /** A replica is chosen and journalled as its owner. */
  ROUTED,
  /** Spark runs it, or the gateway answers it. */
  RUNNING,
  /** Its last row was delivered. */
  FINISHED,
  /** It was refused or broke; the error says which. */
  FAILED,
  /** Its client, an administrator, a time-out or a shutdown ended it. */
  CANCELED;

  /** Returns the states that may follow this one; empty for a terminal state. */
  public Set<StatementState> next() {
    return switch (this) {
      case RECEIVED -> EnumSet.of(ANALYZED, FAILED, CANCELED);
      // A statement that the gateway answers itself needs neither permit nor replica.
      case ANALYZED -> EnumSet.of(QUEUED, RUNNING, FAILED, CANCELED);
      case QUEUED -> EnumSet.of(ROUTED, FAILED, CANCELED);
      // Back to the queue: its replica was lost before a row was sent, and it runs once more.
      case ROUTED -> EnumSet.of(QUEUED, RUNNING, FAILED, CANCELED);
      case RUNNING -> EnumSet.of(QUEUED, FINISHED, FAILED, CANCELED);
      case FINISHED, FAILED, CANCELED -> EnumSet.noneOf(StatementState.class);
    };
  }

  /** Returns whether nothing can follow. */
  public boolean isTerminal() {
    return next().isEmpty();
  }
}
