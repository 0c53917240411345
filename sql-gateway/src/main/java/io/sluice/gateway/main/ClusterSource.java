package io.sluice.gateway.main;

import io.sluice.gateway.statement.SparkSessions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where a gateway's clusters are defined. */
sealed interface ClusterSource {

  /**
   * Returns what brings the clusters, not started.
   *
   * @throws StartException if it cannot
   */
  ClusterFeed feed(Surroundings surroundings) throws IOException;

  /** Returns whether they are others' to define, who come and go while the gateway runs. */
  boolean comeAndGo();

  /**
   * What a feed works with.
   *
   * @param clusters that it brings clusters to
   * @param sessions that statements have on Spark
   * @param data the gateway's own folder
   * @param java the command of local Spark servers
   */
  record Surroundings(
      RunningClusters clusters,
      SparkSessions sessions,
      Installation installation,
      Path data,
      Path java,
      Threads threads,
      InstantSource clock) {}

  /**
   * In the configuration.
   *
   * @param definitions at least one
   */
  record Configured(List<ClusterDefinition> definitions) implements ClusterSource {

    public Configured {
      definitions = List.copyOf(definitions);
    }

    @Override
    public ClusterFeed feed(Surroundings surroundings) throws IOException {
      return new LocalClusters(definitions, surroundings);
    }

    @Override
    public boolean comeAndGo() {
      return false;
    }
  }

  /**
   * By LakehouseCluster objects.
   *
   * @param namespaces whose clusters are served
   * @param gatewayNamespace where the gateways tell one another how busy they are, and who leads
   * @param name what the gateways that share the clusters are called together
   * @param identity of this gateway, which no other one has; empty for what the environment says
   * @param connectSecret the Secret in each namespace that holds its key of Spark Connect
   * @param connectTokenFolder where the gateway reads the same keys, each from a file of the
   *     namespace's name
   * @param kubeconfig how the API server is reached; empty for the pod's service account
   * @param catalogs Spark's settings for the gateway's catalogs
   */
  record Kubernetes(
      Set<String> namespaces,
      String gatewayNamespace,
      String name,
      Optional<String> identity,
      String connectSecret,
      Path connectTokenFolder,
      Optional<Path> kubeconfig,
      KubernetesCatalogs catalogs)
      implements ClusterSource {

    public Kubernetes {
      namespaces = Set.copyOf(namespaces);
    }

    @Override
    public ClusterFeed feed(Surroundings surroundings) throws IOException {
      return new KubernetesFeed(this, surroundings);
    }

    @Override
    public boolean comeAndGo() {
      return true;
    }
  }
}
