package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.metadata.MetadataReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The tree of catalogs, schemas, tables and columns, as far as the caller may see it. */
final class CatalogCalls {

  private static final String CATALOGS = StatementsApi.SQL + "catalogs";

  private final MetadataReader metadata;
  private final Executor blocking;

  CatalogCalls(MetadataReader metadata, Executor blocking) {
    this.metadata = metadata;
    this.blocking = blocking;
  }

  List<Route> routes() {
    String schemas = CATALOGS + "/{catalog}/schemas";
    String tables = schemas + "/{schema}/tables";
    return List.of(
        route(CATALOGS, call -> list("catalogs", reader(call).catalogs(call.caller().principal()))),
        route(
            schemas,
            call ->
                list("schemas", reader(call).schemas(call.caller().principal(), call.variable(0)))),
        route(tables, this::tables),
        route(tables + "/{table}", this::table));
  }

  private Route route(String template, Function<Call, ObjectNode> answer) {
    return Route.of(
        HttpMethod.GET,
        template,
        call ->
            CompletableFuture.supplyAsync(
                () -> HttpDoor.json(HttpStatus.OK, answer.apply(call)), blocking));
  }

  private MetadataReader reader(Call call) {
    return metadata.from(call.caller().clientAddress());
  }

  private static ObjectNode list(String field, List<String> names) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray(field);
    names.forEach(name -> list.addObject().put("name", name));
    return answer;
  }

  private ObjectNode tables(Call call) {
    Caller caller = call.caller();
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray("tables");
    BiConsumer<List<TableName>, String> put =
        (names, type) ->
            names.forEach(name -> list.addObject().put("name", name.table()).put("type", type));
    MetadataReader reader = reader(call);
    put.accept(reader.tables(caller.principal(), call.variable(0), call.variable(1)), "TABLE");
    put.accept(reader.views(caller.principal(), call.variable(0), call.variable(1)), "VIEW");
    return answer;
  }

  private ObjectNode table(Call call) {
    TableName name = new TableName(call.variable(0), call.variable(1), call.variable(2));
    List<VisibleColumns.VisibleColumn> columns =
        VisibleColumns.of(reader(call), call.caller().principal(), name)
            .orElseThrow(() -> unknown(name));
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("name", name.table());
    ArrayNode list = answer.putArray("columns");
    for (VisibleColumns.VisibleColumn column : columns) {
      ObjectNode node = list.addObject();
      node.put("name", column.name());
      node.put("type_text", column.type());
      column.comment().ifPresent(comment -> node.put("comment", comment));
    }
    return answer;
  }

  /** The same whether there is none or the caller may not read it. */
  private static SluiceException unknown(TableName name) {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE,
        "There is no table or view "
            + RequestReader.shown(name.toString())
            + " that you may read.");
  }
}
