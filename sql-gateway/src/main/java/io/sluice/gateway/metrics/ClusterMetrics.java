package io.sluice.gateway.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Duration;

/** Counts what becomes of clusters' replicas. */
public final class ClusterMetrics {

  private static final double[] SECONDS = {1, 2.5, 5, 7.5, 10, 15, 20, 30, 45, 60, 90, 120, 300};

  private final Histogram starts;
  private final Counter failedStarts;
  private final Counter decisions;
  private final Counter interruptions;

  ClusterMetrics(Instruments instruments) {
    String cluster = Instruments.CLUSTER;
    starts =
        instruments.histogram(
            "sluice_replica_start_seconds",
            "From a replica's start to its readiness, of those that this gateway started.",
            SECONDS,
            cluster);
    failedStarts =
        instruments.counter(
            "sluice_replica_failed_starts",
            "Replicas started by this gateway that ended before they were ready.",
            cluster);
    decisions =
        instruments.counter(
            "sluice_scaling_decisions",
            "Decisions of the autoscaler that this gateway carried out.",
            cluster,
            "action");
    interruptions =
        instruments.counter(
            "sluice_statement_interruptions",
            "Statements whose replica was taken away before they had ended.",
            cluster);
  }

  /** A replica has become ready. */
  public void started(String cluster, Duration took) {
    starts.labelValues(cluster).observe(StatementMetrics.seconds(took));
  }

  /** A replica has ended before it was ready. */
  public void startFailed(String cluster) {
    failedStarts.labelValues(cluster).inc();
  }

  /**
   * The autoscaler has decided.
   *
   * @param action of a closed vocabulary: {@code start}, {@code drain} and the like
   */
  public void decided(String cluster, String action) {
    decisions.labelValues(cluster, action).inc();
  }

  /** Statements are interrupted because their replica has drained for long enough. */
  public void interrupted(String cluster, int statements) {
    interruptions.labelValues(cluster).inc(statements);
  }
}
