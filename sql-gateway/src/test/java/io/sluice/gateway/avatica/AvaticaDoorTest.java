package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.http.HttpAuthentication;
import io.sluice.gateway.http.HttpDoor;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.IngestTarget;
import io.sluice.gateway.statement.Ingestion;
import io.sluice.gateway.statement.Parameters;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import io.sluice.planner.metadata.MetadataReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AvaticaDoorTest {

  private static final int TABLES = 5_000;

  private final FakeSessions sessions = new FakeSessions();
  private final BufferAllocator allocator = new RootAllocator();
  private final AvaticaDoor avatica =
      new AvaticaDoor(
          new HttpAuthentication(
              (user, password, address) ->
                  CompletableFuture.completedFuture(new Principal(user, Set.of())),
              new BearerTokens(new byte[32]),
              sessions),
          sessions,
          new NoStatements(),
          new ManyTables(),
          new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, () -> Instant.EPOCH),
          allocator,
          Runnable::run,
          Runnable::run,
          "1");
  private final HttpDoor door =
      new HttpDoor(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          () -> new HttpDoor.Readiness(true, List.of()),
          Runnable::run,
          List.of(avatica.page()));

  @BeforeEach
  void open() {
    door.start();
  }

  @AfterEach
  void close() {
    door.close();
    allocator.close();
  }

  @Test
  void aResponseOfManyPiecesArrivesWhole() throws Exception {
    assertThat(send("{\"request\":\"openConnection\",\"connectionId\":\"c\"}").statusCode())
        .isEqualTo(200);
    HttpResponse<String> tables = send("{\"request\":\"getTables\",\"connectionId\":\"c\"}");
    assertThat(tables.statusCode()).isEqualTo(200);
    assertThat(tables.body()).hasSizeGreaterThan(2 * (64 << 10)).endsWith("}");
    assertThat(tables.body().split("table_[0-9]+", -1)).hasSize(TABLES + 1);
  }

  @Test
  void aClientIsCalledAsItsPropertiesSayOrElseItsLibrary() throws Exception {
    send("{\"request\":\"openConnection\",\"connectionId\":\"a\"}", "User-Agent", "thin/1.28");
    assertThat(sessions.open().values())
        .extracting(Session::clientName)
        .containsExactly("thin/1.28");
    send(
        "{\"request\":\"openConnection\",\"connectionId\":\"b\",\"info\":{\"clientName\":\"etl\"}}");
    assertThat(sessions.open().values()).extracting(Session::clientName).contains("etl");
  }

  @Test
  void jsonThatIsTooDeepIsAnErrorAndTheDoorLivesOn() throws Exception {
    HttpResponse<String> refused =
        send("{\"request\":\"openConnection\",\"connectionId\":" + "[".repeat(200_000));
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.body()).contains("PROTOCOL_VIOLATION").hasSizeLessThan(2_000);
    assertThat(send("{\"request\":\"openConnection\",\"connectionId\":\"c\"}").statusCode())
        .isEqualTo(200);
  }

  @Test
  void whatAPageOfAnotherSiteSendsIsNotCarriedOut() throws Exception {
    HttpResponse<String> refused =
        send(
            "{\"request\":\"openConnection\",\"connectionId\":\"c\"}",
            "Origin",
            "https://evil.example");
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("WWW-Authenticate")).isEmpty();
    assertThat(refused.body()).contains("another site");
    assertThat(avatica.held()).isZero();
  }

  private HttpResponse<String> send(String body, String... headers) throws Exception {
    String login = Base64.getEncoder().encodeToString("ada:x".getBytes(StandardCharsets.UTF_8));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/avatica"))
            .header("Authorization", "Basic " + login)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int name = 0; name < headers.length; name += 2) {
      request.header(headers[name], headers[name + 1]);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static final class ManyTables implements MetadataReader {

    @Override
    public List<String> catalogs(Principal principal) {
      return List.of("lake");
    }

    @Override
    public List<String> schemas(Principal principal, String catalog) {
      return List.of("tpch");
    }

    @Override
    public List<TableName> tables(Principal principal, String catalog, String schema) {
      return IntStream.range(0, TABLES)
          .mapToObj(number -> new TableName(catalog, schema, "table_" + number))
          .toList();
    }

    @Override
    public Optional<VisibleTable> table(Principal principal, TableName name) {
      return Optional.empty();
    }
  }

  private static final class NoStatements implements StatementService {

    @Override
    public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
      throw new AssertionError("nothing is prepared");
    }

    @Override
    public Statement submit(Session session, String sql, Parameters parameters) {
      throw new AssertionError("nothing is run");
    }

    @Override
    public CompletableFuture<Optional<String>> wouldRunAs(
        Principal principal, String clientAddress, Namespace namespace, String sql) {
      throw new AssertionError("nothing is kept");
    }

    @Override
    public Ingestion ingest(Session session, IngestTarget target) {
      throw new AssertionError("nothing is sent");
    }
  }
}
