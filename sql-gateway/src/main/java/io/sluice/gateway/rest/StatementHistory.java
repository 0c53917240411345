package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.statement.Journal;
import io.sluice.model.Principal;
import io.sluice.model.StatementId;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Lists the caller's own statements of every door, the latest first. */
final class StatementHistory {

  private static final int USUAL = 100;
  private static final int MOST = 1000;

  private final Supplier<List<Journal.Entry>> history;
  private final StatementRegistry statements;
  private final Executor blocking;

  StatementHistory(
      Supplier<List<Journal.Entry>> history, StatementRegistry statements, Executor blocking) {
    this.history = history;
    this.statements = statements;
    this.blocking = blocking;
  }

  List<Route> routes() {
    return List.of(
        Route.of(
            HttpMethod.GET,
            StatementsApi.STATEMENTS,
            call ->
                CompletableFuture.supplyAsync(
                    () -> list(call.caller().principal(), most(call.context().queryParams())),
                    blocking)));
  }

  private static int most(QueryParams query) {
    String wish = query.get("max_results", String.valueOf(USUAL));
    int most = wish.matches("[0-9]{1,4}") ? Integer.parseInt(wish) : 0;
    if (most < 1 || most > MOST) {
      throw RequestReader.invalid("max_results is a whole number from 1 to " + MOST + ".");
    }
    return most;
  }

  private HttpResponse list(Principal principal, int most) {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray("statements");
    history.get().stream()
        .filter(entry -> entry.user().equals(principal.name()))
        .sorted(Comparator.comparing(Journal.Entry::received).reversed())
        .limit(most)
        .forEach(entry -> put(list.addObject(), entry, principal));
    return HttpDoor.json(HttpStatus.OK, answer);
  }

  /** The journal holds no texts; this API has those of its own statements while it keeps them. */
  private void put(ObjectNode node, Journal.Entry entry, Principal principal) {
    node.put("statement_id", entry.statement().toString());
    node.put("state", entry.state().name());
    if (!entry.cluster().isEmpty()) {
      node.put("cluster", entry.cluster());
    }
    if (!entry.tags().isEmpty()) {
      QueryTags.write(node.putArray("query_tags"), entry.tags());
    }
    node.put("received_at", entry.received().toString());
    node.put("changed_at", entry.changed().toString());
    if (!entry.errorCode().isEmpty()) {
      node.put("error_code", entry.errorCode());
    }
    statements
        .look(new StatementId(entry.statement()), principal)
        .ifPresent(statement -> node.put("statement", statement.text()));
  }
}
