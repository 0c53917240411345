package io.sluice.gateway.metrics;

import static io.sluice.gateway.metrics.StatementMetrics.seconds;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sluice.gateway.identity.UsersWatch;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaState;
import io.sluice.planner.catalog.CatalogRequests;
import io.sluice.planner.policy.PolicyHealth;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What is not counted as it happens but looked at when somebody asks. */
final class Gauges implements MultiCollector {

  /** In which replicas are shown; one that is dead is none any more. */
  private static final List<ReplicaState> STATES =
      List.of(ReplicaState.STARTING, ReplicaState.READY, ReplicaState.DRAINING);

  private final Supplier<Observed> observer;

  Gauges(Supplier<Observed> observer) {
    this.observer = observer;
  }

  @Override
  public MetricSnapshots collect() {
    Observed now = observer.get();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(
        gauge("sluice_open_statements", "Statements that have not ended.", now.statements()));
    all.metricSnapshot(
        gauge(
            "sluice_spark_sessions",
            "Sessions on Spark that are kept for clients.",
            now.sparkSessions()));
    all.metricSnapshot(
        gauge(
            "sluice_sessions",
            "Open sessions.",
            now.sessions().entrySet(),
            open -> Labels.of("door", open.getKey().label()),
            Map.Entry::getValue));
    all.metricSnapshot(
        gauge(
            "sluice_connections",
            "Open connections.",
            now.connections().entrySet(),
            open -> Labels.of("port", open.getKey()),
            Map.Entry::getValue));
    all.metricSnapshot(
        gauge(
            "sluice_vector_memory_bytes",
            "Direct memory of the gateway's own Arrow vectors.",
            now.vectorBytes()));
    addClusters(all, now.clusters());
    addPolicies(all, now);
    addUsers(all, now);
    addCatalogs(all, now.catalogs());
    return all.build();
  }

  private static void addClusters(MetricSnapshots.Builder all, List<Observed.Cluster> clusters) {
    all.metricSnapshot(
        ofClusters(
            "sluice_cluster_running",
            "Statements and questions for schemas that hold a permit.",
            clusters,
            ClusterLoad::running));
    all.metricSnapshot(
        ofClusters(
            "sluice_cluster_queued",
            "Statements and questions for schemas that wait for a permit.",
            clusters,
            ClusterLoad::queued));
    all.metricSnapshot(
        ofClusters(
            "sluice_cluster_oldest_wait_seconds",
            "How long the one that has waited longest has.",
            clusters,
            load -> seconds(load.oldestWait())));
    all.metricSnapshot(
        gauge(
            "sluice_cluster_replicas_max",
            "The most replicas that the cluster may have.",
            clusters,
            Gauges::name,
            Observed.Cluster::most));
    GaugeSnapshot.Builder replicas =
        GaugeSnapshot.builder().name("sluice_cluster_replicas").help("Replicas by their state.");
    for (Observed.Cluster cluster : clusters) {
      for (ReplicaState state : STATES) {
        replicas.dataPoint(
            point(
                Labels.of(
                    Instruments.CLUSTER,
                    cluster.name(),
                    "state",
                    state.name().toLowerCase(Locale.ROOT)),
                cluster.replicas().getOrDefault(state, 0)));
      }
    }
    all.metricSnapshot(replicas.build());
  }

  private static Labels name(Observed.Cluster cluster) {
    return Labels.of(Instruments.CLUSTER, cluster.name());
  }

  private static GaugeSnapshot ofClusters(
      String name,
      String help,
      List<Observed.Cluster> clusters,
      ToDoubleFunction<ClusterLoad> value) {
    return gauge(
        name, help, clusters, Gauges::name, cluster -> value.applyAsDouble(cluster.load()));
  }

  private static void addPolicies(MetricSnapshots.Builder all, Observed now) {
    PolicyHealth policies = now.policies();
    all.metricSnapshot(
        gauge(
            "sluice_policies_ready",
            "1 while policies are loaded for every catalog, else 0.",
            policies.ready() ? 1 : 0));
    all.metricSnapshot(
        gauge(
            "sluice_policy_problems",
            "Sets of policies that could not be loaded.",
            policies.problems().size()));
    all.metricSnapshot(
        gauge(
            "sluice_policy_age_seconds",
            "How long ago all policies in use were last found to be the newest.",
            policies.confirmed().stream().toList(),
            since -> Labels.EMPTY,
            since -> Math.max(0, seconds(Duration.between(since, now.now())))));
    all.metricSnapshot(
        InfoSnapshot.builder()
            .name("sluice_policy")
            .help("The version of the policies in use.")
            .dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder()
                    .labels(Labels.of("version", policies.version()))
                    .build())
            .build());
  }

  private static void addUsers(MetricSnapshots.Builder all, Observed now) {
    UsersWatch.Health users = now.users();
    all.metricSnapshot(
        gauge(
            "sluice_users_problems",
            "1 while the users' file cannot be used and those before it hold, else 0.",
            users.problem().isPresent() ? 1 : 0));
    all.metricSnapshot(
        gauge(
            "sluice_users_age_seconds",
            "How long ago the users in use were last found to be what their file says.",
            users.confirmed().stream().toList(),
            since -> Labels.EMPTY,
            since -> Math.max(0, seconds(Duration.between(since, now.now())))));
  }

  private static void addCatalogs(
      MetricSnapshots.Builder all, Map<String, CatalogRequests.Total> catalogs) {
    CounterSnapshot.Builder requests =
        CounterSnapshot.builder()
            .name("sluice_catalog_requests")
            .help("Questions to catalogs that were not answered from memory.");
    CounterSnapshot.Builder seconds =
        CounterSnapshot.builder()
            .name("sluice_catalog_request_seconds")
            .help("Time that questions to catalogs took.");
    catalogs.forEach(
        (catalog, total) -> {
          requests.dataPoint(count(total.answered(), "catalog", catalog, "outcome", "answered"));
          requests.dataPoint(count(total.failed(), "catalog", catalog, "outcome", "failed"));
          seconds.dataPoint(count(seconds(total.took()), "catalog", catalog));
        });
    all.metricSnapshot(requests.build());
    all.metricSnapshot(seconds.build());
  }

  private static CounterSnapshot.CounterDataPointSnapshot count(double value, String... labels) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(Labels.of(labels))
        .value(value)
        .build();
  }

  private static GaugeSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(point(Labels.EMPTY, value))
        .build();
  }

  private static <T> GaugeSnapshot gauge(
      String name,
      String help,
      Iterable<T> things,
      Function<T, Labels> labels,
      ToDoubleFunction<T> value) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    for (T thing : things) {
      gauge.dataPoint(point(labels.apply(thing), value.applyAsDouble(thing)));
    }
    return gauge.build();
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
