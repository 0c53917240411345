package io.sluice.gateway.metrics;

import io.sluice.gateway.identity.UsersWatch;
import io.sluice.gateway.session.Door;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaState;
import io.sluice.planner.catalog.CatalogRequests;
import io.sluice.planner.policy.PolicyHealth;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the gateway is found to be when it is asked for its metrics.
 *
 * @param statements that have not ended
 * @param sparkSessions that are kept for sessions
 * @param sessions by the door that they were opened at
 * @param connections by the port: {@code grpc}, {@code http}, {@code thrift}
 * @param vectorBytes outside the heap, that the gateway's own Arrow vectors take
 * @param users how they stand to their file
 * @param catalogs what each was asked
 */
public record Observed(
    Instant now,
    int statements,
    int sparkSessions,
    Map<Door, Integer> sessions,
    Map<String, Integer> connections,
    long vectorBytes,
    List<Cluster> clusters,
    PolicyHealth policies,
    UsersWatch.Health users,
    Map<String, CatalogRequests.Total> catalogs) {

  /**
   * A cluster.
   *
   * @param most how many replicas it may have
   * @param load what runs and waits, questions for schemas included
   * @param replicas by their state
   */
  public record Cluster(
      String name, int most, ClusterLoad load, Map<ReplicaState, Integer> replicas) {}
}
