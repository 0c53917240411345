package io.sluice.router;

import org.jspecify.annotations.Nullable;

/**
 * Finds the limit with the most throughput: below the knee more statements mean more throughput,
 * beyond it they only take memory and each other's time.
 *
 * <p>Windows of the settled limit and of one that is tried take turns, and each of the latter is
 * compared with the two beside it, so that a server that becomes faster or slower by itself favours
 * neither. What the comparisons tell is gathered until it stands out from the noise between the
 * windows: the sequential test of Wald (1945) for the logarithm of the throughput. Of two limits
 * the higher one is better if it brings more than a twentieth of what it promises.
 *
 * <p>First twice and half the limit is tried; when both are worse, the steps become finer, and in
 * the end the next trial waits longer and longer.
 */
final class KneeSearch {

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
  private final int most;

  /** What is known to be good. */
  private int settled;

  /** Whether {@link #tried} holds, not {@link #settled}. */
  private boolean trying;

  private boolean up = true;
  private int step;

  /** Trials in a row that were refused. */
  private int refused;

  /** Windows until the next trial. */
  private int rest;

  /** How many that were when steps at their finest were refused the last time. */
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

  /**
   * A search from {@code least} to {@code most}.
   *
   * @param begin what holds until the throughput tells better
   */
  KneeSearch(int least, int begin, int most) {
    this.least = least;
    this.most = most;
    this.settled = begin;
  }

  /** Returns the limit that is to hold now. */
  int limit() {
    return trying ? tried() : settled;
  }

  /** Tells that the next window is not to be compared with the last. */
  void paused() {
    trying = false;
    before = null;
    between = null;
  }

  /** Tells that there are fewer statements than the limit lets in. */
  void pressureEnded() {
    if (limit() > settled) {
      // It may be due to the higher limit, and then would be tried again and again.
      refuse();
    }
    paused();
  }

  /** Takes the throughput of a window in which {@link #limit} held. */
  void measured(double perSecond) {
    double throughput = Math.log(perSecond);
    if (trying) {
      between = throughput;
      trying = false;
      return;
    }
    if (before != null) {
      double difference = throughput - before;
      // A comparison varies by one window and half of each of two, a difference by two.
      noise += NOISE_SHARE * (0.75 * difference * difference - noise);
      if (between != null && better(between - (before + throughput) / 2)) {
        return;
      }
    }
    between = null;
    before = throughput;
    if (rest > 0) {
      rest--;
    } else {
      trying = true;
    }
  }

  /** Adds a comparison; returns whether the tried limit has become the settled one. */
  private boolean better(double difference) {
    comparisons++;
    gathered += difference - WORTH * Math.log((double) tried() / settled);
    double telling = noise * NINE_TO_ONE / (2 * TELLING);
    if (gathered > telling) {
      settled = tried();
      refused = 0;
      rests = 0;
      forgetComparisons();
      paused();
      return true;
    }
    if (gathered < -telling || comparisons == MOST_COMPARISONS) {
      refuse();
    }
    return false;
  }

  private void refuse() {
    forgetComparisons();
    up = !up;
    if (++refused < 2) {
      return;
    }
    refused = 0;
    if (step < STEPS.length - 1) {
      step++;
    } else {
      rests = Math.min(LONGEST_REST, rests * 2 + 3);
      rest = rests;
    }
  }

  private void forgetComparisons() {
    gathered = 0;
    comparisons = 0;
  }

  /** Returns the limit whose turn it is to be tried. */
  private int tried() {
    boolean higher = settled < most && (up || settled == least);
    return higher
        ? Math.min(most, Math.max(settled + 1, (int) Math.round(settled * STEPS[step])))
        : Math.max(least, Math.min(settled - 1, (int) Math.round(settled / STEPS[step])));
  }
}
