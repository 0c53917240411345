package io.sluice.gateway.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sluice.gateway.statement.EndedStatement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The gateway's metrics. Labels are of closed vocabularies, or names that operators give: clusters
 * and catalogs. Never a user, a text or a table.
 */
public final class GatewayMetrics {

  private static final double[] ANALYSIS_SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Instruments instruments = new Instruments(registry);
  private final StatementMetrics statements = new StatementMetrics(instruments);
  private final ClusterMetrics clusters = new ClusterMetrics(instruments);
  private final Histogram analysis =
      instruments.histogram(
          "sluice_analysis_cpu_seconds",
          "Processor time of one analysis: parsing, policy, rewriting.",
          ANALYSIS_SECONDS);
  private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

  /** Those of a gateway and of this JVM, which begin at zero. */
  public GatewayMetrics() {
    JvmMemoryMetrics.builder().register(registry);
    JvmBufferPoolMetrics.builder().register(registry);
    JvmGarbageCollectorMetrics.builder().register(registry);
    JvmThreadsMetrics.builder().register(registry);
    JvmRuntimeInfoMetric.builder().register(registry);
    ProcessMetrics.builder().register(registry);
  }

  /** Returns what counts statements that have ended. */
  public Consumer<EndedStatement> statements() {
    return statements;
  }

  /** Returns what counts the starts and ends of replicas. */
  public ClusterMetrics clusters() {
    return clusters;
  }

  /**
   * Measures each call of the analyser, one that refuses too.
   *
   * @param threadCpuNanos the processor time that the calling thread has used
   */
  public <T, R> Function<T, R> timed(Function<T, R> analyzer, LongSupplier threadCpuNanos) {
    return request -> {
      long before = threadCpuNanos.getAsLong();
      try {
        return analyzer.apply(request);
      } finally {
        analysis.observe((threadCpuNanos.getAsLong() - before) / 1e9);
      }
    };
  }

  /** Has this looked at whenever somebody asks for the metrics; may be slow, must not wait. */
  public void observe(Supplier<Observed> observer) {
    registry.register(new Gauges(observer));
  }

  /** Forgets what was counted of clusters that are not among these; to be called every so often. */
  public void keepOnly(Set<String> names) {
    instruments.keepOnly(names);
  }

  /**
   * Returns all metrics as they are now.
   *
   * @param accept the request's {@code Accept}; OpenMetrics 1.0.0 if it names that, or else the
   *     text format 0.0.4
   */
  public Exposition expose(String accept) {
    ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : text;
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try {
      writer.write(body, registry.scrape());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new Exposition(writer.getContentType(), body.toByteArray());
  }
}
