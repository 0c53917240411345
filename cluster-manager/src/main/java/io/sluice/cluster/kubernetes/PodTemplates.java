package io.sluice.cluster.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The pod templates of a replica: what the cluster's owner gave, and over it what Sluice needs. */
final class PodTemplates {

  /** The names that Spark gives its containers. */
  static final String DRIVER = "spark-kubernetes-driver";

  static final String EXECUTOR = "spark-kubernetes-executor";

  /** Spark's user in its images. */
  private static final int USER = 185;

  private static final Map<String, Object> CONFINED =
      Map.of(
          "allowPrivilegeEscalation",
          false,
          "readOnlyRootFilesystem",
          true,
          "capabilities",
          Map.of("drop", List.of("ALL")));

  private PodTemplates() {}

  static Map<String, Object> driver(KubernetesPlace place, long graceSeconds) {
    Map<String, Object> probe = Map.of("port", SparkApplications.PORT);
    Map<String, Object> container =
        Map.of(
            "name",
            DRIVER,
            // Its token keeps the kubelet from asking more than whether it listens.
            // How long it may take to start the gateway and the operator know.
            "readinessProbe",
            Map.of("tcpSocket", probe, "periodSeconds", 2, "failureThreshold", 8));
    Map<String, Object> ours =
        Map.of(
            "metadata",
            Map.of(
                "annotations",
                Map.of(
                    "cluster-autoscaler.kubernetes.io/safe-to-evict", "false",
                    "karpenter.sh/do-not-disrupt", "true")),
            "spec",
            merge(
                pod(container, graceSeconds),
                // Sessions live in the driver.
                ExecutorCapacity.withoutSpot()));
    return confined(merge(place.driverTemplate(), ours));
  }

  static Map<String, Object> executor(KubernetesPlace place, long graceSeconds) {
    Map<String, Object> ours =
        Map.of(
            "spec", merge(pod(Map.of("name", EXECUTOR), graceSeconds), place.capacity().podSpec()));
    return confined(merge(place.executorTemplate(), ours));
  }

  /** What runs beside Spark is confined as Spark is. */
  private static Map<String, Object> confined(Map<String, Object> template) {
    ResourceFields pod = new ResourceFields("", template).object("spec");
    List<Object> containers = new ArrayList<>();
    for (ResourceFields container : pod.objects("containers")) {
      Map<String, Object> confined = new LinkedHashMap<>(container.all());
      confined.put("securityContext", CONFINED);
      containers.add(confined);
    }
    Map<String, Object> spec = new LinkedHashMap<>(pod.all());
    spec.put("containers", containers);
    Map<String, Object> confined = new LinkedHashMap<>(template);
    confined.put("spec", spec);
    return confined;
  }

  private static Map<String, Object> pod(Map<String, Object> container, long graceSeconds) {
    return Map.of(
        "terminationGracePeriodSeconds",
        graceSeconds,
        "securityContext",
        Map.of(
            "runAsNonRoot",
            true,
            "runAsUser",
            USER,
            "fsGroup",
            USER,
            "seccompProfile",
            Map.of("type", "RuntimeDefault")),
        "volumes",
        List.of(Map.of("name", "tmp", "emptyDir", Map.of())),
        "containers",
        List.of(
            merge(
                container,
                Map.of("volumeMounts", List.of(Map.of("name", "tmp", "mountPath", "/tmp"))))));
  }

  /**
   * Returns both, the second one's values where both have some. Of lists, items with the same
   * {@code name} are merged and the rest stands one behind the other.
   */
  static Map<String, Object> merge(Map<String, Object> under, Map<String, Object> over) {
    Map<String, Object> merged = new LinkedHashMap<>(under);
    over.forEach((key, value) -> merged.merge(key, value, PodTemplates::mergeValues));
    return merged;
  }

  @SuppressWarnings("unchecked") // JSON's objects have texts for keys.
  private static Object mergeValues(Object under, Object over) {
    if (under instanceof Map && over instanceof Map) {
      return merge((Map<String, Object>) under, (Map<String, Object>) over);
    }
    if (under instanceof List<?> first && over instanceof List<?> second) {
      return mergeLists(first, second);
    }
    return over;
  }

  private static List<Object> mergeLists(List<?> under, List<?> over) {
    List<Object> merged = new ArrayList<>(under);
    for (Object item : over) {
      Object name = name(item);
      int same = 0;
      while (same < merged.size()
          && !(name != null && Objects.equals(name, name(merged.get(same))))) {
        same++;
      }
      if (same < merged.size()) {
        merged.set(same, mergeValues(merged.get(same), item));
      } else {
        merged.add(item);
      }
    }
    return merged;
  }

  private static @Nullable Object name(Object item) {
    return item instanceof Map<?, ?> map ? map.get("name") : null;
  }
}
