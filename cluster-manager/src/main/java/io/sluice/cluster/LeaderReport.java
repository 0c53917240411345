package io.sluice.cluster;

import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.model.ReplicaId;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the gateway that leads tells the others of a cluster.
 *
 * @param draining the replicas that are to get no new statements, and since when by its clock
 * @param failure why no replica starts, for people; empty unless starts fail
 * @param standing why there are neither more nor fewer replicas, for people
 * @param decisions its latest, newest first
 */
public record LeaderReport(
    Map<ReplicaId, Instant> draining,
    String failure,
    String standing,
    List<MadeDecision> decisions) {

  /** Says nothing. */
  public static final LeaderReport NONE =
      new LeaderReport(Map.of(), "", "nothing has been decided yet", List.of());

  public LeaderReport {
    draining = Map.copyOf(draining);
    decisions = List.copyOf(decisions);
  }
}
