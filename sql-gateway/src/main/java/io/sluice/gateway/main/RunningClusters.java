package io.sluice.gateway.main;

import io.sluice.gateway.http.ClusterReport;
import io.sluice.gateway.statement.Clusters;
import io.sluice.gateway.statement.Replicas;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.Principal;
import io.sluice.model.ReplicaId;
import io.sluice.router.Routing;
import io.sluice.spark.SparkBackend;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The clusters of a running gateway, which may come, change and go while it runs. */
final class RunningClusters implements Replicas {

  private final Routing rules;
  private final Clusters routes;
  private final Consumer<RunningCluster> joined;
  private final List<RunningCluster> clusters = new CopyOnWriteArrayList<>();
  private volatile boolean listed;

  /**
   * None yet.
   *
   * @param rules which of them each statement runs on
   * @param routes is told of those that there are, once all are known
   * @param joined is given each one before any statement can reach it
   */
  RunningClusters(Routing rules, Clusters routes, Consumer<RunningCluster> joined) {
    this.rules = rules;
    this.routes = routes;
    this.joined = joined;
  }

  List<RunningCluster> all() {
    return clusters;
  }

  /** Returns whether all were known once. */
  boolean isListed() {
    return listed;
  }

  /** Takes one in. */
  void add(RunningCluster cluster) {
    joined.accept(cluster);
    clusters.add(cluster);
    changed();
  }

  /** Has statements find the clusters as they are now; of the first ones when all are there. */
  synchronized void changed() {
    if (listed) {
      routes.know(
          rules.among(clusters.stream().map(RunningCluster::routed).toList()),
          clusters.stream()
              .collect(Collectors.toMap(RunningCluster::name, RunningCluster::queues)));
    }
  }

  /** Says that all that there are have been taken in. */
  void listed() {
    listed = true;
    changed();
  }

  Optional<RunningCluster> named(String name) {
    return clusters.stream().filter(cluster -> cluster.name().equals(name)).findFirst();
  }

  /** Forgets one, and ends what waits for it. */
  void remove(String name) {
    Optional<RunningCluster> gone = named(name);
    clusters.removeAll(gone.stream().toList());
    changed();
    gone.ifPresent(RunningCluster::gone);
  }

  Set<String> names() {
    return clusters.stream().map(RunningCluster::name).collect(Collectors.toSet());
  }

  List<ReplicaId> replicaIds() {
    return clusters.stream()
        .flatMap(cluster -> cluster.manager().snapshot().replicas().stream())
        .map(ClusterSnapshot.ReplicaStatus::id)
        .toList();
  }

  @Override
  public Optional<SparkBackend> backend(ReplicaId replica) {
    return clusters.stream()
        .flatMap(cluster -> cluster.manager().backend(replica).stream())
        .findFirst();
  }

  @Override
  public CompletableFuture<Void> suspect(ReplicaId replica) {
    return CompletableFuture.allOf(
        clusters.stream()
            .map(cluster -> cluster.manager().suspect(replica))
            .toArray(CompletableFuture<?>[]::new));
  }

  /**
   * Returns how clusters stand. Of one that a user may not use nothing is told, not even that there
   * is one.
   *
   * @param all whether the user sees them all the same
   */
  List<ClusterReport> reports(Principal principal, boolean all) {
    return clusters.stream()
        .filter(cluster -> all || cluster.routed().admits(principal))
        .map(cluster -> ClusterReports.of(cluster.manager().status()))
        .toList();
  }
}
