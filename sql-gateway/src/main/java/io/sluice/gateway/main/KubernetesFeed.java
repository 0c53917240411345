package io.sluice.gateway.main;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.cluster.ClusterDemand;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.kubernetes.GatewaySettings;
import io.sluice.cluster.kubernetes.Host;
import io.sluice.cluster.kubernetes.KubernetesClusters;
import io.sluice.cluster.kubernetes.KubernetesSettings;
import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.model.ReplicaId;
import io.sluice.router.RoutedCluster;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import io.sluice.spark.SparkSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Brings the clusters that LakehouseCluster objects define, as they come, change and go. */
final class KubernetesFeed implements ClusterFeed {

  /** How long the other gateways wait for one that says nothing. */
  private static final Duration TERM = Duration.ofSeconds(15);

  private static final Duration TICK = Duration.ofSeconds(5);

  private final GatewaySettings settings;
  private final ClusterSource.Surroundings surroundings;
  private final ExecutorService executor;
  private final KubernetesClient client;
  private volatile @Nullable KubernetesClusters kubernetes;

  KubernetesFeed(ClusterSource.Kubernetes source, ClusterSource.Surroundings surroundings)
      throws IOException {
    Path state = surroundings.data().resolve("kubernetes");
    PrivateFolder.make(state);
    this.surroundings = surroundings;
    this.settings =
        new GatewaySettings(
            source.namespaces(),
            source.gatewayNamespace(),
            source.name(),
            KubernetesApi.identity(source.identity()),
            source.catalogs(),
            (cluster, namespace, owner) ->
                KubernetesSettings.of(
                    cluster,
                    namespace,
                    Optional.of(owner),
                    source.connectSecret(),
                    source.connectTokenFolder().resolve(namespace)),
            state,
            TERM,
            TICK);
    this.executor = Threads.kubernetes();
    this.client = KubernetesApi.connect(source.kubeconfig(), executor);
  }

  @Override
  public void start() {
    kubernetes =
        new KubernetesClusters(
            settings,
            client,
            new Uses(),
            executor,
            surroundings.threads().work(),
            surroundings.threads().timer(),
            surroundings.clock());
  }

  @Override
  public String trouble() {
    KubernetesClusters known = kubernetes;
    String trouble = known == null ? "" : known.trouble();
    return trouble.isEmpty() ? "their list is being read" : trouble;
  }

  @Override
  public boolean isRemembered() {
    KubernetesClusters known = kubernetes;
    return known != null && known.isRemembered();
  }

  /** The Spark servers go on, for the gateways that there are or come. */
  @Override
  public void close() {
    KubernetesClusters known = kubernetes;
    if (known != null) {
      known.close();
    }
    client.close();
    executor.shutdownNow();
  }

  private static RoutedCluster routed(LakehouseCluster definition) {
    return new RoutedCluster(definition.name(), definition.groups());
  }

  private static RunningCluster.Limits limits(LakehouseCluster definition) {
    return RunningCluster.Limits.byReplica(
        definition.concurrency(), definition.maxQueued(), definition.queueTimeout());
  }

  /** What is told of the clusters. */
  private final class Uses implements Host {

    private final RunningClusters running = surroundings.clusters();

    @Override
    public SparkBackend connect(SparkEndpoint endpoint) {
      return SparkConnectBackend.connect(
          endpoint, surroundings.threads().work(), surroundings.threads().timer());
    }

    @Override
    public List<SparkSession> sessions(ReplicaId replica) {
      return surroundings.sessions().on(replica);
    }

    @Override
    public ClusterDemand opened(LakehouseCluster definition, ClusterManager manager) {
      RunningCluster cluster =
          new RunningCluster(
              routed(definition),
              manager,
              limits(definition),
              () -> wake(definition.name()),
              surroundings.clock());
      running.add(cluster);
      return cluster.demand(1);
    }

    private void wake(String cluster) {
      KubernetesClusters known = kubernetes;
      if (known != null) {
        known.wake(cluster);
      }
    }

    @Override
    public void listed() {
      running.listed();
    }

    @Override
    public void changed(LakehouseCluster definition) {
      running
          .named(definition.name())
          .ifPresent(cluster -> cluster.redefine(routed(definition), limits(definition)));
      running.changed();
    }

    @Override
    public void closed(String name) {
      running.remove(name);
    }
  }
}
