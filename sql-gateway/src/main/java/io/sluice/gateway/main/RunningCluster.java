package io.sluice.gateway.main;

import io.sluice.cluster.ClusterDemand;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterStatus;
import io.sluice.cluster.ReplicaStarts;
import io.sluice.gateway.metrics.ClusterMetrics;
import io.sluice.gateway.metrics.Observed;
import io.sluice.gateway.statement.Clusters;
import io.sluice.gateway.statement.StatementQueue;
import io.sluice.gateway.statement.WarmUp;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.RoutedCluster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One cluster of a running gateway: the queues before its Spark servers. */
final class RunningCluster {

  private final ClusterManager manager;
  private final StatementQueue statements;
  private final StatementQueue schemas;
  private volatile RoutedCluster routed;

  /**
   * One whose manager is not started.
   *
   * @param wake is called when a statement begins to wait; must not block
   */
  RunningCluster(
      RoutedCluster routed,
      ClusterManager manager,
      Limits limits,
      Runnable wake,
      InstantSource clock) {
    this.routed = routed;
    this.manager = manager;
    Supplier<ClusterSnapshot> snapshot = limits.sized(manager::snapshot);
    statements = new StatementQueue(limits.statements(), snapshot, clock);
    schemas = new StatementQueue(limits.schemas(), snapshot, clock);
    manager.addListener(next -> changed());
    manager.addDecisionListener(new ClusterJournal(routed.name()));
    statements.onWait(wake);
    schemas.onWait(wake);
  }

  /**
   * What runs and waits at most. A schema is asked for while results of the same client wait, so it
   * has permits of its own; they add up with those of the statements, and together stay at Spark's
   * knee: {@link DemoSettings}.
   *
   * @param bySlot whether the numbers are for each task slot, or for a whole replica
   */
  record Limits(AdmissionLimits statements, AdmissionLimits schemas, boolean bySlot) {

    /** Those of a cluster whose statements are counted by task slot. */
    static Limits bySlot(AdmissionLimits statements) {
      return new Limits(
          statements,
          new AdmissionLimits(
              DemoSettings.SCHEMAS_PER_SLOT, statements.queueLength(), statements.queueTimeout()),
          true);
    }

    /**
     * Those of a cluster whose statements are counted by replica.
     *
     * @param concurrency how many a replica runs at first; up to twice as many as it does well with
     */
    static Limits byReplica(int concurrency, int queueLength, Duration queueTimeout) {
      return new Limits(
          new AdmissionLimits(concurrency, 2 * concurrency, queueLength, queueTimeout),
          new AdmissionLimits(
              Math.max(
                  1,
                  concurrency * DemoSettings.SCHEMAS_PER_SLOT / DemoSettings.STATEMENTS_PER_SLOT),
              queueLength,
              queueTimeout),
          false);
    }

    /** Where statements are counted by replica, each has one slot for the queues. */
    private Supplier<ClusterSnapshot> sized(Supplier<ClusterSnapshot> cluster) {
      if (bySlot) {
        return cluster;
      }
      return () -> {
        ClusterSnapshot now = cluster.get();
        return new ClusterSnapshot(
            now.cluster(),
            now.replicas().stream()
                .map(it -> new ClusterSnapshot.ReplicaStatus(it.id(), it.state(), 1))
                .toList(),
            now.reason(),
            now.failing());
      };
    }
  }

  String name() {
    return routed.name();
  }

  RoutedCluster routed() {
    return routed;
  }

  ClusterManager manager() {
    return manager;
  }

  Clusters.Queues queues() {
    return new Clusters.Queues(statements, schemas);
  }

  /** Has the cluster admit others, and other numbers of them, from now on. */
  void redefine(RoutedCluster next, Limits limits) {
    routed = next;
    statements.limits(limits.statements());
    schemas.limits(limits.schemas());
  }

  /**
   * Returns what is asked of the cluster.
   *
   * @param slots that a replica's statements are counted by
   */
  ClusterDemand demand(int slots) {
    return new QueuedDemand(statements, schemas, slots);
  }

  /** Hands out permits, and ends what has waited too long; to be called every so often. */
  void changed() {
    statements.changed();
    schemas.changed();
  }

  /** Ends what waits: the cluster is gone. */
  void gone() {
    statements.close();
    schemas.close();
  }

  /** Returns what runs and waits, questions for schemas included. */
  ClusterLoad load() {
    return statements.load().plus(schemas.load());
  }

  /** Has what becomes of its replicas counted from now on. */
  void count(ClusterMetrics metrics) {
    manager.addStartListener(
        new ReplicaStarts() {
          @Override
          public void ready(Duration took) {
            metrics.started(name(), took);
          }

          @Override
          public void failed() {
            metrics.startFailed(name());
          }
        });
    // What comes after the verb is a number or a replica.
    manager.addDecisionListener(
        decision -> metrics.decided(name(), decision.action().split(" ", 2)[0]));
  }

  /** Returns it as metrics show it. */
  Observed.Cluster observed() {
    ClusterStatus status = manager.status();
    return new Observed.Cluster(
        name(),
        status.max(),
        load(),
        status.replicas().stream()
            .collect(
                Collectors.toMap(ClusterStatus.ReplicaLine::state, replica -> 1, Integer::sum)));
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
}
