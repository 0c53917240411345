package io.sluice.cluster;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Instant;
import java.util.List;

/**
 * A cluster as an operator sees it; at most a second old.
 *
 * @param cluster its name
 * @param policy the name of its scaling policy
 * @param min the fewest replicas
 * @param max the most
 * @param permits how many statements a replica runs at a time
 * @param replicas in the order of their starts
 * @param load the statements
 * @param standing why there are neither more nor fewer replicas
 * @param decisions the latest, newest first
 */
public record ClusterStatus(
    String cluster,
    String policy,
    int min,
    int max,
    int permits,
    List<ReplicaLine> replicas,
    ClusterLoad load,
    String standing,
    List<MadeDecision> decisions) {

  public ClusterStatus {
    replicas = List.copyOf(replicas);
    decisions = List.copyOf(decisions);
  }

  /** One replica: since when it is in its state, and how many statements run there. */
  public record ReplicaLine(ReplicaId id, ReplicaState state, Instant since, int running) {}

  /** A decision of the autoscaler that was carried out. */
  public record MadeDecision(Instant at, String action, String reason) {}
}
