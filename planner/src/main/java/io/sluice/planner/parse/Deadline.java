package io.sluice.planner.parse;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.time.InstantSource;

/** Ends a parse that takes too long: lexer and parser pass by here at every token they look at. */
final class Deadline {

  /** A power of two: the clock is read once in so many calls. */
  private static final int CALLS_PER_READING = 256;

  private final InstantSource clock;
  private final long end;
  private int calls;

  Deadline(InstantSource clock, Duration limit) {
    this.clock = clock;
    this.end = clock.millis() + limit.toMillis();
  }

  void check() {
    if ((++calls & (CALLS_PER_READING - 1)) == 0 && clock.millis() > end) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_COMPLEX,
          "The statement takes too long to parse; split it or write it more simply.");
    }
  }
}
