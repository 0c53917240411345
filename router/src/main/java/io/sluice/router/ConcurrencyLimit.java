package io.sluice.router;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many statements run on one replica at a time, found from the throughput: below the knee more
 * statements mean more throughput, beyond it they only take memory and each other's time.
 *
 * <p>While statements wait and every permit is in use, throughput is measured over windows of two
 * seconds and as many endings as give it meaning. Every other window tries a limit a quarter higher
 * or lower. A higher one is kept if it brings at least a fifth of what it promises; a lower one if
 * it loses next to nothing of the best that was seen. When neither is kept, the steps become finer,
 * and then the next trial waits longer. What was seen is slowly forgotten, for the statements
 * change. Without pressure the limit stays as it is. Where statements are too long for two windows,
 * or hold all permits for seconds while others wait, it is what it began with: a low one that was
 * good for short statements would let a few long ones hold up all others.
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
  private static final double COARSE = 0.25;
  private static final double FINE = 0.1;
  private static final double NOTHING_LOST = 0.985;
  private static final double FORGET = 0.995;
  private static final int LONGEST_REST = 16;

  private final int least;
  private final int first;
  private final int most;

  /** What is known to be good. */
  private int settled;

  /** What holds now: the settled one, or one that is tried. */
  private int current;

  private boolean upNext = true;
  private double step = COARSE;
  private double throughput;
  private double best;
  private int rest;
  private int rests;
  private int refused;

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
    this.first = begin;
    this.most = most;
    this.settled = begin;
    this.current = begin;
  }

  /** Returns how many may run at a time. */
  int value() {
    return current;
  }

  /** Tells that a statement begins. */
  void begins(Instant now) {
    moved = now;
  }

  /** Tells that one waits because all permits are in use. */
  void waits(Instant now) {
    if (current < first && moved != null && Duration.between(moved, now).compareTo(STALLED) > 0) {
      beginAgain();
    }
  }

  private void beginAgain() {
    settled = first;
    current = first;
    upNext = true;
    step = COARSE;
    throughput = 0;
    best = 0;
    rest = 0;
    rests = 0;
    refused = 0;
    longWindows = 0;
    windowStart = null;
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
      windowStart = null;
      return;
    }
    if (windowStart == null) {
      begin(now);
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
      current = settled;
      if (++longWindows >= 2) {
        beginAgain();
      }
      begin(now);
    } else if (length.compareTo(WINDOW) >= 0 && endings >= Math.max(FEWEST_ENDINGS, 2 * current)) {
      longWindows = 0;
      measured(endings / (length.toMillis() / 1e3));
      begin(now);
    }
  }

  private void begin(Instant now) {
    windowStart = now;
    skip = current;
    endings = 0;
  }

  private void measured(double perSecond) {
    best = Math.max(best * FORGET, perSecond);
    if (current == settled) {
      throughput = perSecond;
      if (rest-- <= 0) {
        rest = 0;
        propose();
      }
      return;
    }
    boolean kept =
        current > settled
            ? perSecond > throughput * (1 + step / 5)
            : perSecond > Math.max(throughput, best * NOTHING_LOST) * NOTHING_LOST;
    if (kept) {
      settled = current;
      throughput = perSecond;
      refused = 0;
      rests = 0;
      propose();
      return;
    }
    current = settled;
    upNext = !upNext;
    if (++refused >= 2) {
      refused = 0;
      rests = Math.min(LONGEST_REST, rests * 2 + 1);
      rest = rests;
      // A knee that has moved far is found by the coarse step again.
      step = step == COARSE ? FINE : COARSE;
    }
  }

  private void propose() {
    int by = Math.max(1, (int) Math.round(settled * step));
    int tried = upNext ? Math.min(most, settled + by) : Math.max(least, settled - by);
    if (tried == settled) {
      upNext = !upNext;
      tried = upNext ? Math.min(most, settled + by) : Math.max(least, settled - by);
    }
    current = tried;
  }
}
