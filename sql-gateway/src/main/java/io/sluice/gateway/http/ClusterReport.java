package io.sluice.gateway.http;

import java.util.List;

/**
 * A cluster as {@code GET /clusters} shows it.
 *
 * @param cluster its name
 * @param policy the name of its scaling policy
 * @param min the fewest replicas
 * @param max the most
 * @param permits how many statements a replica runs at a time
 * @param running statements that run
 * @param queued statements that wait
 * @param oldestWaitSeconds how long the one that has waited longest has
 * @param standing why there are neither more nor fewer replicas
 * @param replicas in the order of their starts
 * @param decisions the autoscaler's latest, newest first
 */
public record ClusterReport(
    String cluster,
    String policy,
    int min,
    int max,
    int permits,
    int running,
    int queued,
    double oldestWaitSeconds,
    String standing,
    List<Replica> replicas,
    List<Decision> decisions) {

  public ClusterReport {
    replicas = List.copyOf(replicas);
    decisions = List.copyOf(decisions);
  }

  /**
   * A replica.
   *
   * @param state {@code STARTING}, {@code READY} or {@code DRAINING}
   * @param since when it came into that state, in ISO 8601
   */
  public record Replica(String id, String state, String since, int running) {}

  /**
   * A decision.
   *
   * @param at when, in ISO 8601
   * @param action what was done, for example {@code drain local-2}
   * @param reason why
   */
  public record Decision(String at, String action, String reason) {}
}
