package io.sluice.model;

import java.util.List;

/**
 * What is known of a cluster at one instant; what routing decides from.
 *
 * @param cluster the cluster's name
 * @param replicas in the order of their starts, dead ones left out
 * @param reason why no replica is ready, for people; empty when one is
 * @param failing whether the last starts failed and no replica is there or coming, so that it makes
 *     no sense to wait for one
 */
public record ClusterSnapshot(
    String cluster, List<ReplicaStatus> replicas, String reason, boolean failing) {

  public ClusterSnapshot {
    replicas = List.copyOf(replicas);
  }

  /** A cluster whose starts do not fail. */
  public ClusterSnapshot(String cluster, List<ReplicaStatus> replicas, String reason) {
    this(cluster, replicas, reason, false);
  }

  /** One replica: its state and how many task slots Spark has there. */
  public record ReplicaStatus(ReplicaId id, ReplicaState state, int taskSlots) {}
}
