package io.sluice.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.identity.UsersWatch;
import io.sluice.gateway.session.Door;
import io.sluice.gateway.statement.EndedStatement;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.planner.catalog.CatalogRequests;
import io.sluice.planner.policy.PolicyHealth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final String OPEN_METRICS =
      "application/openmetrics-text;version=1.0.0,text/plain";

  private final GatewayMetrics metrics = new GatewayMetrics();
  private Observed observed = observed("small", "large");

  @BeforeEach
  void everythingHappensOnce() {
    metrics.observe(() -> observed);
    metrics.statements().accept(ended("small", Optional.empty()));
    metrics.clusters().started("small", Duration.ofSeconds(12));
    metrics.clusters().startFailed("small");
    metrics.clusters().decided("small", "start");
    metrics.clusters().interrupted("small", 3);
    metrics.timed((String text) -> text.length(), () -> 0).apply("select 1");
  }

  private static EndedStatement ended(String cluster, Optional<ErrorCode> error) {
    return new EndedStatement(
        Door.FLIGHT,
        EndedStatement.Kind.QUERY,
        error,
        cluster,
        Optional.of(Duration.ofMillis(20)),
        Optional.of(Duration.ofSeconds(2)),
        Duration.ofSeconds(3),
        25,
        4_096,
        true);
  }

  private static Observed observed(String... clusters) {
    ClusterLoad load =
        new ClusterLoad(
            4, 2, Duration.ofMillis(1500), 0, 0, 0, NOW, Map.of(new ReplicaId("small-1"), 4));
    return new Observed(
        NOW,
        6,
        5,
        Map.of(Door.FLIGHT, 7, Door.HIVE, 0),
        Map.of("grpc", 8),
        1024,
        Arrays.stream(clusters)
            .map(name -> new Observed.Cluster(name, 3, load, Map.of(ReplicaState.READY, 1)))
            .toList(),
        new PolicyHealth(true, "8c1f", List.of(), Optional.of(NOW.minusSeconds(90))),
        new UsersWatch.Health(Optional.of("broken"), Optional.of(NOW.minusSeconds(70))),
        Map.of("lake", new CatalogRequests.Total(9, 1, Duration.ofMillis(2500))));
  }

  private String text(String accept) {
    return new String(metrics.expose(accept).body(), StandardCharsets.UTF_8);
  }

  private Scrape scrape() {
    return new Scrape(text(""));
  }

  @Test
  void anEndedStatementIsCountedOnceUnderItsOutcome() {
    metrics.statements().accept(ended("small", Optional.of(ErrorCode.QUEUE_TIMEOUT)));
    metrics.statements().accept(ended("", Optional.of(ErrorCode.PERMISSION_DENIED)));
    Scrape now = scrape();
    String counter = "sluice_statements_total";
    assertThat(now.sum(counter)).isEqualTo(3);
    assertThat(now.sum(counter, "outcome", "FINISHED", "cluster", "small", "door", "flight"))
        .isEqualTo(1);
    assertThat(now.sum(counter, "outcome", "QUEUE_TIMEOUT", "kind", "query")).isEqualTo(1);
    assertThat(now.sum(counter, "outcome", "PERMISSION_DENIED", "cluster", "")).isEqualTo(1);
    assertThat(now.sum("sluice_result_rows_total", "cluster", "small")).isEqualTo(50);
    assertThat(now.sum("sluice_result_bytes_total")).isEqualTo(3 * 4_096);
    assertThat(now.sum("sluice_statement_replays_total", "cluster", "small")).isEqualTo(2);
    assertThat(now.sum("sluice_statement_seconds", "kind", "query")).isEqualTo(3);
    assertThat(text(""))
        .contains(
            "sluice_statement_queue_seconds_bucket{cluster=\"small\",le=\"0.01\"} 0\n",
            "sluice_statement_queue_seconds_bucket{cluster=\"small\",le=\"0.025\"} 2\n",
            "sluice_statement_first_row_seconds_sum{cluster=\"small\"} 4.0\n");
  }

  @Test
  void whatIsLookedAtIsAsItIsNow() {
    Scrape before = scrape();
    assertThat(before.sum("sluice_open_statements")).isEqualTo(6);
    assertThat(before.sum("sluice_sessions", "door", "flight")).isEqualTo(7);
    assertThat(before.sum("sluice_connections", "port", "grpc")).isEqualTo(8);
    assertThat(before.sum("sluice_vector_memory_bytes")).isEqualTo(1024);
    assertThat(before.sum("sluice_cluster_running", "cluster", "large")).isEqualTo(4);
    assertThat(before.sum("sluice_cluster_queued", "cluster", "large")).isEqualTo(2);
    assertThat(before.sum("sluice_cluster_oldest_wait_seconds", "cluster", "large")).isEqualTo(1.5);
    assertThat(before.sum("sluice_cluster_replicas", "cluster", "large", "state", "ready"))
        .isEqualTo(1);
    assertThat(before.sum("sluice_cluster_replicas", "state", "draining")).isZero();
    assertThat(before.sum("sluice_policy_age_seconds")).isEqualTo(90);
    assertThat(before.sum("sluice_users_age_seconds")).isEqualTo(70);
    assertThat(before.sum("sluice_users_problems")).isEqualTo(1);
    assertThat(before.sum("sluice_policy_info", "version", "8c1f")).isEqualTo(1);
    assertThat(before.sum("sluice_catalog_requests_total", "outcome", "failed")).isEqualTo(1);
    assertThat(before.sum("sluice_catalog_request_seconds_total")).isEqualTo(2.5);
    observed = observed("large");
    assertThat(scrape().sum("sluice_cluster_running")).isEqualTo(4);
    assertThat(scrape().valuesOf("cluster")).contains("large");
  }

  @Test
  void aClusterThatIsGoneIsForgottenWithAllThatWasCountedOfIt() {
    metrics.statements().accept(ended("large", Optional.empty()));
    metrics.statements().accept(ended("", Optional.empty()));
    assertThat(scrape().valuesOf("cluster")).containsExactly("", "large", "small");
    observed = observed("large");
    metrics.keepOnly(Set.of("large"));
    Scrape left = scrape();
    assertThat(left.valuesOf("cluster")).containsExactly("", "large");
    assertThat(left.sum("sluice_statements_total")).isEqualTo(2);
  }

  @Test
  void anAnalysisIsMeasuredInTheThreadsOwnTimeWhateverComesOfIt() {
    AtomicLong nanos = new AtomicLong();
    assertThatThrownBy(
            () ->
                metrics
                    .timed(
                        request -> {
                          nanos.addAndGet(30_000_000);
                          throw new IllegalStateException("refused");
                        },
                        nanos::get)
                    .apply("drop table"))
        .hasMessage("refused");
    assertThat(scrape().sum("sluice_analysis_cpu_seconds")).isEqualTo(2);
    assertThat(text("")).contains("sluice_analysis_cpu_seconds_sum 0.03\n");
  }

  @Test
  void whoAsksForOpenMetricsGetsItAndEverybodyElseTheTextFormat() {
    assertThat(metrics.expose(OPEN_METRICS).contentType())
        .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(text(OPEN_METRICS))
        .contains("# TYPE sluice_statements counter\n", "# UNIT sluice_statement_seconds seconds\n")
        .endsWith("# EOF\n");
    for (String accept :
        List.of(
            "",
            "*/*",
            "text/plain;version=0.0.4",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")) {
      assertThat(metrics.expose(accept).contentType())
          .as(accept)
          .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    }
    assertThat(text("")).contains("# TYPE sluice_statements_total counter\n");
  }

  /** The table of the page: name, type and labels. */
  @Test
  void thePageNamesEveryMetricAndNoOther() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("sluice.root"), "docs/metrics.md"));
    Map<String, String> documented = new TreeMap<>();
    Map<String, List<String>> labels = new TreeMap<>();
    for (MatchResult row :
        Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\|([^|]*)\\|")
            .matcher(page)
            .results()
            .toList()) {
      assertThat(documented.put(row.group(1), row.group(2))).as(row.group(1)).isNull();
      labels.put(
          row.group(1),
          Pattern.compile("`([a-z_]+)`")
              .matcher(row.group(3))
              .results()
              .map(label -> label.group(1))
              .sorted()
              .toList());
    }
    Scrape now = scrape();
    assertThat(documented).isEqualTo(now.types());
    documented
        .keySet()
        .forEach(name -> assertThat(now.labels(name)).as(name).isEqualTo(labels.get(name)));
    assertThat(
            Pattern.compile("\\b(?:sluice|jvm|process)_[a-z_]+")
                .matcher(page)
                .results()
                .map(named -> named.group().replaceFirst("_(bucket|count|sum)$", "")))
        .as("what the alerts ask for is there")
        .allSatisfy(named -> assertThat(documented).containsKey(named));
  }
}
