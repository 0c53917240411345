package io.sluice.gateway.main;

import io.sluice.gateway.http.HttpDoor;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaState;
import io.sluice.planner.policy.PolicyHealth;
import java.util.ArrayList;
import java.util.List;

/**
 * Which part of the gateway is in what state, and which policy file is to be mended, for clients
 * that have not logged in. The reasons, which quote rules and Spark's errors, are logged where they
 * arise.
 */
final class ReadinessReport {

  private ReadinessReport() {}

  /** Returns what is told while statements that run come to their end and no other is taken. */
  static HttpDoor.Readiness stopping() {
    return new HttpDoor.Readiness(false, List.of("gateway: it is stopping"));
  }

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
    if (!policies.ready() && policies.problems().isEmpty()) {
      problems.add("policies: none are loaded yet");
    }
    for (PolicyHealth.Problem problem : policies.problems()) {
      problems.add(
          "policies: "
              + problem.file()
              + (policies.ready()
                  ? " was refused, the last good set holds; the log says why"
                  : " was refused, nothing is allowed; the log says why"));
    }
    return new HttpDoor.Readiness(serves && policies.ready(), problems);
  }
}
