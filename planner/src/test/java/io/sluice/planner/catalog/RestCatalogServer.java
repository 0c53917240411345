package io.sluice.planner.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NoSuchViewException;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.requests.CreateViewRequestParser;
import org.apache.iceberg.rest.requests.UpdateTableRequestParser;
import org.apache.iceberg.rest.responses.LoadViewResponseParser;

/** Iceberg's REST catalog protocol, tables read only, over a catalog in memory. */
final class RestCatalogServer implements AutoCloseable {

  final InMemoryCatalog catalog = new InMemoryCatalog();
  final AtomicInteger tableLoads = new AtomicInteger();
  volatile boolean failing;
  private final HttpServer server;

  RestCatalogServer() throws IOException {
    catalog.initialize("server", java.util.Map.of());
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    int status = 200;
    String body;
    try {
      body = failing ? error("ServiceFailureException", 500) : answer(exchange);
      status = failing ? 500 : 200;
    } catch (NoSuchNamespaceException e) {
      status = 404;
      body = error("NoSuchNamespaceException", 404);
    } catch (NoSuchViewException e) {
      status = 404;
      body = error("NoSuchViewException", 404);
    } catch (AlreadyExistsException e) {
      status = 409;
      body = error("AlreadyExistsException", 409);
    } catch (NoSuchTableException e) {
      status = 404;
      body = error("NoSuchTableException", 404);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String answer(HttpExchange exchange) throws IOException {
    List<String> path =
        List.of(exchange.getRequestURI().getRawPath().substring(1).split("/")).stream()
            .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
            .toList();
    if (path.equals(List.of("v1", "config"))) {
      return "{\"defaults\":{},\"overrides\":{\"io-impl\":\"no.such.FileIO\","
          + "\"view-endpoints-supported\":\"true\"}}";
    }
    if (path.equals(List.of("v1", "namespaces"))) {
      return "{\"namespaces\":[%s]}"
          .formatted(
              catalog.listNamespaces().stream()
                  .map(namespace -> "[\"" + namespace + "\"]")
                  .collect(Collectors.joining(",")));
    }
    String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (path.equals(List.of("v1", "views", "rename"))) {
      JsonNode names = new ObjectMapper().readTree(request);
      catalog.renameView(identifier(names.get("source")), identifier(names.get("destination")));
      return "";
    }
    Namespace namespace = Namespace.of(path.get(2));
    if (path.size() >= 4 && path.get(3).equals("views")) {
      return views(exchange.getRequestMethod(), namespace, path.subList(4, path.size()), request);
    }
    if (path.size() == 3) {
      return "{\"namespace\":[\"%s\"],\"properties\":{\"comment\":\"%s\"}}"
          .formatted(namespace, catalog.loadNamespaceMetadata(namespace).get("comment"));
    }
    if (path.size() == 4) {
      return identifiers(catalog.listTables(namespace));
    }
    tableLoads.incrementAndGet();
    BaseTable table = (BaseTable) catalog.loadTable(TableIdentifier.of(namespace, path.get(4)));
    TableMetadata metadata = table.operations().current();
    return "{\"metadata-location\":\"%s\",\"metadata\":%s,\"config\":{}}"
        .formatted(metadata.metadataFileLocation(), TableMetadataParser.toJson(metadata));
  }

  private String views(String method, Namespace namespace, List<String> name, String request) {
    if (name.isEmpty()) {
      return method.equals("GET")
          ? identifiers(catalog.listViews(namespace))
          : LoadViewResponseParser.toJson(
              CatalogHandlers.createView(
                  catalog, namespace, CreateViewRequestParser.fromJson(request)));
    }
    TableIdentifier view = TableIdentifier.of(namespace, name.get(0));
    return switch (method) {
      case "DELETE" -> {
        CatalogHandlers.dropView(catalog, view);
        yield "";
      }
      case "POST" ->
          LoadViewResponseParser.toJson(
              CatalogHandlers.updateView(
                  catalog, view, UpdateTableRequestParser.fromJson(request)));
      default -> LoadViewResponseParser.toJson(CatalogHandlers.loadView(catalog, view));
    };
  }

  private static TableIdentifier identifier(JsonNode name) {
    return TableIdentifier.of(name.get("namespace").get(0).asText(), name.get("name").asText());
  }

  private static String identifiers(List<TableIdentifier> identifiers) {
    return "{\"identifiers\":[%s]}"
        .formatted(
            identifiers.stream()
                .map(
                    identifier ->
                        "{\"namespace\":[\"%s\"],\"name\":\"%s\"}"
                            .formatted(identifier.namespace(), identifier.name()))
                .collect(Collectors.joining(",")));
  }

  private static String error(String type, int code) {
    return "{\"error\":{\"message\":\"/secret/path\",\"type\":\"%s\",\"code\":%d}}"
        .formatted(type, code);
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    catalog.close();
  }
}
