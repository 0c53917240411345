package io.sluice.planner.catalog;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SessionCatalog.SessionContext;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.ViewCatalog;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.HTTPClient;
import org.apache.iceberg.rest.RESTSessionCatalog;
import org.apache.iceberg.rest.RESTUtil;

/**
 * A connected catalog by its faces.
 *
 * @param resource what to close
 */
record OpenCatalog(
    Catalog catalog, SupportsNamespaces namespaces, ViewCatalog views, Closeable resource)
    implements AutoCloseable {

  private static final String TIMEOUT_MILLISECONDS = "10000";

  static OpenCatalog open(CatalogConfiguration configuration) {
    Map<String, String> properties = new HashMap<>(configuration.properties());
    return configuration.type().equals("jdbc")
        ? openJdbc(configuration.name(), properties)
        : openRest(configuration.name(), properties);
  }

  private static OpenCatalog openJdbc(String name, Map<String, String> properties) {
    if (properties.getOrDefault(CatalogProperties.URI, "").startsWith("jdbc:sqlite:")) {
      // Readers must not fail while another process, Spark, writes.
      properties.putIfAbsent(JdbcCatalog.PROPERTY_PREFIX + "journal_mode", "WAL");
      properties.putIfAbsent(JdbcCatalog.PROPERTY_PREFIX + "busy_timeout", TIMEOUT_MILLISECONDS);
    }
    // The older schema knows no views.
    properties.putIfAbsent(JdbcCatalog.PROPERTY_PREFIX + "schema-version", "V1");
    properties.putIfAbsent(CatalogProperties.FILE_IO_IMPL, LocalViewIO.class.getName());
    JdbcCatalog catalog = new JdbcCatalog();
    initialize(() -> catalog.initialize(name, properties), catalog);
    return new OpenCatalog(catalog, catalog, catalog, catalog);
  }

  /** A server's answer may name a FileIO class; it is not loaded, for tables come in the answer. */
  private static OpenCatalog openRest(String name, Map<String, String> properties) {
    // Iceberg's own five retries take half a minute, in which a user hears nothing.
    properties.putIfAbsent("rest.client.max-retries", "1");
    properties.putIfAbsent("rest.client.connection-timeout-ms", TIMEOUT_MILLISECONDS);
    properties.putIfAbsent("rest.client.socket-timeout-ms", TIMEOUT_MILLISECONDS);
    RESTSessionCatalog sessions =
        new RESTSessionCatalog(
            merged ->
                HTTPClient.builder(merged)
                    .uri(merged.get(CatalogProperties.URI))
                    .withHeaders(RESTUtil.configHeaders(merged))
                    .build(),
            (context, merged) -> new LocalFileIO());
    initialize(() -> sessions.initialize(name, properties), sessions);
    SessionContext context = SessionContext.createEmpty();
    Catalog catalog = sessions.asCatalog(context);
    return new OpenCatalog(
        catalog, (SupportsNamespaces) catalog, sessions.asViewCatalog(context), sessions);
  }

  /** Leaves no connection behind when it fails, for it is tried again. */
  private static void initialize(Runnable action, Closeable resource) {
    try {
      action.run();
    } catch (RuntimeException e) {
      try {
        resource.close();
      } catch (IOException | RuntimeException onClose) {
        e.addSuppressed(onClose);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      resource.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
