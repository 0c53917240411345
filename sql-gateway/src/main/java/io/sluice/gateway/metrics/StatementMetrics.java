package io.sluice.gateway.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.sluice.gateway.statement.EndedStatement;
import java.time.Duration;
import java.util.function.Consumer;

/** Counts statements when they have ended, from what they know of themselves by then. */
final class StatementMetrics implements Consumer<EndedStatement> {

  private static final double[] SECONDS = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600
  };
  private static final String CARRIED_OUT = "FINISHED";
  private static final String DOOR = "door";
  private static final String KIND = "kind";

  private final Counter statements;
  private final Counter replays;
  private final Counter rows;
  private final Counter bytes;
  private final Histogram whole;
  private final Histogram queued;
  private final Histogram firstRow;

  StatementMetrics(Instruments instruments) {
    String cluster = Instruments.CLUSTER;
    statements =
        instruments.counter(
            "sluice_statements",
            "Statements that have ended, the refused ones too.",
            DOOR,
            KIND,
            "outcome",
            cluster);
    replays =
        instruments.counter(
            "sluice_statement_replays",
            "Statements that were run once more after their replica was lost.",
            cluster);
    rows = instruments.counter("sluice_result_rows", "Rows sent to clients.", DOOR, cluster);
    bytes =
        instruments.counter(
            "sluice_result_bytes",
            "Bytes of Arrow that came for clients, before a door encodes them.",
            DOOR,
            cluster);
    whole =
        instruments.histogram(
            "sluice_statement_seconds",
            "From a statement's arrival to its end, the fetching of its result included.",
            SECONDS,
            KIND,
            cluster);
    queued =
        instruments.histogram(
            "sluice_statement_queue_seconds",
            "How long statements waited for a permit, in vain too.",
            SECONDS,
            cluster);
    firstRow =
        instruments.histogram(
            "sluice_statement_first_row_seconds",
            "From a statement's arrival to the first row for its client.",
            SECONDS,
            cluster);
  }

  @Override
  public void accept(EndedStatement ended) {
    String door = ended.door().label();
    String kind = ended.kind().label();
    String cluster = ended.cluster();
    statements
        .labelValues(door, kind, ended.error().map(Enum::name).orElse(CARRIED_OUT), cluster)
        .inc();
    whole.labelValues(kind, cluster).observe(seconds(ended.whole()));
    ended.queued().ifPresent(took -> queued.labelValues(cluster).observe(seconds(took)));
    ended.firstRow().ifPresent(took -> firstRow.labelValues(cluster).observe(seconds(took)));
    rows.labelValues(door, cluster).inc(ended.rows());
    bytes.labelValues(door, cluster).inc(ended.bytes());
    if (ended.ranAgain()) {
      replays.labelValues(cluster).inc();
    }
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
