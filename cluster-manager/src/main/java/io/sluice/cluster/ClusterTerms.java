package io.sluice.cluster;

/**
 * What a cluster is to be, and whether this gateway sees to that. Touched on the manager's serial
 * executor alone, but for what is volatile.
 */
final class ClusterTerms {

  volatile ClusterSettings settings;

  /** What replicas that are started now are to be like. */
  ReplicaSpec spec;

  /** Whether this gateway decides, as one of several does. */
  boolean leading = true;

  /** What keeps replicas from being started, for people; empty while nothing does. */
  String hindrance = "";


  volatile boolean closed;

  ClusterTerms(ClusterSettings settings) {
    this.settings = settings;
    this.spec = settings.replica();
  }
}
