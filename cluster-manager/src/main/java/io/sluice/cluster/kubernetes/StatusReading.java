package io.sluice.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.sluice.cluster.LeaderReport;
import io.sluice.model.ReplicaId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads from the {@code status} of a LakehouseCluster what a gateway that follows goes by. */
final class StatusReading {

  private StatusReading() {}

  /** Returns what the gateway that leads wrote by {@link StatusReport}. */
  static LeaderReport report(GenericKubernetesResource resource) {
    return new LeaderReport(draining(resource), failure(resource), standing(resource));
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
    for (Map<?, ?> condition : items(resource, "conditions")) {
      if ("Degraded".equals(condition.get("type"))
          && "True".equals(condition.get("status"))
          && StatusReport.STARTS_FAIL.equals(condition.get("reason"))) {
        return String.valueOf(condition.get("message"));
      }
    }
    return "";
  }

  private static String standing(GenericKubernetesResource resource) {
    return resource.get("status", "reason") instanceof String reason
        ? reason
        : LeaderReport.NONE.standing();
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
