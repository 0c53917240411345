package io.sluice.bench.command;

import java.util.Comparator;
import java.util.List;

/**
 * What clusters come to whose limits are fixed, one after the other.
 *
 * @param fixed the throughput at each fixed limit, from the lowest limit to the highest; at least
 *     one
 */
record Knee(List<Level> fixed) {

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

  /**
   * Two clusters, one right after the other.
   *
   * @param fixed the one with the best fixed limit
   * @param own the one that finds its limit
   */
  record Pair(Level fixed, Level own) {

    /** Returns which share of the fixed one's throughput the own one has. */
    double share() {
      return own.perSecond() / fixed.perSecond();
    }

    /**
     * Returns that of several together; not a number when nothing ended on the fixed one. The best
     * of many is also the one that had luck when it was chosen; that is why it is measured again,
     * in pairs.
     */
    static double share(List<Pair> pairs) {
      double fixed = pairs.stream().mapToDouble(pair -> pair.fixed.perSecond()).sum();
      double own = pairs.stream().mapToDouble(pair -> pair.own.perSecond()).sum();
      return fixed == 0 ? Double.NaN : own / fixed;
    }
  }

  /** Returns the limit that brings the most. */
  Level best() {
    return fixed.stream().max(Comparator.comparingDouble(Level::perSecond)).orElseThrow();
  }

  /** Returns which share of that a level has; not a number when nothing ended at any. */
  double share(Level level) {
    return level.perSecond() / best().perSecond();
  }

  /** Returns the lowest limit that brings nearly as much as the best. */
  Level knee() {
    return fixed.stream()
        .filter(level -> share(level) >= AS_GOOD)
        .findFirst()
        .orElseGet(this::best);
  }
}
