package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.statement.AnswerRows;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.planner.Namespace;
import io.sluice.planner.metadata.MetadataReader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Completes a statement that is being written, at its cursor. */
final class CompletionCalls {

  static final List<String> FIELDS = List.of("statement", "position", "catalog", "schema");

  private static final int LONGEST_TEXT = 100_000;

  private final MetadataReader metadata;
  private final Namespace home;
  private final GatewayAnswers answers;
  private final Executor blocking;

  CompletionCalls(
      MetadataReader metadata, Namespace home, GatewayAnswers answers, Executor blocking) {
    this.metadata = metadata;
    this.home = home;
    this.answers = answers;
    this.blocking = blocking;
  }

  List<Route> routes() {
    return List.of(
        Route.of(
            HttpMethod.POST,
            StatementsApi.SQL + "completions",
            call ->
                call.body()
                    .thenApplyAsync(
                        body -> answer(call, RequestReader.object(body, FIELDS)), blocking)));
  }

  private HttpResponse answer(Call call, ObjectNode object) {
    String sql = RequestReader.text(object, "statement").orElse("");
    JsonNode position = object.path("position");
    int cursor =
        position.isInt() ? position.intValue() : position.isMissingNode() ? sql.length() : -1;
    if (cursor < 0 || cursor > sql.length() || sql.length() > LONGEST_TEXT) {
      throw RequestReader.invalid(
          "A position is a whole number from 0 to the length of the statement, which has at most "
              + LONGEST_TEXT
              + " characters.");
    }
    Namespace namespace =
        new Namespace(
            RequestReader.name(object, "catalog").orElse(home.catalog()),
            RequestReader.name(object, "schema").orElse(home.schema()));
    Optional<CursorPlace> place = CursorPlace.of(sql, cursor);
    Caller caller = call.caller();
    AnswerRows rows = answers.enter(caller.principal());
    call.onEnd(rows::close);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("replace_from", place.map(CursorPlace::replaceFrom).orElse(cursor));
    ArrayNode list = answer.putArray("completions");
    place.ifPresent(
        known ->
            new Completion(
                    metadata.from(caller.clientAddress()), caller.principal(), namespace, rows)
                .at(known)
                .forEach(
                    candidate ->
                        list.addObject()
                            .put("text", candidate.text())
                            .put("kind", candidate.kind().name())
                            .put("detail", candidate.detail())));
    return HttpDoor.json(HttpStatus.OK, answer);
  }
}
