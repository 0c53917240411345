package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What one statement takes of what it may: time, rows and bytes. */
final class Allowance {

  private final StatementLimits limits;
  private final InstantSource clock;
  private final LongAdder rows = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private volatile @Nullable Instant firstRow;
  private @Nullable Instant permittedAt;
  private boolean takesRows;
  private @Nullable Instant waitsForRowsSince;

  Allowance(StatementLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /** Its time runs from now on. */
  synchronized void permitted() {
    permittedAt = clock.instant();
  }

  /** Its time runs no more. */
  synchronized void queued() {
    permittedAt = null;
  }

  synchronized boolean isPermitted() {
    return permittedAt != null;
  }

  /** Its client does not fetch rows but sends them; no clock runs until it is waited for. */
  synchronized void takesRows() {
    takesRows = true;
    waitsForRowsSince = null;
  }

  /** It waits for its client to send rows. */
  synchronized void waitsForRows() {
    waitsForRowsSince = clock.instant();
  }

  /**
   * Returns what ends the statement if it has passed a limit of time.
   *
   * @param leftSince since when its client has left the result alone; empty while it waits for it
   */
  synchronized Optional<SluiceException> exceeded(Optional<Instant> leftSince) {
    Instant now = clock.instant();
    Optional<Instant> stalled = takesRows ? Optional.ofNullable(waitsForRowsSince) : leftSince;
    if (stalled.isPresent() && passed(stalled.get(), limits.clientStall(), now)) {
      String limit = StatementLimits.words(limits.clientStall());
      return Optional.of(
          ClientStall.error(
              takesRows
                  ? "Its client sent nothing for "
                      + limit
                      + ", so the ingest was ended, and no row was written."
                  : "Its client took nothing of the result for "
                      + limit
                      + ", so the statement was ended. Fetch a result as soon as it is there, or"
                      + " ask for less."));
    }
    if (permittedAt != null && passed(permittedAt, limits.runTime(), now)) {
      return Optional.of(
          new SluiceException(
              ErrorCode.STATEMENT_TIMEOUT,
              "The statement ran for "
                  + StatementLimits.words(limits.runTime())
                  + ", the longest that is allowed, and was ended. Ask for less at a time."));
    }
    return Optional.empty();
  }

  private static boolean passed(Instant since, Duration limit, Instant now) {
    return Duration.between(since, now).compareTo(limit) >= 0;
  }

  /**
   * Counts a batch before it is sent.
   *
   * @param limited whether there are limits to it
   * @return what ends the statement instead, if there is
   */
  Optional<SluiceException> take(long batchRows, long batchBytes, boolean limited) {
    if (limited && batchRows > limits.rows() - rows.sum()) {
      return Optional.of(tooLarge(limits.rows(), "rows", SessionSettings.MAX_ROWS));
    }
    if (limited && batchBytes > limits.bytes() - bytes.sum()) {
      return Optional.of(tooLarge(limits.bytes(), "bytes", SessionSettings.MAX_BYTES));
    }
    if (batchRows > 0 && firstRow == null) {
      firstRow = clock.instant();
    }
    rows.add(batchRows);
    bytes.add(batchBytes);
    return Optional.empty();
  }

  private static SluiceException tooLarge(long limit, String what, String setting) {
    return new SluiceException(
        ErrorCode.RESULT_TOO_LARGE,
        String.format(
            Locale.ROOT,
            "The result has more than %,d %s, the most that the server or the session's setting %s"
                + " allows, and was ended there. Ask for less, for example with LIMIT, a filter or"
                + " an aggregate.",
            limit,
            what,
            setting));
  }

  long rows() {
    return rows.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  /** Returns when a first row went to its client. */
  Optional<Instant> firstRow() {
    return Optional.ofNullable(firstRow);
  }
}
