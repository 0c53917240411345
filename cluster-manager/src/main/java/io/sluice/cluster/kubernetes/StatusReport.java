package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.sluice.cluster.ClusterStatus;
import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.ClusterStatus.ReplicaLine;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes down the {@code status} of a LakehouseCluster.
 *
 * @param resource as it is
 * @param problem what is wrong with it; empty when nothing is
 * @param shortage what its replicas want for; empty when nothing is
 * @param now in whole seconds
 */
record StatusReport(
    GenericKubernetesResource resource, String problem, String shortage, Instant now) {

  /** Why a cluster is degraded whose replicas do not start. */
  static final String STARTS_FAIL = "Starts";

  /** The condition whose message is the autoscaler's reason. */
  static final String PROGRESSING = "Progressing";

  /** As many as people are shown. */
  private static final int MOST_DECISIONS = 10;

  StatusReport {
    now = now.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Returns the status of a cluster that was never as it should be. */
  Map<String, Object> pending() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("phase", "Degraded");
    status.put("reason", problem);
    status.put("observedGeneration", resource.getMetadata().getGeneration());
    status.put("conditions", List.of(condition("Degraded", true, "Invalid", problem)));
    return status;
  }

  Map<String, Object> of(ClusterStatus cluster, ClusterSnapshot snapshot) {
    List<ReplicaLine> replicas = cluster.replicas();
    long ready = count(replicas, ReplicaState.READY);
    long draining = count(replicas, ReplicaState.DRAINING);
    long starting = count(replicas, ReplicaState.STARTING);
    boolean deleted = resource.getMetadata().getDeletionTimestamp() != null;
    boolean degraded = !problem.isEmpty() || snapshot.failing() || !shortage.isEmpty();
    String reason =
        Stream.of(problem, snapshot.reason(), shortage)
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    String phase = phase(deleted, degraded, ready, starting, replicas.size());

    Map<String, Object> status = new LinkedHashMap<>();
    status.put("phase", phase);
    status.put("reason", reason.isEmpty() ? cluster.standing() : reason);
    status.put("observedGeneration", resource.getMetadata().getGeneration());
    status.put("replicas", replicas.size());
    status.put("readyReplicas", ready);
    status.put("drainingReplicas", draining);
    status.put("lastReplica", lastReplica(resource, cluster));
    status.put(
        "selector",
        SparkApplications.CLUSTER_LABEL + "=" + cluster.cluster() + ",spark-role=driver");
    status.put("running", cluster.load().running());
    status.put("queued", cluster.load().queued());
    // To the minute, so that a busy cluster is not written anew for each statement.
    status.put(
        "lastActivityTime",
        cluster.load().lastActivity().truncatedTo(ChronoUnit.MINUTES).toString());
    cluster.decisions().stream()
        .findFirst()
        .ifPresent(
            decision ->
                status.put(
                    "lastScaleTime", decision.at().truncatedTo(ChronoUnit.SECONDS).toString()));
    status.put(
        "decisions",
        cluster.decisions().stream().limit(MOST_DECISIONS).map(StatusReport::decision).toList());
    status.put("endpoints", replicas.stream().map(StatusReport::endpoint).toList());
    status.put(
        "conditions",
        List.of(
            condition("Ready", ready > 0, ready > 0 ? "ReplicasReady" : phase, reason),
            condition(PROGRESSING, starting + draining > 0, "Scaling", cluster.standing()),
            condition(
                "Degraded",
                degraded,
                !problem.isEmpty() ? "Invalid" : snapshot.failing() ? STARTS_FAIL : "Executors",
                degraded ? reason : ""),
            condition("Drained", replicas.isEmpty(), "Replicas", ""),
            condition(
                "ScalingLimited",
                cluster.load().queued() > 0 && ready + starting >= cluster.max(),
                "MaxReplicas",
                "")));
    return status;
  }

  private static String phase(
      boolean deleted, boolean degraded, long ready, long starting, int all) {
    if (deleted) {
      return "Draining";
    }
    if (degraded) {
      return "Degraded";
    }
    if (ready > 0) {
      return "Ready";
    }
    if (starting > 0) {
      return "Starting";
    }
    return all > 0 ? "Draining" : "Suspended";
  }

  private static long count(List<ReplicaLine> replicas, ReplicaState state) {
    return replicas.stream().filter(replica -> replica.state() == state).count();
  }

  private static Map<String, Object> decision(MadeDecision decision) {
    return Map.of(
        "time",
        decision.at().truncatedTo(ChronoUnit.SECONDS).toString(),
        "action",
        decision.action(),
        "reason",
        decision.reason());
  }

  private static Map<String, Object> endpoint(ReplicaLine replica) {
    String state = replica.state().name();
    return Map.of(
        "name",
        replica.id().value(),
        "state",
        state.charAt(0) + state.substring(1).toLowerCase(Locale.ROOT),
        "since",
        since(replica.since()).toString());
  }

  /** Returns an instant as replicas have it: two drains of one are never taken for the same. */
  static Instant since(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Returns up to which number replicas have been named. */
  static int lastReplica(GenericKubernetesResource resource, ClusterStatus cluster) {
    int last = lastReplica(resource);
    String prefix = cluster.cluster() + "-";
    for (ReplicaLine replica : cluster.replicas()) {
      String name = replica.id().value();
      if (name.startsWith(prefix) && name.substring(prefix.length()).matches("[0-9]{1,9}")) {
        last = Math.max(last, Integer.parseInt(name.substring(prefix.length())));
      }
    }
    return last;
  }

  static int lastReplica(GenericKubernetesResource resource) {
    return resource.get("status", "lastReplica") instanceof Number number ? number.intValue() : 0;
  }

  private Map<String, Object> condition(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put("status", status);
    condition.put("observedGeneration", resource.getMetadata().getGeneration());
    condition.put("reason", reason);
    condition.put("message", message);
    condition.put("lastTransitionTime", since(type, status).orElse(now.toString()));
    return condition;
  }

  private Optional<String> since(String type, String status) {
    if (resource.get("status", "conditions") instanceof List<?> conditions) {
      for (Object item : conditions) {
        if (item instanceof Map<?, ?> before
            && type.equals(before.get("type"))
            && status.equals(before.get("status"))) {
          return Optional.ofNullable((String) before.get("lastTransitionTime"));
        }
      }
    }
    return Optional.empty();
  }
}
