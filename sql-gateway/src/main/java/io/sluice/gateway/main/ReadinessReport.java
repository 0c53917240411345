package io.sluice.gateway.main;

import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.UsersWatch;
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

  /**
   * Returns whether any cluster that everybody may use serves under policies that hold. One that
   * does not serve is told of beside others, which go on. Of restricted clusters nothing is told;
   * they are asked only where there is no other. While it is not known what there is, the gateway
   * serves nothing.
   *
   * @param listed whether it is known what clusters there are
   * @param comeAndGo whether they are others' to define: then how they are is told and decides
   *     nothing, since all gateways have the same ones and one that starts may be cold
   */
  static HttpDoor.Readiness of(
      boolean listed,
      boolean comeAndGo,
      List<ClusterState> clusters,
      PolicyHealth policies,
      UsersWatch.Health users) {
    List<ClusterState> open = clusters.stream().filter(cluster -> !cluster.restricted()).toList();
    List<ClusterState> asked = open.isEmpty() ? clusters : open;
    boolean serves = asked.stream().anyMatch(ClusterState::serves);
    List<String> problems = new ArrayList<>();
    if (!listed) {
      problems.add("clusters: it is not known yet which there are; the log says why");
    } else if (clusters.isEmpty()) {
      problems.add("clusters: none is defined");
    } else if (open.isEmpty() && !serves) {
      problems.add("gateway: no statement can run now");
    }
    open.stream()
        .filter(cluster -> !cluster.serves())
        .map(cluster -> problem(cluster, open.size() > 1))
        .forEach(problems::add);
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
    if (users.problem().isPresent()) {
      problems.add("users: their file was refused, those before it hold; the log says why");
    }
    return new HttpDoor.Readiness(listed && (comeAndGo || serves) && policies.ready(), problems);
  }

  /** Returns the same of clusters that are those which were known last, before the start. */
  static HttpDoor.Readiness remembered(HttpDoor.Readiness report) {
    List<String> problems = new ArrayList<>(report.problems());
    problems.add(
        0, "clusters: they are those that were known last; the API server has not answered yet");
    return new HttpDoor.Readiness(report.ready(), problems);
  }

  private static String problem(ClusterState cluster, boolean oneOfMany) {
    return (oneOfMany ? "cluster " + cluster.name() : "cluster")
        + (cluster.starting()
            ? ": Spark is starting or does not answer"
            : ": there is no Spark server");
  }

  /**
   * What is told of a cluster.
   *
   * @param restricted whether only some may know that it is there
   * @param serves whether statements run, or would when they come
   * @param starting whether a Spark server is on its way
   */
  record ClusterState(String name, boolean restricted, boolean serves, boolean starting) {

    static ClusterState of(RunningCluster cluster) {
      return new ClusterState(
          cluster.name(), cluster.routed().isRestricted(), cluster.serves(), cluster.isStarting());
    }
  }
}
