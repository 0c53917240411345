package io.sluice.bench.command;

import java.util.List;

/**
 * What a cluster whose limit is found from the throughput comes to, beside clusters whose limits
 * are fixed.
 *
 * @param fixed the throughput at each fixed limit, from the lowest limit to the highest; at least
 *     one
 * @param adaptive that at the limit that was found
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
   * @param perSecond statements that ended, in a second
   * @param failed how many failed; they do not count as ended
   */
  record Level(String cluster, double perSecond, long failed) {}

  /** Returns the most that a fixed limit brings, a second. */
  double best() {
    return fixed.stream().mapToDouble(Level::perSecond).max().orElseThrow();
  }

  /** Returns which share of that a level has; not a number when nothing ended at any. */
  double share(Level level) {
    return level.perSecond() / best();
  }

  /** Returns the lowest limit that brings nearly as much as the best. */
  Level knee() {
    return fixed.stream()
        .filter(level -> level.perSecond() >= AS_GOOD * best())
        .findFirst()
        .orElseThrow();
  }

  /** Returns how many statements failed. */
  long failed() {
    return adaptive.failed() + fixed.stream().mapToLong(Level::failed).sum();
  }
}
