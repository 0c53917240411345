package io.sluice.testkit.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.kubernetes.ExecutorCapacity;
import io.sluice.cluster.kubernetes.KubernetesPlace;
import io.sluice.cluster.kubernetes.KubernetesReplicaProvisioner;
import io.sluice.cluster.kubernetes.KubernetesSettings;
import io.sluice.cluster.kubernetes.NamespaceWatch;
import io.sluice.cluster.kubernetes.ReplicaSize;
import io.sluice.cluster.kubernetes.WarmDrivers;
import io.sluice.testkit.SparkFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A namespace with an operator, and what a gateway there has. */
final class KubernetesFixture implements AutoCloseable {

  static final String CLUSTER = "contract";

  final ExecutorService executor = Executors.newCachedThreadPool();
  final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  final ApiServer server;
  final String namespace;
  final FakeOperator operator;
  final KubernetesClient client;
  final NamespaceWatch watch;
  final WarmDrivers warm;
  final Path token;

  KubernetesFixture(ApiServer server, Path directory) {
    this.server = server;
    this.namespace = server.namespace();
    this.operator = new FakeOperator(server.client(), namespace);
    this.client = server.client("gateway");
    this.watch = new NamespaceWatch(client, namespace, Optional.empty(), InstantSource.system());
    this.warm = new WarmDrivers(client, watch, () -> {});
    this.token = ApiServer.token(directory);
  }

  static ReplicaSpec spec(String image) {
    ReplicaSize size = ReplicaSize.S;
    return new ReplicaSpec(
        16,
        size.driverHeap(),
        SparkFixture.SPARK_VERSION,
        Map.of("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog"),
        new KubernetesPlace(
            image,
            "spark",
            size,
            0,
            size.mostExecutors(),
            ExecutorCapacity.SPOT_PREFERRED,
            Map.of("spec", Map.of("nodeSelector", Map.of("pool", "lakehouse"))),
            Map.of()));
  }

  KubernetesSettings settings(Duration startLimit) {
    return new KubernetesSettings(
        CLUSTER,
        namespace,
        Optional.empty(),
        "sluice-connect",
        KubernetesSettings.TOKEN_KEY,
        token,
        startLimit,
        Duration.ofSeconds(30));
  }

  List<GenericKubernetesResource> applications() {
    return server
        .client()
        .genericKubernetesResources("spark.apache.org/v1", "SparkApplication")
        .inNamespace(namespace)
        .list()
        .getItems();
  }

  KubernetesReplicaProvisioner provisioner(KubernetesSettings settings) {
    return provisioner(settings, client);
  }

  /** Returns one that asks by another client; it sees by the usual one. */
  KubernetesReplicaProvisioner provisioner(KubernetesSettings settings, KubernetesClient asks) {
    return new KubernetesReplicaProvisioner(
        settings, spec("spark:1"), asks, watch, warm, executor, scheduler, InstantSource.system());
  }

  @Override
  public void close() {
    watch.close();
    client.close();
    operator.close();
    executor.shutdownNow();
    scheduler.shutdownNow();
  }
}
