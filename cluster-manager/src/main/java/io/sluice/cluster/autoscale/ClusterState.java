package io.sluice.cluster.autoscale;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that is known of a cluster at one instant.
 *
 * @param replicas in the order of their starts, the warm pool's included
 * @param load the statements
 * @param permits how many statements a replica runs at a time, at least 1
 * @param startTime how long a cold start is expected to take
 * @param mayStart whether a start may be tried now; not while the wait after a failed one lasts, or
 *     where another replica would be of no use
 * @param pinned whether a session holds state in Spark that cannot be made again elsewhere, for
 *     which an idle cluster is kept
 * @param history what the autoscaler returned last
 */
public record ClusterState(
    List<ScaledReplica> replicas,
    ClusterLoad load,
    int permits,
    Duration startTime,
    boolean mayStart,
    boolean pinned,
    ScalingHistory history) {

  public ClusterState {
    replicas = List.copyOf(replicas);
    if (permits < 1 || startTime.isNegative()) {
      throw new IllegalArgumentException("a replica runs at least one statement, and starts later");
    }
  }

  /** Returns how many replicas serve or will once they have started. */
  public int live() {
    return serving().size();
  }

  /** Returns those; one that is to take another's place is none while the other serves. */
  List<ScaledReplica> serving() {
    return replicas.stream()
        .filter(ScaledReplica::isLive)
        .filter(replica -> replica.replaces().flatMap(this::alive).isEmpty())
        .toList();
  }

  /** Returns a replica if it serves or will once it has started. */
  Optional<ScaledReplica> alive(ReplicaId id) {
    return replicas.stream()
        .filter(replica -> replica.isLive() && replica.id().equals(id))
        .findFirst();
  }
}
