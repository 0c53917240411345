package io.sluice.cluster;

import io.sluice.model.ReplicaId;
import java.time.Instant;
import java.util.Map;

/**
 * What the gateway that leads tells the others of a cluster.
 *
 * @param draining the replicas that are to get no new statements, and since when by its clock
 * @param failure why no replica starts, for people; empty unless starts fail
 * @param standing why there are neither more nor fewer replicas, for people
 */
public record LeaderReport(Map<ReplicaId, Instant> draining, String failure, String standing) {

  /** Says nothing. */
  public static final LeaderReport NONE =
      new LeaderReport(Map.of(), "", "the gateway that leads has said nothing yet");

  public LeaderReport {
    draining = Map.copyOf(draining);
  }
}
