package io.sluice.gateway.rest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.identity.ResultLinks;
import io.sluice.gateway.rest.spool.Spool;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.Failures;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.Journal;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.metadata.MetadataReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The statements API, in the shape of Databricks' Statement Execution API: a statement is executed
 * by one request, which waits for it a while, and asked for by its id from then on. Rows come with
 * the answers or by signed links. Beside it stands what an editor of statements needs.
 */
public final class StatementsApi implements HttpService {

  /** The paths that this serves begin so. */
  public static final String ROOT = "/api/";

  /** How long a request may be: a statement's text and its parameters. */
  public static final long MOST_BODY_BYTES = 4L << 20;

  /** How long a request may take, with the longest wait. */
  public static final Duration LONGEST_REQUEST =
      RequestReader.LONGEST_WAIT.plus(Duration.ofSeconds(20));

  static final String SQL = "/api/2.0/sql/";
  static final String STATEMENTS = SQL + "statements";
  static final String RESULTS = SQL + "results/";

  private final HttpAuthentication authentication;
  private final StatementRegistry statements;
  private final Executor blocking;
  private final List<Route> routes;

  /**
   * @param answers bounds lists of what there is
   * @param home the catalog and schema where none are named
   * @param history the statements that ended last, oldest first, and those that have not ended
   * @param administrator who is told the policies that apply
   * @param policies the version of all policies; empty where they may decide otherwise each time
   * @param current whether the login that gave a principal still holds
   * @param blocking runs what reads and writes the spool and the catalog
   * @param timer starts what is due
   */
  public StatementsApi(
      HttpAuthentication authentication,
      StatementService statements,
      Sessions sessions,
      MetadataReader metadata,
      GatewayAnswers answers,
      Namespace home,
      Supplier<List<Journal.Entry>> history,
      Predicate<Principal> administrator,
      Supplier<Optional<String>> policies,
      Predicate<Principal> current,
      Spool spool,
      ResultLinks links,
      RestSettings settings,
      BufferAllocator allocator,
      Executor blocking,
      ScheduledExecutorService timer,
      InstantSource clock) {
    this.authentication = authentication;
    this.blocking = blocking;
    StatementSessions entered = new StatementSessions(statements, sessions, allocator);
    ResultAuthorization results = new ResultAuthorization(statements, policies);
    this.statements =
        new StatementRegistry(
            statements, entered, spool, allocator, blocking, settings, results, current, clock);
    StatementJson json = new StatementJson(links, settings.link(), clock);
    ChunkSender sender =
        new ChunkSender(blocking, settings.mostDownloads(), settings.mostDownloadsOfOneUser());
    StatementCalls calls =
        new StatementCalls(this.statements, results, links, json, sender, blocking, timer);
    List<Route> described =
        Stream.of(
                calls.routes(),
                new StatementEvents(
                        calls,
                        json,
                        settings.mostDownloads(),
                        settings.mostDownloadsOfOneUser(),
                        blocking,
                        timer,
                        clock)
                    .routes(),
                new DryRun(statements, entered, administrator, blocking).routes(),
                new StatementHistory(history, this.statements, blocking).routes(),
                new CatalogCalls(metadata, answers, blocking).routes(),
                new CompletionCalls(metadata, home, answers, blocking).routes())
            .flatMap(List::stream)
            .toList();
    this.routes = Stream.concat(described.stream(), Stream.of(OpenApi.route(described))).toList();
  }

  /** Returns all that is served. */
  List<Route> routes() {
    return routes;
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
    String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    List<Route> ofPath = routes.stream().filter(route -> route.match(plain).isPresent()).toList();
    Optional<Route> route =
        ofPath.stream().filter(known -> known.method() == request.method()).findFirst();
    if (route.isEmpty()) {
      return ofPath.isEmpty() ? RestErrors.notFound() : RestErrors.notAllowed();
    }
    return answer(context, request, route.get(), route.get().match(plain).orElseThrow());
  }

  private HttpResponse answer(
      ServiceRequestContext context, HttpRequest request, Route route, List<String> variables) {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    AtomicBoolean answered = new AtomicBoolean();
    CompletableFuture<HttpResponse> answer =
        login(context, request, route)
            .handle(
                (caller, refused) ->
                    refused != null
                        ? CompletableFuture.completedFuture(
                            RestErrors.notLetIn((SluiceException) Failures.cause(refused)))
                        : route
                            .handler()
                            .apply(
                                new Call(
                                    context,
                                    request,
                                    caller,
                                    variables,
                                    gone,
                                    authentication.bodies())))
            .thenCompose(response -> response)
            .exceptionally(RestErrors::answer);
    answer.whenComplete((sent, failure) -> answered.set(true));
    HttpResponse response = HttpResponse.of(answer);
    response
        .whenComplete()
        .exceptionally(
            cut -> {
              if (!answered.get()) {
                gone.complete(null);
              }
              return null;
            });
    return response;
  }

  private CompletableFuture<Optional<Caller>> login(
      ServiceRequestContext context, HttpRequest request, Route route) {
    return route.open()
        ? CompletableFuture.completedFuture(Optional.empty())
        : authentication.authenticate(context, request).thenApply(Optional::of);
  }
}
