package io.sluice.gateway.main;

import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.LocalReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A cluster of the configuration, with the Spark servers that run beside the gateway. */
final class LocalCluster implements AutoCloseable {

  private final LocalReplicaProvisioner provisioner;
  private final ClusterManager manager;
  private final RunningCluster running;
  private final int taskSlots;
  private final Map<SparkEndpoint, SparkBackend> endpoints = new ConcurrentHashMap<>();
  private final Set<SparkBackend> seenReady = ConcurrentHashMap.newKeySet();

  /** One without servers, until {@link #start}. */
  LocalCluster(ClusterDefinition definition, ClusterSource.Surroundings surroundings)
      throws IOException {
    ReplicaSpec replica = definition.replica();
    taskSlots = replica.taskSlots();
    Threads threads = surroundings.threads();
    provisioner = definition.host().open(surroundings.installation(), surroundings.java(), threads);
    manager =
        new ClusterManager(
            ClusterSettings.of(definition.name(), replica, definition.scaling()),
            provisioner,
            endpoint -> {
              SparkBackend backend =
                  SparkConnectBackend.connect(endpoint, threads.work(), threads.timer());
              endpoints.put(endpoint, backend);
              return backend;
            },
            threads.work(),
            threads.timer(),
            surroundings.clock());
    running =
        new RunningCluster(
            definition.routed(),
            manager,
            RunningCluster.Limits.bySlot(definition.admission()),
            manager::wake,
            surroundings.clock());
    manager.addListener(snapshot -> forgetEndpoints());
  }

  RunningCluster running() {
    return running;
  }

  /** Starts the servers that are needed, now and from now on. */
  void start() {
    manager.start(running.demand(taskSlots));
  }

  Stream<Long> pids() {
    return provisioner.list().stream().flatMap(provisioner::processes).map(ProcessHandle::pid);
  }

  Stream<SparkEndpoint> endpoints() {
    List<Optional<SparkBackend>> ready =
        manager.snapshot().replicas().stream().map(status -> manager.backend(status.id())).toList();
    return endpoints.entrySet().stream()
        .filter(entry -> ready.contains(Optional.of(entry.getValue())))
        .map(Map.Entry::getKey);
  }

  /** Forgets where servers listened that are gone; those that start are not known yet. */
  private void forgetEndpoints() {
    Set<SparkBackend> there =
        manager.snapshot().replicas().stream()
            .flatMap(status -> manager.backend(status.id()).stream())
            .collect(Collectors.toSet());
    seenReady.addAll(there);
    endpoints.values().removeIf(backend -> seenReady.contains(backend) && !there.contains(backend));
    seenReady.retainAll(there);
  }

  @Override
  public void close() {
    manager.close();
  }
}
