package io.sluice.cluster.autoscale;

import java.time.Duration;

/**
 * When a cluster shrinks: when fewer replicas would have done during the whole window. It keeps
 * what the window's peak needed.
 *
 * @param utilization the share of a replica's permits that is planned with, above 0 and at most 1
 * @param window how far back it looks
 * @param checkEvery how often the load is looked at; zero for every call
 * @param step how many replicas may be draining at a time, at least 1
 */
public record ScaleIn(double utilization, Duration window, Duration checkEvery, int step) {

  public ScaleIn {
    if (!(utilization > 0 && utilization <= 1) || window.isNegative() || step < 1) {
      throw new IllegalArgumentException("a window, a share of the permits and a step are needed");
    }
  }

  /** Returns how many replicas the load needs. */
  int needed(ClusterState state) {
    double statements = Math.max(state.load().statements(), state.load().offered());
    return replicas(statements, state.permits() * utilization);
  }

  /** How many replicas of that capacity there must be; a hair above a whole number is none more. */
  static int replicas(double statements, double capacity) {
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(statements / capacity - 1e-6));
  }
}
