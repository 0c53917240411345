package io.sluice.testkit.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.cluster.ClusterDemand;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterStatus;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.cluster.kubernetes.GatewaySettings;
import io.sluice.cluster.kubernetes.Host;
import io.sluice.cluster.kubernetes.KubernetesClusters;
import io.sluice.cluster.kubernetes.KubernetesSettings;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.spark.SparkSession;
import io.sluice.testkit.FakeSpark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One of several gateways: as many statements run and wait as the test says. */
final class FakeGateway implements Host, AutoCloseable {

  static final String NAME = "sluice";
  static final Duration TERM = Duration.ofSeconds(3);
  static final Duration TICK = Duration.ofMillis(200);

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final Function<SparkEndpoint, SparkBackend> sparks;
  private final KubernetesClient client;
  final String identity;
  final KubernetesClusters clusters;
  final List<String> closed = new CopyOnWriteArrayList<>();
  final Set<String> opened = ConcurrentHashMap.newKeySet();

  /** Whom each cluster admits, by its name. */
  final Map<String, Set<String>> groups = new ConcurrentHashMap<>();

  /** The Spark sessions that it has on each replica. */
  final Map<ReplicaId, List<SparkSession>> sessions = new ConcurrentHashMap<>();

  /** Whether it knows which clusters there are. */
  volatile boolean listed;

  /** The name of a cluster that this gateway fails to take in. */
  volatile String failing = "";

  /** How far its clock is ahead. */
  volatile Duration later = Duration.ZERO;

  private volatile int running;
  private volatile int queued;
  private volatile Map<ReplicaId, Integer> runningOn = Map.of();
  private volatile Instant activity = Instant.now();

  /**
   * Starts one.
   *
   * @param sparks by address; what all gateways reach
   */
  FakeGateway(
      String identity,
      KubernetesClient client,
      String namespace,
      Path token,
      Map<String, FakeSpark> sparks) {
    this(
        identity,
        client,
        namespace,
        token,
        endpoint ->
            sparks
                .computeIfAbsent(
                    endpoint.host(),
                    host ->
                        new FakeSpark(
                            SparkConfiguration.required(KubernetesFixture.spec("spark:1"))))
                .connect(),
        NAME,
        TERM,
        TICK);
  }

  /** Starts one with another kind of Spark, of other gateways, and in another pace. */
  FakeGateway(
      String identity,
      KubernetesClient client,
      String namespace,
      Path token,
      Function<SparkEndpoint, SparkBackend> sparks,
      String name,
      Duration term,
      Duration tick) {
    this.identity = identity;
    this.sparks = sparks;
    this.client = client;
    this.clusters =
        new KubernetesClusters(
            new GatewaySettings(
                Set.of(namespace),
                namespace,
                name,
                identity,
                LakehouseClusterTest.GATEWAY,
                (cluster, within, owner) ->
                    KubernetesSettings.of(
                        cluster, within, Optional.of(owner), "sluice-connect", token),
                folder(token.resolveSibling(identity)),
                term,
                tick),
            client,
            this,
            executor,
            executor,
            scheduler,
            () -> Instant.now().plus(later));
  }

  private static Path folder(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void load(int nowRunning, int nowQueued, Map<ReplicaId, Integer> where) {
    running = nowRunning;
    queued = nowQueued;
    runningOn = where;
    activity = Instant.now();
    opened.forEach(clusters::wake);
  }

  /** Has one more statement run at once, of which nobody is told. */
  void grant(ReplicaId where) {
    running = 1;
    runningOn = Map.of(where, 1);
    activity = Instant.now();
  }

  long ready(String cluster) {
    return clusters.cluster(cluster).map(manager -> manager.snapshot().replicas().stream()).stream()
        .flatMap(replicas -> replicas)
        .filter(replica -> replica.state() == ReplicaState.READY)
        .count();
  }

  ClusterStatus status(String cluster) {
    return clusters.cluster(cluster).map(ClusterManager::status).orElseThrow();
  }

  List<ClusterSnapshot.ReplicaStatus> replicas(String cluster) {
    return clusters
        .cluster(cluster)
        .map(manager -> manager.snapshot().replicas())
        .orElse(List.of());
  }

  @Override
  public SparkBackend connect(SparkEndpoint endpoint) {
    return sparks.apply(endpoint);
  }

  @Override
  public List<SparkSession> sessions(ReplicaId replica) {
    return sessions.getOrDefault(replica, List.of());
  }

  @Override
  public ClusterDemand opened(LakehouseCluster definition, ClusterManager manager) {
    if (definition.name().equals(failing)) {
      throw new IllegalStateException("the test says so");
    }
    opened.add(definition.name());
    groups.put(definition.name(), definition.groups());
    return new ClusterDemand() {
      @Override
      public ClusterLoad load() {
        return new ClusterLoad(
            running, queued, Duration.ZERO, running, queued, running, activity, runningOn);
      }

      @Override
      public int permits() {
        return 1;
      }
    };
  }

  @Override
  public void listed() {
    listed = true;
  }

  @Override
  public void changed(LakehouseCluster definition) {
    groups.put(definition.name(), definition.groups());
  }

  @Override
  public void closed(String name) {
    opened.remove(name);
    closed.add(name);
  }

  /** Vanishes as a process that is killed does: it neither hands over nor says good-bye. */
  void vanish() {
    client.close();
    executor.shutdownNow();
    scheduler.shutdownNow();
    try {
      // What it keeps in its folder goes with the test's.
      if (!executor.awaitTermination(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a gateway does not end");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    clusters.close();
    vanish();
  }
}
