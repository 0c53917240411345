package io.sluice.cluster.kubernetes;

/**
 * What a replica is made of, by the name that people order it under. Memory is in GiB and is that
 * of the JVM's heap; the pod gets a tenth more, as Spark has it.
 */
public enum ReplicaSize {
  /** For trying out. */
  XS(1, 2, 2, 4, 2, 4),
  /** For a team. */
  S(2, 4, 4, 16, 4, 8),
  /** For a department. */
  M(4, 8, 4, 16, 8, 10),
  /** For much data. */
  L(4, 16, 8, 32, 16, 12),
  /** For the largest. */
  XL(8, 32, 8, 32, 32, 16);

  private final int driverCores;
  private final int driverGib;
  private final int executorCores;
  private final int executorGib;
  private final int mostExecutors;
  private final int concurrency;

  ReplicaSize(
      int driverCores,
      int driverGib,
      int executorCores,
      int executorGib,
      int mostExecutors,
      int concurrency) {
    this.driverCores = driverCores;
    this.driverGib = driverGib;
    this.executorCores = executorCores;
    this.executorGib = executorGib;
    this.mostExecutors = mostExecutors;
    this.concurrency = concurrency;
  }

  /** Returns the driver's processors. */
  public int driverCores() {
    return driverCores;
  }

  /** Returns the driver's heap as Spark takes it. */
  public String driverHeap() {
    return driverGib + "g";
  }

  /** Returns how many tasks one executor runs at a time. */
  public int executorCores() {
    return executorCores;
  }

  /** Returns an executor's heap as Spark takes it. */
  public String executorHeap() {
    return executorGib + "g";
  }

  /** Returns the most executors, where the cluster does not say. */
  public int mostExecutors() {
    return mostExecutors;
  }

  /** Returns how many statements a replica runs at a time, where the cluster does not say. */
  public int concurrency() {
    return concurrency;
  }
}
