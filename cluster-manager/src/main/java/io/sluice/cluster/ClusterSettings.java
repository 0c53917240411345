package io.sluice.cluster;

import io.sluice.cluster.autoscale.ScalingSettings;
import java.time.Duration;

/**
 * How a cluster is kept.
 *
 * @param name the cluster's; replicas are numbered behind it
 * @param replica what each replica is like
 * @param scaling how many there shall be
 * @param tick how often the autoscaler is asked
 * @param startTime how long a start is expected to take until some have been seen
 * @param probeInterval between two questions whether a replica is well
 * @param probeLimit how long an answer may take
 * @param missedProbes after how many missing answers in a row it gets no new statements
 * @param silenceLimit how long it may give no answer until it is replaced
 * @param stableAfter how long it must have been up for its end not to count as another failure
 */
public record ClusterSettings(
    String name,
    ReplicaSpec replica,
    ScalingSettings scaling,
    Duration tick,
    Duration startTime,
    Duration probeInterval,
    Duration probeLimit,
    int missedProbes,
    Duration silenceLimit,
    Duration stableAfter) {

  /** Settings that suit servers on the same host or network, of which there are always as many. */
  public static ClusterSettings of(String name, ReplicaSpec replica, int replicas) {
    return of(name, replica, ScalingSettings.fixed(replicas));
  }

  /** Settings that suit servers on the same host or network. */
  public static ClusterSettings of(String name, ReplicaSpec replica, ScalingSettings scaling) {
    return new ClusterSettings(
        name,
        replica,
        scaling,
        Duration.ofSeconds(1),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5),
        Duration.ofSeconds(3),
        3,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60));
  }
}
