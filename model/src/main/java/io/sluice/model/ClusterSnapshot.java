package io.sluice.model;

import java.util.List;

/**
 * What is known of a cluster at one instant; what routing decides from.
 *
 * @param cluster the cluster's name
 * @param replicas in the order of their starts, dead ones left out
 * @param reason why no replica is ready, for people; empty when one is
 */
public record ClusterSnapshot(String cluster, List<ReplicaStatus> replicas, String reason) {

  public ClusterSnapshot {
    replicas = List.copyOf(replicas);
  }

  /** One replica: its state and how many task slots Spark has there. */
  public record ReplicaStatus(ReplicaId id, ReplicaState state, int taskSlots) {}
}
