package io.sluice.gateway.main;

import io.sluice.spark.SparkEndpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** The clusters of a configuration. */
final class LocalClusters implements ClusterFeed {

  private final List<LocalCluster> clusters = new ArrayList<>();
  private final RunningClusters running;
  private final Executor blocking;

  LocalClusters(List<ClusterDefinition> definitions, ClusterSource.Surroundings surroundings)
      throws IOException {
    running = surroundings.clusters();
    blocking = surroundings.threads().blocking();
    for (ClusterDefinition definition : definitions) {
      clusters.add(new LocalCluster(definition, surroundings));
    }
  }

  @Override
  public void start() {
    clusters.forEach(cluster -> running.add(cluster.running()));
    running.listed();
    clusters.forEach(LocalCluster::start);
  }

  @Override
  public String trouble() {
    return "the gateway is starting";
  }

  @Override
  public Stream<Long> pids() {
    return clusters.stream().flatMap(LocalCluster::pids);
  }

  @Override
  public Stream<SparkEndpoint> endpoints() {
    return clusters.stream().flatMap(LocalCluster::endpoints);
  }

  /** Ends all at a time, as each takes long. */
  @Override
  public void close() {
    CompletableFuture.allOf(
            clusters.stream()
                .map(cluster -> CompletableFuture.runAsync(cluster::close, blocking))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }
}
