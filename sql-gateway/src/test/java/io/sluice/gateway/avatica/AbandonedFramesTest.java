package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.gateway.arrow.RowEncoder;
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
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.model.TableName;
import io.sluice.planner.Namespace;
import io.sluice.planner.metadata.MetadataReader;
import io.sluice.spark.ResultMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Statements of Avatica's whose client takes the first frame and is never heard of again. */
class AbandonedFramesTest {

  /** Ten thousand when asked for. */
  private static final int FRAMES = Integer.getInteger("sluice.abandoned", 300);

  /** Sessions expire when so many statements were left. */
  private static final int OF_ONE_CONNECTION = 50;

  private static final int ROWS = 1_200;
  private static final String LOGIN =
      "Basic " + Base64.getEncoder().encodeToString("ada:x".getBytes(StandardCharsets.UTF_8));

  private final FakeSessions sessions = new FakeSessions();
  private final BufferAllocator allocator = new RootAllocator();
  private final Numbers statements = new Numbers();
  private final HttpClient client = HttpClient.newHttpClient();
  private final AvaticaDoor avatica =
      new AvaticaDoor(
          new HttpAuthentication(
              (user, password, address) ->
                  CompletableFuture.completedFuture(new Principal(user, Set.of())),
              new BearerTokens(new byte[32]),
              sessions),
          sessions,
          statements,
          new NoTables(),
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
  void abandonedFramesLeaveNothing() throws Exception {
    for (int frame = 0; frame < FRAMES; frame++) {
      String connection = "c" + frame / OF_ONE_CONNECTION;
      if (frame % OF_ONE_CONNECTION == 0) {
        send("{\"request\":\"openConnection\",\"connectionId\":\"%s\"}", connection);
      }
      int statement =
          send("{\"request\":\"createStatement\",\"connectionId\":\"%s\"}", connection)
              .path("statementId")
              .asInt();
      JsonNode run =
          send(
              "{\"request\":\"prepareAndExecute\",\"connectionId\":\"%s\",\"statementId\":"
                  + statement
                  + ",\"sql\":\"select n\",\"maxRowCount\":-1,\"maxRowsInFirstFrame\":100}",
              connection);
      assertThat(run.path("results").path(0).path("firstFrame").path("rows")).hasSize(100);
      if ((frame + 1) % OF_ONE_CONNECTION == 0) {
        assertThat(avatica.held()).isEqualTo(1 + OF_ONE_CONNECTION);
        sessions.expireAll();
      }
    }
    sessions.expireAll();
    assertThat(avatica.held()).isZero();
    await().until(() -> allocator.getAllocatedMemory() == 0);
    assertThat(statements.left).isEmpty();
  }

  private JsonNode send(String body, String connection) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + "/avatica"))
            .header("Authorization", LOGIN)
            .POST(HttpRequest.BodyPublishers.ofString(body.formatted(connection)))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.builder().build().readTree(answer.body());
  }

  /** Every text gives numbers, of which the first frame is a part. */
  private final class Numbers implements StatementService {

    private final Set<StatementId> left = ConcurrentHashMap.newKeySet();

    @Override
    public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
      throw new AssertionError("nothing is prepared");
    }

    @Override
    public Statement submit(Session session, String sql, Parameters parameters) {
      return new Running();
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

    private final class Running implements Statement {
      private final StatementId id = StatementId.random();
      private final CompletableFuture<StatementState> ending = new CompletableFuture<>();

      private Running() {
        left.add(id);
      }

      @Override
      public StatementId id() {
        return id;
      }

      @Override
      public StatementState state() {
        return ending.getNow(StatementState.RUNNING);
      }

      @Override
      public Flow.Publisher<ResultMessage> result() {
        Schema schema = new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));
        List<List<Object>> rows = new ArrayList<>();
        for (long row = 0; row < ROWS; row++) {
          rows.add(List.of(row));
        }
        return new RowEncoder(allocator).publisher(schema, rows);
      }

      @Override
      public CompletableFuture<StatementState> ending() {
        return ending;
      }

      @Override
      public boolean isCommand() {
        return false;
      }

      @Override
      public OptionalDouble progress() {
        return OptionalDouble.empty();
      }

      @Override
      public void cancel(String reason) {
        left.remove(id);
        ending.complete(StatementState.CANCELED);
      }
    }
  }

  private static final class NoTables implements MetadataReader {
    @Override
    public List<String> catalogs(Principal principal) {
      return List.of();
    }

    @Override
    public List<String> schemas(Principal principal, String catalog) {
      return List.of();
    }

    @Override
    public List<TableName> tables(Principal principal, String catalog, String schema) {
      return List.of();
    }

    @Override
    public Optional<VisibleTable> table(Principal principal, TableName name) {
      return Optional.empty();
    }
  }
}
