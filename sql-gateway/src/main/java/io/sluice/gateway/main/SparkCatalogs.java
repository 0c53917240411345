package io.sluice.gateway.main;

import io.sluice.planner.catalog.CatalogConfiguration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The gateway's catalogs as Spark spells them, so that both read the same tables. */
final class SparkCatalogs {

  private static final Map<String, String> IMPLEMENTATIONS =
      Map.of(
          "jdbc", "org.apache.iceberg.jdbc.JdbcCatalog",
          "rest", "org.apache.iceberg.rest.RESTCatalog");

  private SparkCatalogs() {}

  static Map<String, String> configuration(List<CatalogConfiguration> catalogs) {
    Map<String, String> all = new HashMap<>();
    for (CatalogConfiguration catalog : catalogs) {
      String name = "spark.sql.catalog." + catalog.name();
      all.put(name, "org.apache.iceberg.spark.SparkCatalog");
      catalog.properties().forEach((key, value) -> all.put(name + "." + key, value));
      all.put(name + ".catalog-impl", IMPLEMENTATIONS.getOrDefault(catalog.type(), ""));
      // A table that changed must not be read as it was.
      all.put(name + ".cache-enabled", "false");
    }
    return Map.copyOf(all);
  }
}
