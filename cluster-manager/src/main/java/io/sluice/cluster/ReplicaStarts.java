package io.sluice.cluster;

import java.time.Duration;

/** Is told what becomes of the replicas that a manager starts; must not block. */
public interface ReplicaStarts {

  /**
   * One is ready.
   *
   * @param took since it was started
   */
  void ready(Duration took);

  /** One has ended before it was ready, and nobody wanted that. */
  void failed();
}
