package io.sluice.gateway.main;

import io.sluice.cluster.ClusterDemand;
import io.sluice.gateway.statement.StatementQueue;
import io.sluice.model.ClusterLoad;

/**
 * What the queues ask of the cluster. A schema is asked of Spark only for a statement that is about
 * to run, so it wakes a cluster too; what the catalog answers passes no queue and wakes none.
 */
record QueuedDemand(StatementQueue statements, StatementQueue schemas, int taskSlots)
    implements ClusterDemand {

  @Override
  public ClusterLoad load() {
    return statements.load().plus(schemas.load());
  }

  @Override
  public int permits() {
    return statements.permits(taskSlots);
  }
}
