package io.sluice.gateway.main;

import io.sluice.cluster.kubernetes.LakehouseCluster;
import io.sluice.planner.catalog.CatalogConfiguration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a gateway brings to the clusters of Kubernetes: its Spark, its catalogs and which service
 * accounts there are to be. Secrets of catalogs stay here, as whoever may read a SparkApplication
 * would read them there; drivers have their own.
 */
final class KubernetesCatalogs implements LakehouseCluster.Gateway {

  private final List<CatalogConfiguration> known;
  private final Set<String> serviceAccounts;

  KubernetesCatalogs(List<CatalogConfiguration> catalogs, Set<String> serviceAccounts) {
    this.serviceAccounts = Set.copyOf(serviceAccounts);
    known =
        catalogs.stream()
            .map(
                catalog ->
                    new CatalogConfiguration(
                        catalog.name(),
                        catalog.type(),
                        ServeCatalogs.withoutSecrets(catalog.properties())))
            .toList();
  }

  @Override
  public String sparkVersion() {
    return Version.ofSpark();
  }

  @Override
  public Map<String, String> catalog(String name) {
    List<CatalogConfiguration> named =
        known.stream().filter(catalog -> catalog.name().equals(name)).toList();
    if (named.isEmpty()) {
      throw new IllegalArgumentException(
          "spec.catalogRef is none of "
              + known.stream().map(CatalogConfiguration::name).toList()
              + ": "
              + name);
    }
    return SparkCatalogs.configuration(named);
  }

  @Override
  public Set<String> serviceAccounts() {
    return serviceAccounts;
  }

  @Override
  public Map<String, String> catalogs() {
    return SparkCatalogs.configuration(known);
  }
}
