package io.sluice.router;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How many statements run on one replica at a time, found from the throughput: below the knee more
 * statements mean more throughput, beyond it they only take memory and each other's time.
 *
 * <p>While statements wait and every permit is in use, throughput is measured over windows of two
 * seconds and as many endings as give it meaning. Windows of the settled limit and of one that is
 * tried take turns, and each of the latter is compared with the two beside it, so that a server
 * that becomes faster or slower by itself favours neither. What the comparisons tell is gathered
 * until it stands out from the noise between the windows: the sequential test of Wald (1945) for
 * the logarithm of the throughput. Of two limits the higher one is better if it brings more than a
 * twentieth of what it promises.
 *
 * <p>First twice and half the limit is tried; when both are worse, the steps become finer, and in
 * the end the next trial waits longer and longer. Without pressure nothing is learnt. Where
 * statements are too long for two windows, or hold all permits for seconds while others wait, the
 * limit is what it began with: a low one that was good for short statements would let a few long
 * ones hold up all others.
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

  /** What a trial multiplies or divides the limit by, from the coarsest. */
  private static final double[] STEPS = {2, 1.4, 1.2};

  /** The share of what a higher limit promises that makes it the better one. */
  private static final double WORTH = 0.05;

  /** How far from that, in logarithms, a limit is to be told right nine times of ten. */
  private static final double TELLING = 0.1;

  private static final double NINE_TO_ONE = Math.log(9);

  /** After so many comparisons that tell nothing the limit stays. */
  private static final int MOST_COMPARISONS = 8;

  /** The variance of a comparison, before there are any. */
  private static final double FIRST_NOISE = 0.01;

  /** The share of the latest difference in what is known of the noise. */
  private static final double NOISE_SHARE = 0.1;

  /** Windows without a trial. */
  private static final int LONGEST_REST = 32;

  private final int least;
  private final int first;
  private final int most;

  /** What is known to be good. */
  private int settled;

  /** What holds now: the settled one, or one that is tried. */
  private int current;

  private boolean upNext = true;
  private int step;

  /** Trials in a row that were refused. */
  private int refused;

  private int rest;
  private int rests;

  /** The logarithm of the throughput in the last window of the settled limit. */
  private @Nullable Double before;

  /** The same of the tried one, where its window was the last. */
  private @Nullable Double between;

  /** How much better the tried limit was than it had to be, in logarithms, over all comparisons. */
  private double gathered;

  private int comparisons;

  /** The variance of a comparison. */
  private double noise = FIRST_NOISE;

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
    settle(first);
    upNext = true;
    step = 0;
    noise = FIRST_NOISE;
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
      if (current > settled) {
        // There are not enough statements for it.
        refuse();
      }
      forgetWindows();
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
      forgetWindows();
      if (++longWindows >= 2) {
        beginAgain();
      }
      begin(now);
    } else if (length.compareTo(WINDOW) >= 0 && endings >= Math.max(FEWEST_ENDINGS, 2 * current)) {
      longWindows = 0;
      measured(Math.log(endings / (length.toMillis() / 1e3)));
      begin(now);
    }
  }

  private void begin(Instant now) {
    windowStart = now;
    skip = current;
    endings = 0;
  }

  /** Windows with a pause between them are not compared. */
  private void forgetWindows() {
    before = null;
    between = null;
    current = settled;
  }

  private void measured(double throughput) {
    if (current != settled) {
      between = throughput;
      current = settled;
      return;
    }
    int tried = tried();
    if (before != null) {
      double difference = throughput - before;
      // A comparison varies by one window and half of each of two, a difference by two.
      noise += NOISE_SHARE * (0.75 * difference * difference - noise);
      if (between != null) {
        comparisons++;
        gathered +=
            between - (before + throughput) / 2 - WORTH * Math.log((double) tried / settled);
        between = null;
        double telling = noise * NINE_TO_ONE / (2 * TELLING);
        if (gathered > telling) {
          settle(tried);
          return;
        }
        if (gathered < -telling || comparisons == MOST_COMPARISONS) {
          refuse();
        }
      }
    }
    before = throughput;
    if (rest > 0) {
      rest--;
    } else {
      current = tried();
    }
  }

  private void settle(int limit) {
    settled = limit;
    refused = 0;
    rests = 0;
    rest = 0;
    gathered = 0;
    comparisons = 0;
    forgetWindows();
  }

  private void refuse() {
    gathered = 0;
    comparisons = 0;
    upNext = !upNext;
    if (++refused >= 2) {
      refused = 0;
      if (step < STEPS.length - 1) {
        step++;
      } else {
        rests = Math.min(LONGEST_REST, rests * 2 + 3);
        rest = rests;
      }
    }
  }

  /** Returns the limit whose turn it is to be tried. */
  private int tried() {
    if (settled == most) {
      upNext = false;
    } else if (settled == least) {
      upNext = true;
    }
    return upNext
        ? Math.min(most, Math.max(settled + 1, (int) Math.round(settled * STEPS[step])))
        : Math.max(least, Math.min(settled - 1, (int) Math.round(settled / STEPS[step])));
  }
}
