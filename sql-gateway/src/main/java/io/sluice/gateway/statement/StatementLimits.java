package io.sluice.gateway.statement;

import java.time.Duration;

/**
 * How long a statement may take. One that passes a limit ends with {@code STATEMENT_TIMEOUT}; the
 * wait for a permit has a limit of its own, that of the queue.
 *
 * @param clientStall how long its client may take no part of the result while there is more; above
 *     zero. Meanwhile it holds a permit, and Spark holds the rows
 * @param runTime how long it may run, from its permit on, with all that its client takes to fetch
 *     the result; above zero
 */
public record StatementLimits(Duration clientStall, Duration runTime) {

  public StatementLimits {
    if (clientStall.isNegative()
        || clientStall.isZero()
        || runTime.isNegative()
        || runTime.isZero()) {
      throw new IllegalArgumentException("a statement's limits are above zero");
    }
  }

  /** Returns a limit in words. */
  static String words(Duration limit) {
    long seconds = limit.toSeconds();
    if (seconds % 3600 == 0) {
      return seconds / 3600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
