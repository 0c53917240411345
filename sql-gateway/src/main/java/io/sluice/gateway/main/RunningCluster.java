package io.sluice.gateway.main;

import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.LocalReplicaProvisioner;
import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.gateway.statement.Clusters;
import io.sluice.gateway.statement.StatementQueue;
import io.sluice.gateway.statement.WarmUp;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.router.AdmissionLimits;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkConnectBackend;
import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One cluster of a running gateway: its Spark servers, and the queues before them. */
final class RunningCluster implements AutoCloseable {

  private final ClusterDefinition definition;
  private final ReplicaSpec replica;
  private final ReplicaProvisioner provisioner;
  private final ClusterManager manager;
  private final StatementQueue statements;
  private final StatementQueue schemas;
  private final Map<SparkEndpoint, SparkBackend> endpoints = new ConcurrentHashMap<>();
  private final Set<SparkBackend> seenReady = ConcurrentHashMap.newKeySet();

  /** One without servers, until {@link #start}. */
  RunningCluster(
      ClusterDefinition definition,
      Installation installation,
      Path java,
      Threads threads,
      InstantSource clock)
      throws IOException {
    this.definition = definition;
    replica = definition.replica();
    provisioner = definition.host().open(installation, java, threads);
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
            clock);
    AdmissionLimits limits = definition.admission();
    statements = new StatementQueue(limits, manager::snapshot, clock);
    // A schema is asked for while results of the same client wait, so it has permits of its own.
    // They add up with those of the statements, and together stay at Spark's knee: DemoSettings.
    schemas =
        new StatementQueue(
            new AdmissionLimits(
                DemoSettings.SCHEMAS_PER_SLOT, limits.queueLength(), limits.queueTimeout()),
            manager::snapshot,
            clock);
    manager.addListener(
        snapshot -> {
          changed();
          forgetEndpoints();
        });
    manager.addDecisionListener(new ClusterJournal(definition.name()));
    statements.onWait(manager::wake);
    schemas.onWait(manager::wake);
  }

  ClusterDefinition definition() {
    return definition;
  }

  ClusterManager manager() {
    return manager;
  }

  Clusters.Queues queues() {
    return new Clusters.Queues(statements, schemas);
  }

  /** Starts the servers that are needed, now and from now on. */
  void start() {
    manager.start(new QueuedDemand(statements, schemas, replica.taskSlots()));
  }

  /** Hands out permits, and ends what has waited too long; to be called every so often. */
  void changed() {
    statements.changed();
    schemas.changed();
  }

  /** Returns what runs and waits, questions for schemas included. */
  ClusterLoad load() {
    return statements.load().plus(schemas.load());
  }

  /** Returns whether statements are served now, or would be by what the next one starts. */
  boolean serves() {
    return manager.snapshot().reason().isEmpty() || manager.isSuspended();
  }

  /** Returns whether a server is on its way. */
  boolean isStarting() {
    return manager.snapshot().replicas().stream()
        .anyMatch(status -> status.state() == ReplicaState.STARTING);
  }

  /** Completes when a server is ready; fails with {@link StartException} if one did not start. */
  CompletableFuture<ClusterSnapshot> whenReady() {
    CompletableFuture<ClusterSnapshot> ready = manager.awaitReady();
    manager.addListener(
        snapshot ->
            manager
                .startFailure()
                .ifPresent(
                    failure ->
                        ready.completeExceptionally(
                            new StartException(
                                failure.getMessage()
                                    + ". The end of its log:\n"
                                    + String.join("\n", failure.lastLines())))));
    return ready;
  }

  /**
   * Runs a small query on every server that is ready or comes to be.
   *
   * @return completes when those that are ready now have run it
   */
  CompletableFuture<Void> warmUp(String sql) {
    Set<ReplicaId> begun = ConcurrentHashMap.newKeySet();
    manager.addListener(snapshot -> warmUp(snapshot, begun, sql));
    return warmUp(manager.snapshot(), begun, sql);
  }

  private CompletableFuture<Void> warmUp(
      ClusterSnapshot snapshot, Set<ReplicaId> begun, String sql) {
    return CompletableFuture.allOf(
        snapshot.replicas().stream()
            .filter(status -> status.state() == ReplicaState.READY && begun.add(status.id()))
            .flatMap(status -> manager.backend(status.id()).stream())
            .map(backend -> WarmUp.run(backend, sql))
            .toArray(CompletableFuture[]::new));
  }

  /** Returns the ids of the servers' processes, where they run here. */
  Stream<Long> pids() {
    return provisioner instanceof LocalReplicaProvisioner local
        ? local.list().stream().flatMap(local::processes).map(ProcessHandle::pid)
        : Stream.empty();
  }

  /** Returns where the ready servers listen. */
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
