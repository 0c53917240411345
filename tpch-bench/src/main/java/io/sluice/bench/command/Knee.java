package io.sluice.bench.command;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a cluster whose limit is found from the throughput comes to, beside clusters whose limits
 * are fixed. All were measured in each of the same rounds, of which there are two or more.
 *
 * @param fixed those with fixed limits, from the lowest limit to the highest; at least one
 * @param adaptive the one that finds its own
 */
record Knee(List<Level> fixed, Level adaptive) {

  /** Which share of the best makes a lower limit as good. */
  private static final double AS_GOOD = 0.95;

  Knee {
    fixed = List.copyOf(fixed);
  }

  /**
   * The throughput of a cluster.
   *
   * @param rounds statements that ended, in a second, round by round
   * @param failed how many failed; they do not count as ended
   */
  record Level(String cluster, List<Double> rounds, long failed) {

    Level {
      rounds = List.copyOf(rounds);
    }

    /** Returns that of all rounds. */
    double perSecond() {
      return rounds.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /**
     * Returns that of every other round.
     *
     * @param first 0 or 1
     */
    double perSecondOfHalf(int first) {
      return IntStream.range(0, rounds.size())
          .filter(round -> round % 2 == first)
          .mapToDouble(rounds::get)
          .average()
          .orElseThrow();
    }
  }

  /** Returns the fixed limit that brings the most. */
  Level best() {
    return best(Level::perSecond);
  }

  private Level best(ToDoubleFunction<Level> perSecond) {
    return fixed.stream().max(Comparator.comparingDouble(perSecond)).orElseThrow();
  }

  /** Returns which share of that a level has; not a number when nothing ended at any. */
  double share(Level level) {
    return level.perSecond() / best().perSecond();
  }

  /**
   * Returns which share of the best fixed limit's throughput the limit has that is found. The best
   * of many is also the one that had luck, so it is chosen by one half of the rounds and measured
   * by the other, and the other way round. Not a number when nothing ended there.
   */
  double shareFound() {
    double found = 0;
    double best = 0;
    for (int half = 0; half < 2; half++) {
      int other = 1 - half;
      best += best(level -> level.perSecondOfHalf(other)).perSecondOfHalf(half);
      found += adaptive.perSecondOfHalf(half);
    }
    return best == 0 ? Double.NaN : found / best;
  }

  /** Returns the lowest limit that brings nearly as much as the best. */
  Level knee() {
    return fixed.stream()
        .filter(level -> share(level) >= AS_GOOD)
        .findFirst()
        .orElseGet(this::best);
  }
}
