package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.TableName;
import io.sluice.planner.metadata.MetadataReader;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The tree of catalogs, schemas, tables and columns, as far as the caller may see it. */
final class CatalogCalls {

  /** A row is JSON in memory before it is sent: an object with its names and values. */
  private static final int BYTES_OF_OBJECT = 320;

  private static final String CATALOGS = StatementsApi.SQL + "catalogs";

  private final MetadataReader metadata;
  private final GatewayAnswers answers;
  private final Executor blocking;

  CatalogCalls(MetadataReader metadata, GatewayAnswers answers, Executor blocking) {
    this.metadata = metadata;
    this.answers = answers;
    this.blocking = blocking;
  }

  List<Route> routes() {
    String schemas = CATALOGS + "/{catalog}/schemas";
    String tables = schemas + "/{schema}/tables";
    return List.of(
        route(CATALOGS, this::catalogs),
        route(schemas, this::schemas),
        route(tables, this::tables),
        route(tables + "/{table}", this::table));
  }

  private Route route(String template, BiFunction<Call, AnswerRows, ObjectNode> answer) {
    return Route.of(
        HttpMethod.GET,
        template,
        call -> {
          AnswerRows rows = answers.enter(call.caller().principal());
          call.onEnd(rows::close);
          return CompletableFuture.supplyAsync(
              () -> HttpDoor.json(HttpStatus.OK, answer.apply(call, rows)), blocking);
        });
  }

  private MetadataReader reader(Call call) {
    return metadata.from(call.caller().clientAddress());
  }

  private ObjectNode catalogs(Call call, AnswerRows rows) {
    reader(call).catalogs(call.caller().principal()).forEach(name -> add(rows, name));
    return list("catalogs", rows, "name");
  }

  private ObjectNode schemas(Call call, AnswerRows rows) {
    reader(call)
        .schemas(call.caller().principal(), call.variable(0))
        .forEach(name -> add(rows, name));
    return list("schemas", rows, "name");
  }

  private ObjectNode tables(Call call, AnswerRows rows) {
    Principal principal = call.caller().principal();
    Predicate<String> wanted = rows.whileWanted(name -> true);
    MetadataReader reader = reader(call);
    reader
        .tables(principal, call.variable(0), call.variable(1), wanted)
        .forEach(name -> add(rows, name.table(), "TABLE"));
    reader
        .views(principal, call.variable(0), call.variable(1), wanted)
        .forEach(name -> add(rows, name.table(), "VIEW"));
    return list("tables", rows, "name", "type");
  }

  private ObjectNode table(Call call, AnswerRows rows) {
    TableName name = new TableName(call.variable(0), call.variable(1), call.variable(2));
    VisibleColumns.of(reader(call), call.caller().principal(), name)
        .orElseThrow(() -> unknown(name))
        .forEach(column -> add(rows, column.name(), column.type(), column.comment().orElse(null)));
    return list("columns", rows, "name", "type_text", "comment").put("name", name.table());
  }

  private static void add(AnswerRows rows, @Nullable String... values) {
    rows.add(Arrays.asList(values), BYTES_OF_OBJECT);
  }

  /** Returns an object for each row, without what a row does not have. */
  private static ObjectNode list(String field, AnswerRows rows, String... names) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray(field);
    for (List<@Nullable Object> row : rows.all()) {
      ObjectNode object = list.addObject();
      for (int index = 0; index < names.length; index++) {
        if (row.get(index) instanceof String value) {
          object.put(names[index], value);
        }
      }
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
