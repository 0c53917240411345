package io.sluice.cluster.kubernetes;

import io.sluice.cluster.ReplicaSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The fields by which clusters and pools say what their replicas are like. */
final class ReplicaFields {

  // What the definitions say as well.
  static final ReplicaSize SIZE = ReplicaSize.S;
  static final String SERVICE_ACCOUNT = "spark";
  static final int MIN_EXECUTORS = 0;
  static final String CAPACITY = "SpotPreferred";

  private ReplicaFields() {}

  /**
   * Reads them.
   *
   * @param problems what is wrong with the object otherwise
   * @throws IllegalArgumentException saying all that is wrong with it
   */
  static ReplicaSpec read(
      ResourceFields spec, LakehouseCluster.Gateway gateway, List<String> problems) {
    if (!spec.has("image")) {
      problems.add("spec.image is missing");
    }
    String version = spec.text("sparkVersion", gateway.sparkVersion());
    if (!version.equals(gateway.sparkVersion())) {
      problems.add(
          "spec.sparkVersion is " + version + ", but the gateway speaks " + gateway.sparkVersion());
    }
    String account = spec.text("serviceAccountName", SERVICE_ACCOUNT);
    if (!gateway.serviceAccounts().contains(account)) {
      problems.add(
          "spec.serviceAccountName is none of those that the gateway's configuration allows, "
              + gateway.serviceAccounts().stream().sorted().toList()
              + ": "
              + account);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    ReplicaSize size = size(spec);
    ResourceFields executors = spec.object("executors");
    int most = executors.integer("max", size.mostExecutors());
    Map<String, String> configuration = new HashMap<>(spec.texts("sparkConf"));
    // Spark reads the tables that the gateway authorises.
    configuration.putAll(
        spec.optionalText("catalogRef").map(gateway::catalog).orElseGet(gateway::catalogs));
    return new ReplicaSpec(
        most * size.executorCores(),
        size.driverHeap(),
        version,
        configuration,
        new KubernetesPlace(
            spec.text("image", ""),
            account,
            size,
            Math.min(most, executors.integer("min", MIN_EXECUTORS)),
            most,
            capacity(executors.text("capacity", CAPACITY)),
            template(spec, "driverTemplate"),
            template(spec, "executorTemplate")));
  }

  static ReplicaSize size(ResourceFields spec) {
    return constant(ReplicaSize.class, "spec.size", spec.text("size", SIZE.name()));
  }

  /** What is null is as what is left out. */
  private static Map<String, Object> template(ResourceFields spec, String field) {
    Map<String, Object> template = new HashMap<>(spec.map(field));
    template.values().removeIf(Objects::isNull);
    return template;
  }

  private static ExecutorCapacity capacity(String name) {
    return constant(
        ExecutorCapacity.class,
        "spec.executors.capacity",
        name.replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT));
  }

  private static <T extends Enum<T>> T constant(Class<T> type, String field, String name) {
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException(
          field + " is none of " + List.of(type.getEnumConstants()) + ": " + name, unknown);
    }
  }
}
