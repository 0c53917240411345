package io.sluice.cluster.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * On which nodes executors run. Drivers hold sessions and run on no spot node, whatever this is.
 */
public enum ExecutorCapacity {
  /** On spot nodes while there are some. */
  SPOT_PREFERRED,
  /** On spot nodes alone. */
  SPOT_ONLY,
  /** On no spot node. */
  ON_DEMAND;

  /** How those who make nodes mark spot ones. */
  private static final Map<String, String> SPOT_LABELS =
      Map.of(
          "karpenter.sh/capacity-type", "spot",
          "eks.amazonaws.com/capacityType", "SPOT",
          "cloud.google.com/gke-spot", "true",
          "kubernetes.azure.com/scalesetpriority", "spot");

  /** Returns the part of a pod's {@code spec} that says so. */
  Map<String, Object> podSpec() {
    return switch (this) {
      case ON_DEMAND -> withoutSpot();
      case SPOT_ONLY -> Map.of("tolerations", tolerations(), "affinity", required(onSpot()));
      case SPOT_PREFERRED ->
          Map.of(
              "tolerations",
              tolerations(),
              "affinity",
              Map.of(
                  "nodeAffinity",
                  Map.of(
                      "preferredDuringSchedulingIgnoredDuringExecution",
                      onSpot().stream()
                          .map(term -> Map.of("weight", 100, "preference", term))
                          .toList())));
    };
  }

  /** Returns the part of a pod's {@code spec} that keeps it off spot nodes. */
  static Map<String, Object> withoutSpot() {
    List<Object> conditions = labels().map(label -> (Object) expression(label, "NotIn")).toList();
    return Map.of("affinity", required(List.of(Map.of("matchExpressions", conditions))));
  }

  /** One alternative for each way to mark a node. */
  private static List<Object> onSpot() {
    return labels()
        .map(label -> (Object) Map.of("matchExpressions", List.of(expression(label, "In"))))
        .toList();
  }

  private static Map<String, Object> expression(Map.Entry<String, String> label, String operator) {
    return Map.of("key", label.getKey(), "operator", operator, "values", List.of(label.getValue()));
  }

  private static Map<String, Object> required(List<Object> terms) {
    return Map.of(
        "nodeAffinity",
        Map.of(
            "requiredDuringSchedulingIgnoredDuringExecution", Map.of("nodeSelectorTerms", terms)));
  }

  private static List<Object> tolerations() {
    return labels()
        .map(
            label ->
                (Object)
                    Map.of(
                        "key",
                        label.getKey(),
                        "operator",
                        "Equal",
                        "value",
                        label.getValue(),
                        "effect",
                        "NoSchedule"))
        .toList();
  }

  private static Stream<Map.Entry<String, String>> labels() {
    return SPOT_LABELS.entrySet().stream().sorted(Map.Entry.comparingByKey());
  }
}
