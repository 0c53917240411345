package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.ResultLinks;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Executing a statement, and all that is asked of one by its id. */
final class StatementCalls {

  /** How long the answer waits for a statement to end that was cancelled. */
  private static final Duration CANCEL_WAIT = Duration.ofSeconds(5);

  private final StatementRegistry statements;
  private final ResultAuthorization results;
  private final ResultLinks links;
  private final StatementJson json;
  private final ChunkSender sender;
  private final Executor blocking;
  private final ScheduledExecutorService timer;

  StatementCalls(
      StatementRegistry statements,
      ResultAuthorization results,
      ResultLinks links,
      StatementJson json,
      ChunkSender sender,
      Executor blocking,
      ScheduledExecutorService timer) {
    this.statements = statements;
    this.results = results;
    this.links = links;
    this.json = json;
    this.sender = sender;
    this.blocking = blocking;
    this.timer = timer;
  }

  List<Route> routes() {
    String one = StatementsApi.STATEMENTS + "/{statement_id}";
    return List.of(
        Route.of(HttpMethod.POST, StatementsApi.STATEMENTS, this::execute),
        Route.of(HttpMethod.GET, one, call -> read(call, statement -> answer(call, statement))),
        Route.of(HttpMethod.DELETE, one, call -> with(call, StatementCalls::close)),
        Route.of(HttpMethod.POST, one + "/cancel", call -> with(call, StatementCalls::cancel)),
        Route.of(
            HttpMethod.GET,
            one + "/result/chunks/{chunk_index}",
            call -> read(call, statement -> chunk(call, statement))),
        Route.open(HttpMethod.GET, StatementsApi.RESULTS + "{link}", this::download));
  }

  private CompletableFuture<HttpResponse> execute(Call call) {
    return call.body()
        .thenApplyAsync(body -> RequestReader.statement(body, call.caller().cluster()), blocking)
        .thenCompose(
            asked ->
                statements
                    .submit(call.caller(), asked)
                    .thenCompose(
                        submitted -> {
                          RestStatement statement = submitted.statement();
                          if (asked.idempotencyKey().isEmpty()) {
                            // Nobody else knows its id.
                            call.whenGone(statement::close);
                          }
                          CompletableFuture<RestStatement> waited = waited(statement, asked);
                          return submitted.again()
                              ? waited.thenComposeAsync(known -> checked(call, known), blocking)
                              : waited;
                        }))
        .thenApplyAsync(statement -> answer(call, statement), blocking);
  }

  /** Completes when the statement has ended or the wait is over, and what then is to be done is. */
  private CompletableFuture<RestStatement> waited(
      RestStatement statement, StatementRequest request) {
    return waited(statement, request.waitTimeout())
        .thenComposeAsync(
            ended -> {
              if (ended || !request.cancelAfterWait()) {
                return CompletableFuture.completedFuture(statement);
              }
              statement.cancel("It had not ended when its client's wait_timeout was over.");
              return waited(statement, CANCEL_WAIT).thenApply(now -> statement);
            },
            blocking);
  }

  /** Completes with whether the statement has ended, when it has or the wait is over. */
  private CompletableFuture<Boolean> waited(RestStatement statement, Duration wait) {
    CompletableFuture<Void> ended = statement.ended();
    if (ended.isDone() || wait.isZero()) {
      return CompletableFuture.completedFuture(ended.isDone());
    }
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    ScheduledFuture<?> alarm =
        timer.schedule(() -> over.complete(false), wait.toMillis(), TimeUnit.MILLISECONDS);
    ended.thenRun(
        () -> {
          alarm.cancel(false);
          over.complete(true);
        });
    return over;
  }

  private CompletableFuture<HttpResponse> with(
      Call call, Function<RestStatement, HttpResponse> action) {
    return CompletableFuture.supplyAsync(() -> action.apply(statement(call)), blocking);
  }

  /** The same, for what gives of its result. */
  private CompletableFuture<HttpResponse> read(
      Call call, Function<RestStatement, HttpResponse> action) {
    return CompletableFuture.supplyAsync(() -> statement(call), blocking)
        .thenComposeAsync(statement -> checked(call, statement), blocking)
        .thenApplyAsync(action, blocking);
  }

  /** Completes when the caller may have a statement's result. */
  private CompletableFuture<RestStatement> checked(Call call, RestStatement statement) {
    return results
        .check(statement, call.caller().principal(), call.caller().clientAddress())
        .thenApply(done -> statement);
  }

  /** Returns the caller's own statement that a path names. */
  RestStatement statement(Call call) {
    return id(call.variable(0))
        .flatMap(known -> statements.find(known, call.caller().principal()))
        .orElseThrow(RestErrors::unknown);
  }

  private static Optional<StatementId> id(String text) {
    try {
      UUID id = UUID.fromString(text);
      return id.toString().equals(text) ? Optional.of(new StatementId(id)) : Optional.empty();
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }

  private static HttpResponse cancel(RestStatement statement) {
    statement.cancel("The client canceled the statement.");
    return HttpDoor.json(HttpStatus.OK, JsonNodeFactory.instance.objectNode());
  }

  private static HttpResponse close(RestStatement statement) {
    statement.close();
    return HttpDoor.json(HttpStatus.OK, JsonNodeFactory.instance.objectNode());
  }

  /** Answers with a statement, and its first chunk where rows come with the answers. */
  private HttpResponse answer(Call call, RestStatement statement) {
    ObjectNode answer = json.statement(statement, call.base());
    Optional<Chunk> first =
        statement.result().flatMap(result -> result.chunks().stream().findFirst());
    return first.isEmpty() || statement.externalLinks() || !answer.has("result")
        ? HttpDoor.json(HttpStatus.OK, answer)
        : inline(call, answer, statement, first.get(), "[]}}");
  }

  private HttpResponse chunk(Call call, RestStatement statement) {
    String number = call.variable(1);
    if (!number.matches("[0-9]{1,9}")) {
      throw RequestReader.invalid("A chunk's index is a whole number from 0.");
    }
    int index = Integer.parseInt(number);
    StoredResult result = statement.result().orElseThrow(() -> noResult(statement));
    if (index >= result.chunks().size()) {
      throw RequestReader.invalid(
          "The result has %d chunks; there is no chunk %d."
              .formatted(result.chunks().size(), index));
    }
    Chunk chunk = result.chunks().get(index);
    ObjectNode answer = json.chunk(statement, result, chunk, call.base());
    return statement.externalLinks()
        ? HttpDoor.json(HttpStatus.OK, answer)
        : inline(call, answer, statement, chunk, "[]}");
  }

  private static SluiceException noResult(RestStatement statement) {
    return switch (statement.state()) {
      case PENDING, RUNNING ->
          RequestReader.invalid("The statement has not ended; wait until it has SUCCEEDED.");
      case CLOSED -> RestErrors.unknown();
      case FAILED, CANCELED, SUCCEEDED ->
          RequestReader.invalid("The statement did not succeed, so it has no result.");
    };
  }

  /** Puts the rows of a chunk, which are JSON, in the place of the empty array at the end. */
  private HttpResponse inline(
      Call call, ObjectNode answer, RestStatement statement, Chunk chunk, String end) {
    String text = answer.toString();
    if (!text.endsWith(end)) {
      throw new IllegalStateException("the rows stand at the end");
    }
    return sender.send(
        call.context(),
        statement.principal().name(),
        ResultFormat.JSON_ARRAY.mediaType(),
        text.substring(0, text.length() - end.length()),
        statement.file(),
        chunk.part(),
        end.substring("[]".length()));
  }

  /** The link is all that is asked for. */
  private CompletableFuture<HttpResponse> download(Call call) {
    return CompletableFuture.supplyAsync(() -> links.verify(call.variable(0)), blocking)
        .thenComposeAsync(
            link -> {
              RestStatement statement =
                  statements
                      .find(new StatementId(link.statement()))
                      .orElseThrow(RestErrors::unknown);
              return results
                  .check(
                      statement,
                      statement.principal(),
                      call.context().remoteAddress().getAddress().getHostAddress())
                  .thenApplyAsync(done -> download(call, statement, link.chunk()), blocking);
            },
            blocking);
  }

  private HttpResponse download(Call call, RestStatement statement, int chunk) {
    StoredResult result = statement.result().orElseThrow(RestErrors::unknown);
    return sender.send(
        call.context(),
        statement.principal().name(),
        statement.format().mediaType(),
        "",
        statement.file(),
        result.chunks().get(chunk).part(),
        "");
  }
}
