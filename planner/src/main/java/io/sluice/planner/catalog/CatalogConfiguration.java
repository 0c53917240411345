package io.sluice.planner.catalog;

import java.util.Locale;
import java.util.Map;

/**
 * One catalog to read.
 *
 * @param name what users call it; the rows of a JDBC catalog carry this name, so every engine over
 *     the same database must use the same one
 * @param type {@code jdbc} or {@code rest}
 * @param properties as Iceberg names them, for example {@code uri} and {@code warehouse}; never
 *     shown to anyone
 */
public record CatalogConfiguration(String name, String type, Map<String, String> properties) {

  public CatalogConfiguration {
    properties = Map.copyOf(properties);
    type = type.toLowerCase(Locale.ROOT);
    if (name.isBlank()) {
      throw new IllegalArgumentException("a catalog has a name");
    }
    if (!type.equals("jdbc") && !type.equals("rest")) {
      throw new IllegalArgumentException("catalog " + name + " must be of type jdbc or rest");
    }
    if (!properties.containsKey("uri")) {
      throw new IllegalArgumentException("catalog " + name + " has no uri");
    }
    if (type.equals("jdbc") && !properties.containsKey("warehouse")) {
      throw new IllegalArgumentException("catalog " + name + " has no warehouse");
    }
  }

  /** Keeps the properties, which may hold credentials, out of logs. */
  @Override
  public String toString() {
    return "CatalogConfiguration[" + name + ", " + type + "]";
  }
}
