package io.sluice.gateway.rest;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.identity.ResultLinks;
import io.sluice.gateway.rest.spool.Spool;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.Journal;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import io.sluice.planner.metadata.MetadataReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** The API on a door of its own, over statements without Spark; everybody's password is "pw". */
final class RestFixture implements AutoCloseable {

  static final RestSettings SETTINGS =
      new RestSettings(
          Duration.ofHours(1), Duration.ofMinutes(15), Duration.ofMinutes(15), 6, 4, 100, 3);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  final FakeStatements statements = new FakeStatements();
  final FakeSessions sessions = new FakeSessions();
  final BufferAllocator allocator = new RootAllocator();
  final GatewayAnswers answers =
      new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH);
  final Spool spool;
  final StatementsApi api;
  volatile List<Journal.Entry> history = List.of();
  final Set<Principal> former = ConcurrentHashMap.newKeySet();
  volatile Optional<String> policies = Optional.of("1");
  volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private final ExecutorService blocking = Executors.newFixedThreadPool(4);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpDoor door;

  RestFixture(Path folder, long spoolBytes) throws IOException {
    this(folder, spoolBytes, new FakeMetadata());
  }

  RestFixture(Path folder, long spoolBytes, MetadataReader metadata) throws IOException {
    new NumberStatements(allocator).teach(statements);
    spool = new Spool(folder, spoolBytes, new SecureRandom());
    byte[] key = new byte[32];
    api =
        new StatementsApi(
            new HttpAuthentication(RestFixture::login, new BearerTokens(key), sessions),
            statements,
            sessions,
            metadata,
            answers,
            new Namespace("lake", "tpch"),
            () -> history,
            principal -> principal.name().equals("ann"),
            () -> policies,
            principal -> !former.contains(principal),
            spool,
            new ResultLinks(key, () -> now),
            SETTINGS,
            allocator,
            blocking,
            timer,
            () -> now);
    door =
        new HttpDoor(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> new HttpDoor.Readiness(true, List.of()),
            blocking,
            List.of(
                new HttpDoor.Page(
                    "prefix:" + StatementsApi.ROOT,
                    api,
                    StatementsApi.LONGEST_REQUEST,
                    StatementsApi.MOST_BODY_BYTES)));
    door.start();
  }

  private static CompletableFuture<Principal> login(String user, String password, String address) {
    return password.equals("pw")
        ? CompletableFuture.completedFuture(new Principal(user, Set.of()))
        : CompletableFuture.failedFuture(
            new SluiceException(ErrorCode.UNAUTHENTICATED, "Wrong user name or password"));
  }

  /** Waits until nothing is read or written any more. */
  void awaitBlocking() {
    await().until(() -> ((ThreadPoolExecutor) blocking).getActiveCount() == 0);
  }

  int port() {
    return door.port();
  }

  JsonNode execute(String body) throws Exception {
    return json(send("POST", StatementsApi.STATEMENTS, body));
  }

  JsonNode get(String path) throws Exception {
    return json(send("GET", path, ""));
  }

  static JsonNode json(HttpResponse<String> answer) throws Exception {
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> send(String method, String path, String body) throws Exception {
    return http.send(request("ann", method, path, body), HttpResponse.BodyHandlers.ofString());
  }

  HttpRequest request(String user, String method, String path, String body) {
    String login = user + ":pw";
    return HttpRequest.newBuilder(
            path.startsWith("http")
                ? URI.create(path)
                : URI.create("http://127.0.0.1:" + port() + path))
        .method(method, HttpRequest.BodyPublishers.ofString(body))
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  HttpClient http() {
    return http;
  }

  static String path(JsonNode answer) {
    return StatementsApi.STATEMENTS + "/" + answer.path("statement_id").asText();
  }

  static String state(JsonNode answer) {
    return answer.path("status").path("state").asText();
  }

  @Override
  public void close() {
    door.close();
    blocking.shutdownNow();
    timer.shutdownNow();
    statements.submitted.forEach(statement -> statement.cancel("closed"));
    allocator.close();
  }
}
