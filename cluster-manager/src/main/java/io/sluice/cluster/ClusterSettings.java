package io.sluice.cluster;

import java.time.Duration;

/**
 * How a cluster is kept.
 *
 * @param name the cluster's; replicas are numbered behind it
 * @param replica what each replica is like
 * @param replicas how many there shall be
 * @param probeInterval between two questions whether a replica is well
 * @param probeLimit how long an answer may take
 * @param missedProbes after how many missing answers in a row it gets no new statements
 * @param silenceLimit how long it may give no answer until it is replaced
 * @param stableAfter how long it must have been up for its end not to count as another failure
 */
public record ClusterSettings(
    String name,
    ReplicaSpec replica,
    int replicas,
    Duration probeInterval,
    Duration probeLimit,
    int missedProbes,
    Duration silenceLimit,
    Duration stableAfter) {

  private static final int MOST_REPLICAS = 1000;

  public ClusterSettings {
    if (replicas < 0 || replicas > MOST_REPLICAS) {
      throw new IllegalArgumentException("not a number of replicas: " + replicas);
    }
  }

  /** Settings that suit servers on the same host or network. */
  public static ClusterSettings of(String name, ReplicaSpec replica, int replicas) {
    return new ClusterSettings(
        name,
        replica,
        replicas,
        Duration.ofSeconds(3),
        Duration.ofSeconds(3),
        2,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60));
  }
}
