package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.LeaderReport;
import io.sluice.model.ReplicaId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads from the {@code status} of a LakehouseCluster what a gateway that follows goes by. */
final class StatusReading {

  private StatusReading() {}

  /** Returns what the gateway that leads wrote by {@link StatusReport}. */
  static LeaderReport report(GenericKubernetesResource resource) {
    return new LeaderReport(
        draining(resource), failure(resource), standing(resource), decisions(resource));
  }

  private static Map<ReplicaId, Instant> draining(GenericKubernetesResource resource) {
    Map<ReplicaId, Instant> draining = new HashMap<>();
    for (Map<?, ?> endpoint : items(resource, "endpoints")) {
      if ("Draining".equals(endpoint.get("state"))) {
        draining.put(
            new ReplicaId(String.valueOf(endpoint.get("name"))),
            instant(String.valueOf(endpoint.get("since"))));
      }
    }
    return draining;
  }

  /** Drains all the same, though nobody takes this for the leader's time. */
  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException otherwise) {
      return Instant.EPOCH;
    }
  }

  private static String failure(GenericKubernetesResource resource) {
    return condition(resource, "Degraded")
        .filter(condition -> "True".equals(condition.get("status")))
        .filter(condition -> StatusReport.STARTS_FAIL.equals(condition.get("reason")))
        .map(condition -> String.valueOf(condition.get("message")))
        .orElse("");
  }

  private static String standing(GenericKubernetesResource resource) {
    return condition(resource, StatusReport.PROGRESSING)
        .map(condition -> String.valueOf(condition.get("message")))
        .orElse(LeaderReport.NONE.standing());
  }

  private static Optional<Map<?, ?>> condition(GenericKubernetesResource resource, String type) {
    return items(resource, "conditions").stream()
        .filter(condition -> type.equals(condition.get("type")))
        .findFirst();
  }

  private static List<MadeDecision> decisions(GenericKubernetesResource resource) {
    return items(resource, "decisions").stream()
        .map(
            decision ->
                new MadeDecision(
                    instant(String.valueOf(decision.get("time"))),
                    String.valueOf(decision.get("action")),
                    String.valueOf(decision.get("reason"))))
        .toList();
  }

  private static List<Map<?, ?>> items(GenericKubernetesResource resource, String list) {
    return resource.get("status", list) instanceof List<?> items
        ? items.stream()
            .<Map<?, ?>>mapMulti(
                (item, each) -> {
                  if (item instanceof Map<?, ?> fields) {
                    each.accept(fields);
                  }
                })
            .toList()
        : List.of();
  }
}
