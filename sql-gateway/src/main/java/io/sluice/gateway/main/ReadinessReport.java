package io.sluice.gateway.main;

import io.sluice.gateway.http.HttpDoor;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaState;
import io.sluice.planner.policy.PolicyHealth;
import java.util.ArrayList;
import java.util.List;

/**
 * Which part of the gateway is in what state, for clients that have not logged in. The reasons,
 * which name files, rules and Spark's errors, are logged where they arise.
 */
final class ReadinessReport {

  private ReadinessReport() {}

  static HttpDoor.Readiness of(ClusterSnapshot cluster, PolicyHealth policies) {
    List<String> problems = new ArrayList<>();
    boolean serves = cluster.reason().isEmpty();
    if (!serves) {
      boolean starting =
          cluster.replicas().stream().anyMatch(status -> status.state() == ReplicaState.STARTING);
      problems.add(
          starting
              ? "cluster: Spark is starting or does not answer"
              : "cluster: there is no Spark server");
    }
    if (!policies.ready()) {
      problems.add(
          policies.problems().isEmpty()
              ? "policies: none are loaded yet"
              : "policies: none could be loaded; the log says why");
    } else if (!policies.problems().isEmpty()) {
      problems.add("policies: a change was refused, the last good ones hold; the log says why");
    }
    return new HttpDoor.Readiness(serves && policies.ready(), problems);
  }
}
