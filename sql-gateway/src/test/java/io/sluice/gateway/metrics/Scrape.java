package io.sluice.gateway.metrics;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hawkular.agent.prometheus.text.TextPrometheusMetricsProcessor;
import org.hawkular.agent.prometheus.types.Counter;
import org.hawkular.agent.prometheus.types.Gauge;
import org.hawkular.agent.prometheus.types.Histogram;
import org.hawkular.agent.prometheus.types.Metric;
import org.hawkular.agent.prometheus.types.MetricFamily;
import org.hawkular.agent.prometheus.types.Summary;
import org.hawkular.agent.prometheus.walkers.CollectorPrometheusMetricsWalker;

/** An answer in the text format 0.0.4, as a reader of that format understands it. */
public final class Scrape {

  private final List<MetricFamily> families;

  /** Reads an answer. */
  public Scrape(String text) {
    CollectorPrometheusMetricsWalker collector = new CollectorPrometheusMetricsWalker();
    new TextPrometheusMetricsProcessor(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), collector)
        .walk();
    families = collector.getAllMetricFamilies();
  }

  /** Returns the type of each metric by its name. */
  Map<String, String> types() {
    Map<String, String> types = new TreeMap<>();
    families.forEach(
        family ->
            types.put(
                family.getName(), family.getType().name().toLowerCase(java.util.Locale.ROOT)));
    return types;
  }

  /** Returns the names of a metric's labels. */
  List<String> labels(String name) {
    return metrics(name).get(0).getLabels().keySet().stream().sorted().toList();
  }

  /** Returns all values of a label, of whatever metric. */
  public List<String> valuesOf(String label) {
    return families.stream()
        .flatMap(family -> family.getMetrics().stream())
        .flatMap(metric -> java.util.Optional.ofNullable(metric.getLabels().get(label)).stream())
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Returns the sum of the series that have these labels: of a histogram or summary how many were
   * observed; 0 where there is none.
   *
   * @param labels names and values, in turn
   */
  public double sum(String name, String... labels) {
    return metrics(name).stream()
        .filter(
            metric -> {
              for (int i = 0; i < labels.length; i += 2) {
                if (!labels[i + 1].equals(metric.getLabels().get(labels[i]))) {
                  return false;
                }
              }
              return true;
            })
        .mapToDouble(Scrape::value)
        .sum();
  }

  private List<Metric> metrics(String name) {
    return families.stream()
        .filter(family -> family.getName().equals(name))
        .flatMap(family -> family.getMetrics().stream())
        .toList();
  }

  private static double value(Metric metric) {
    if (metric instanceof Counter counter) {
      return counter.getValue();
    }
    if (metric instanceof Gauge gauge) {
      return gauge.getValue();
    }
    return metric instanceof Summary summary
        ? summary.getSampleCount()
        : ((Histogram) metric).getSampleCount();
  }
}
