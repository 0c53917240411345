package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.Principal;
import io.sluice.planner.Analysis.RelationUse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * Tells what a statement would read and return, without running it: it is analysed and authorised,
 * and Spark is asked for its columns.
 */
final class DryRun {

  static final List<String> FIELDS =
      List.of("statement", "cluster", "catalog", "schema", "warehouse_id");

  private final StatementService statements;
  private final StatementSessions sessions;
  private final Predicate<Principal> administrator;
  private final Executor blocking;

  DryRun(
      StatementService statements,
      StatementSessions sessions,
      Predicate<Principal> administrator,
      Executor blocking) {
    this.statements = statements;
    this.sessions = sessions;
    this.administrator = administrator;
    this.blocking = blocking;
  }

  List<Route> routes() {
    return List.of(
        Route.of(
            HttpMethod.POST,
            StatementsApi.STATEMENTS + ":dryRun",
            call ->
                call.body()
                    .thenApplyAsync(body -> RequestReader.object(body, FIELDS), blocking)
                    .thenCompose(object -> run(call.caller(), object))));
  }

  private CompletableFuture<HttpResponse> run(Caller caller, ObjectNode object) {
    String sql = RequestReader.statementText(object);
    return sessions
        .enter(
            caller,
            RequestReader.name(object, "cluster").or(caller::cluster),
            List.of(),
            RequestReader.name(object, "catalog"),
            RequestReader.name(object, "schema"))
        .thenCompose(
            entered ->
                (entered.refused().isPresent()
                        ? CompletableFuture.<PreparedStatement>failedFuture(
                            entered.refused().get().failure())
                        : statements.prepare(entered.session(), sql))
                    .whenComplete((prepared, failure) -> sessions.close(entered.session())))
        .thenApply(prepared -> HttpDoor.json(HttpStatus.OK, answer(caller, prepared)));
  }

  private ObjectNode answer(Caller caller, PreparedStatement prepared) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("returns_rows", prepared.returnsRows());
    answer.set("schema", StatementJson.schema(prepared.schema()));
    ArrayNode parameters = answer.putArray("parameters");
    for (int marker = 0; marker < prepared.parameterTypes().size(); marker++) {
      ObjectNode parameter = parameters.addObject();
      if (!prepared.parameterNames().isEmpty()) {
        parameter.put("name", prepared.parameterNames().get(marker));
      }
      prepared.parameterTypes().get(marker).ifPresent(type -> parameter.put("type", type));
    }
    ArrayNode relations = answer.putArray("relations");
    boolean tellsPolicies = administrator.test(caller.principal());
    for (RelationUse use : prepared.relations()) {
      ObjectNode relation = relations.addObject();
      relation.put("table", use.table().toString());
      relation.put("restricted", use.restricted());
      if (tellsPolicies) {
        use.policyIds().forEach(relation.withArray("policies")::add);
      }
    }
    return answer;
  }
}
