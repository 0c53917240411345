package io.sluice.cluster;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import java.time.Instant;

/** What is asked of a cluster; safe for use by many threads, and quick. */
public interface ClusterDemand {

  /** Returns the statements that run and wait now. */
  ClusterLoad load();

  /** Returns how many statements a replica runs at a time, as things stand; at least 1. */
  int permits();

  /**
   * Returns whether nobody sends a replica new statements any more that drains since then; where
   * there is one gateway, as soon as it drains.
   */
  default boolean isLeftAlone(ReplicaId replica, Instant since) {
    return true;
  }
}
