package io.sluice.router;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many statements run on one replica at a time, found from the throughput.
 *
 * <p>While statements wait and every permit is in use, throughput is measured over windows of two
 * seconds and as many endings as give it meaning; {@link KneeSearch} says what holds in the next.
 * Without pressure nothing is learnt. Where statements are too long for two windows, or hold all
 * permits for seconds while others wait, the limit is what it began with: a low one that was good
 * for short statements would let a few long ones hold up all others.
 *
 * <p>Pure: it holds no clock.
 */
final class ConcurrencyLimit {

  private static final Duration WINDOW = Duration.ofSeconds(2);

  /** Longer than that, statements are too long for their number to tell anything. */
  private static final Duration LONGEST_WINDOW = Duration.ofSeconds(20);

  /** Without an ending or a start for so long, those that run are long ones. */
  private static final Duration STALLED = Duration.ofSeconds(5);

  private static final int FEWEST_ENDINGS = 30;

  private final int least;
  private final int begin;
  private final int most;

  private KneeSearch search;

  /** Null while there is no pressure. */
  private @Nullable Instant windowStart;

  /** Endings until those that began under another limit are through. */
  private int skip;

  private int endings;

  /** Windows in a row that took too long. */
  private int longWindows;

  /** When a statement began or ended; null before the first. */
  private @Nullable Instant moved;

  /**
   * A limit from {@code least} to {@code most}.
   *
   * @param begin what holds until the throughput tells better
   */
  ConcurrencyLimit(int least, int begin, int most) {
    this.least = least;
    this.begin = begin;
    this.most = most;
    this.search = new KneeSearch(least, begin, most);
  }

  /** Returns how many may run at a time. */
  int value() {
    return search.limit();
  }

  /** Tells that a statement begins. */
  void begins(Instant now) {
    moved = now;
  }

  /** Tells that one waits because all permits are in use. */
  void waits(Instant now) {
    if (value() < begin && moved != null && Duration.between(moved, now).compareTo(STALLED) > 0) {
      beginAgain();
      windowStart = null;
    }
  }

  private void beginAgain() {
    search = new KneeSearch(least, begin, most);
    longWindows = 0;
  }

  /**
   * Tells that a statement has ended.
   *
   * @param pressed whether all permits were in use until then while others waited
   */
  void ended(boolean pressed, Instant now) {
    moved = now;
    if (least == most) {
      return;
    }
    if (!pressed) {
      search.pressureEnded();
      windowStart = null;
      return;
    }
    if (windowStart == null) {
      openWindow(now);
      return;
    }
    if (skip > 0) {
      skip--;
      windowStart = now;
      return;
    }
    endings++;
    Duration length = Duration.between(windowStart, now);
    if (length.compareTo(LONGEST_WINDOW) > 0) {
      search.paused();
      if (++longWindows >= 2) {
        beginAgain();
      }
      openWindow(now);
    } else if (length.compareTo(WINDOW) >= 0 && endings >= Math.max(FEWEST_ENDINGS, 2 * value())) {
      longWindows = 0;
      search.measured(endings / (length.toMillis() / 1e3));
      openWindow(now);
    }
  }

  private void openWindow(Instant now) {
    windowStart = now;
    skip = value();
    endings = 0;
  }
}
