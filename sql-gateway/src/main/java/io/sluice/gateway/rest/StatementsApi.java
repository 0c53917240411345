package io.sluice.gateway.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.ResultLinks;
import io.sluice.gateway.rest.spool.Spool;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The statements API, in the shape of Databricks' Statement Execution API: a statement is executed
 * by one request, which waits for it a while, and asked for by its id from then on. Rows come with
 * the answers or by signed links.
 */
public final class StatementsApi implements HttpService {

  /** The paths that this serves begin so. */
  public static final String ROOT = "/api/2.0/sql/";

  /** How long a request may be: a statement's text and its parameters. */
  public static final long MOST_BODY_BYTES = 4L << 20;

  /** How long a request may take, with the longest wait. */
  public static final Duration LONGEST_REQUEST =
      RequestReader.LONGEST_WAIT.plus(Duration.ofSeconds(20));

  static final String STATEMENTS = ROOT + "statements";
  static final String RESULTS = ROOT + "results/";

  /** How long the answer waits for a statement to end that was cancelled. */
  private static final Duration CANCEL_WAIT = Duration.ofSeconds(5);

  private final HttpAuthentication authentication;
  private final StatementRegistry statements;
  private final ResultLinks links;
  private final StatementJson json;
  private final ChunkSender sender;
  private final Executor blocking;
  private final ScheduledExecutorService timer;

  /**
   * @param blocking runs what reads and writes the spool
   * @param timer starts what is due
   */
  public StatementsApi(
      HttpAuthentication authentication,
      StatementService statements,
      Sessions sessions,
      Spool spool,
      ResultLinks links,
      RestSettings settings,
      BufferAllocator allocator,
      Executor blocking,
      ScheduledExecutorService timer,
      InstantSource clock) {
    this.authentication = authentication;
    this.statements =
        new StatementRegistry(statements, sessions, spool, allocator, blocking, settings, clock);
    this.links = links;
    this.json = new StatementJson(links, settings.link(), clock);
    this.sender = new ChunkSender(blocking, settings.mostDownloads());
    this.blocking = blocking;
    this.timer = timer;
  }

  /** Ends and forgets what has been there for too long; to be called every so often. */
  public void expire() {
    try {
      blocking.execute(statements::expire);
    } catch (RejectedExecutionException overloaded) {
      // It is called again soon.
    }
  }

  /** Returns how many statements are kept. */
  public int size() {
    return statements.size();
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    String path = context.path();
    if (path.startsWith(RESULTS)) {
      return request.method() == HttpMethod.GET
          ? answered(() -> download(context, path.substring(RESULTS.length())))
          : RestErrors.notAllowed();
    }
    AtomicBoolean answered = new AtomicBoolean();
    CompletableFuture<RestStatement> begun = new CompletableFuture<>();
    CompletableFuture<HttpResponse> answer =
        authentication
            .authenticate(context, request)
            .handle(
                (caller, refused) ->
                    refused != null
                        ? CompletableFuture.completedFuture(
                            RestErrors.unauthenticated((SluiceException) Failures.cause(refused)))
                        : route(context, request, caller, begun))
            .thenCompose(response -> response)
            .exceptionally(RestErrors::answer);
    answer.whenComplete((sent, failure) -> answered.set(true));
    HttpResponse response = HttpResponse.of(answer);
    response
        .whenComplete()
        .exceptionally(
            gone -> {
              if (!answered.get()) {
                // Nobody knows its id.
                begun.thenAccept(RestStatement::close);
              }
              return null;
            });
    return response;
  }

  private CompletableFuture<HttpResponse> route(
      ServiceRequestContext context,
      HttpRequest request,
      Caller caller,
      CompletableFuture<RestStatement> begun) {
    String path = context.path();
    if (path.equals(STATEMENTS) || path.equals(STATEMENTS + "/")) {
      return request.method() == HttpMethod.POST
          ? execute(context, request, caller, begun)
          : done(RestErrors.notAllowed());
    }
    if (!path.startsWith(STATEMENTS + "/")) {
      return done(RestErrors.notFound());
    }
    List<String> parts = List.of(path.substring(STATEMENTS.length() + 1).split("/", -1));
    String rest = String.join("/", parts.subList(1, parts.size()));
    if (rest.isEmpty()) {
      return switch (request.method()) {
        case GET -> with(parts.get(0), caller, statement -> answer(context, statement));
        case DELETE -> with(parts.get(0), caller, StatementsApi::close);
        default -> done(RestErrors.notAllowed());
      };
    }
    if (rest.equals("cancel")) {
      return request.method() == HttpMethod.POST
          ? with(parts.get(0), caller, StatementsApi::cancel)
          : done(RestErrors.notAllowed());
    }
    if (rest.matches("result/chunks/[0-9]{1,9}")) {
      int index = Integer.parseInt(parts.get(3));
      return request.method() == HttpMethod.GET
          ? with(parts.get(0), caller, statement -> chunk(context, statement, index))
          : done(RestErrors.notAllowed());
    }
    return done(RestErrors.notFound());
  }

  private CompletableFuture<HttpResponse> execute(
      ServiceRequestContext context,
      HttpRequest request,
      Caller caller,
      CompletableFuture<RestStatement> begun) {
    return request
        .aggregate()
        .thenApplyAsync(whole -> RequestReader.statement(whole.content().array()), blocking)
        .thenCompose(
            asked ->
                statements
                    .submit(caller, asked)
                    .thenCompose(
                        statement -> {
                          if (asked.idempotencyKey().isEmpty()) {
                            begun.complete(statement);
                          }
                          return waited(statement, asked);
                        }))
        .thenApplyAsync(statement -> answer(context, statement), blocking);
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
      String id, Caller caller, Function<RestStatement, HttpResponse> action) {
    return CompletableFuture.supplyAsync(
        () ->
            action.apply(
                id(id)
                    .flatMap(known -> statements.find(known, caller.principal()))
                    .orElseThrow(RestErrors::unknown)),
        blocking);
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
  private HttpResponse answer(ServiceRequestContext context, RestStatement statement) {
    ObjectNode answer = json.statement(statement, base(context));
    Optional<Chunk> first =
        statement.result().flatMap(result -> result.chunks().stream().findFirst());
    return first.isEmpty() || statement.externalLinks() || !answer.has("result")
        ? HttpDoor.json(HttpStatus.OK, answer)
        : inline(context, answer, statement, first.get(), "[]}}");
  }

  private HttpResponse chunk(ServiceRequestContext context, RestStatement statement, int index) {
    StoredResult result = statement.result().orElseThrow(() -> noResult(statement));
    if (index >= result.chunks().size()) {
      throw RequestReader.invalid(
          "The result has %d chunks; there is no chunk %d."
              .formatted(result.chunks().size(), index));
    }
    Chunk chunk = result.chunks().get(index);
    ObjectNode answer = json.chunk(statement, result, chunk, base(context));
    return statement.externalLinks()
        ? HttpDoor.json(HttpStatus.OK, answer)
        : inline(context, answer, statement, chunk, "[]}");
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
      ServiceRequestContext context,
      ObjectNode answer,
      RestStatement statement,
      Chunk chunk,
      String end) {
    String text = answer.toString();
    if (!text.endsWith(end)) {
      throw new IllegalStateException("the rows stand at the end");
    }
    return sender.send(
        context,
        ResultFormat.JSON_ARRAY.mediaType(),
        text.substring(0, text.length() - end.length()),
        statement.file(),
        chunk.part(),
        end.substring("[]".length()));
  }

  /** The link is all that is asked for. */
  private HttpResponse download(ServiceRequestContext context, String token) {
    ResultLinks.Link link = links.verify(token);
    RestStatement statement =
        statements.find(new StatementId(link.statement())).orElseThrow(RestErrors::unknown);
    StoredResult result = statement.result().orElseThrow(RestErrors::unknown);
    return sender.send(
        context,
        statement.format().mediaType(),
        "",
        statement.file(),
        result.chunks().get(link.chunk()).part(),
        "");
  }

  private HttpResponse answered(Supplier<HttpResponse> answer) {
    return HttpResponse.of(
        CompletableFuture.supplyAsync(answer, blocking).exceptionally(RestErrors::answer));
  }

  private static CompletableFuture<HttpResponse> done(HttpResponse answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static String base(ServiceRequestContext context) {
    return (context.sessionProtocol().isTls() ? "https://" : "http://")
        + context.request().authority();
  }
}
