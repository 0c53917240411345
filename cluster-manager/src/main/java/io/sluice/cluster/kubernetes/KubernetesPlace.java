package io.sluice.cluster.kubernetes;

import io.sluice.cluster.ReplicaPlace;
import java.util.Map;

/**
 * What a replica on Kubernetes needs beside Spark's settings.
 *
 * @param image of the driver and the executors
 * @param serviceAccount that the driver runs as
 * @param leastExecutors of one replica
 * @param mostExecutors of one replica, at least 1
 * @param driverTemplate a part of a pod's template that the driver's gets, by {@link
 *     TemplateRules}. What Sluice sets itself wins
 * @param executorTemplate the same for the executors'
 */
public record KubernetesPlace(
    String image,
    String serviceAccount,
    ReplicaSize size,
    int leastExecutors,
    int mostExecutors,
    ExecutorCapacity capacity,
    Map<String, Object> driverTemplate,
    Map<String, Object> executorTemplate)
    implements ReplicaPlace {

  public KubernetesPlace {
    if (leastExecutors < 0 || mostExecutors < 1 || leastExecutors > mostExecutors) {
      throw new IllegalArgumentException(
          "not numbers of executors: at least " + leastExecutors + " and at most " + mostExecutors);
    }
    driverTemplate = Map.copyOf(driverTemplate);
    executorTemplate = Map.copyOf(executorTemplate);
  }
}
