package io.sluice.gateway.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Counters and histograms, of which those of clusters end with their cluster. */
final class Instruments {

  static final String CLUSTER = "cluster";

  /** A metric, and which of its labels is the cluster. */
  private record OfClusters(StatefulMetric<?, ?> metric, int label) {}

  private final PrometheusRegistry registry;
  private final List<OfClusters> ofClusters = new ArrayList<>();

  Instruments(PrometheusRegistry registry) {
    this.registry = registry;
  }

  /**
   * @param name without the suffix {@code _total}, which is added
   */
  Counter counter(String name, String help, String... labels) {
    return noted(
        Counter.builder()
            .name(name)
            .help(help)
            .labelNames(labels)
            .withoutExemplars()
            .register(registry),
        labels);
  }

  /** One of seconds. */
  Histogram histogram(String name, String help, double[] upperBounds, String... labels) {
    return noted(
        Histogram.builder()
            .name(name)
            .help(help)
            .unit(Unit.SECONDS)
            .classicOnly()
            .classicUpperBounds(upperBounds)
            .labelNames(labels)
            .withoutExemplars()
            .register(registry),
        labels);
  }

  private <T extends StatefulMetric<?, ?>> T noted(T metric, String... labels) {
    int label = Arrays.asList(labels).indexOf(CLUSTER);
    if (label >= 0) {
      ofClusters.add(new OfClusters(metric, label));
    }
    return metric;
  }

  /** Forgets the clusters that are not among these; what concerns none is kept. */
  void keepOnly(Set<String> clusters) {
    for (OfClusters of : ofClusters) {
      of.metric()
          .removeIf(
              labels -> {
                String cluster = labels.get(of.label());
                return !cluster.isEmpty() && !clusters.contains(cluster);
              });
    }
  }
}
