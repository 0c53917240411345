package io.sluice.cluster;

import io.sluice.model.ClusterLoad;

/** What is asked of a cluster; safe for use by many threads, and quick. */
public interface ClusterDemand {

  /** Returns the statements that run and wait now. */
  ClusterLoad load();

  /** Returns how many statements a replica runs at a time, as things stand; at least 1. */
  int permits();
}
