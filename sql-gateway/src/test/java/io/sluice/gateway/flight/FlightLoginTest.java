package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.IngestTarget;
import io.sluice.gateway.statement.Ingestion;
import io.sluice.gateway.statement.Parameters;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.Empty;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.GetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.Result;
import org.apache.arrow.flight.impl.Flight.SessionOptionValue;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Passwords, tokens and the sessions behind them. */
class FlightLoginTest extends FlightCalls {

  @Test
  void aPasswordOnEveryCallSharesOneSessionPerConnection() throws Exception {
    DoorFixture own = new DoorFixture();
    ManagedChannel ownChannel =
        NettyChannelBuilder.forAddress("127.0.0.1", own.port()).usePlaintext().build();
    try {
      own.statements.query(
          "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(own.allocator, 1, 1));
      FlightServiceBlockingStub client = authorized(ownChannel, basic("admin", "admin"));
      ByteString prepared = prepare(client, "select n");
      assertThat(fetch(client, ticket(client.getFlightInfo(preparedQuery(prepared))))).isNotEmpty();
      assertThat(own.sessions.open()).hasSize(1);
      assertRefused(
          () -> authorized(ownChannel, basic("admin", "wrong")).getFlightInfo(query("select n")),
          Status.Code.UNAUTHENTICATED,
          "Wrong user name or password");
      ownChannel.shutdownNow();
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(own.sessions.open()).isEmpty());
    } finally {
      ownChannel.shutdownNow();
      own.close();
    }
  }

  @Test
  void callsThatComeAtOnceWithAPasswordShareOneSession() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.statements.query(
          "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(own.allocator, 1, 1));
      List<ListenableFuture<FlightInfo>> infos =
          IntStream.range(0, 40)
              .mapToObj(
                  call ->
                      OwnChannel.later(
                              calls.channel,
                              call % 2 == 0 ? basic("admin", "admin") : basic("analyst", "analyst"))
                          .getFlightInfo(query("select n")))
              .toList();
      // Each result can be fetched: no login has closed the session of another.
      for (int call = 0; call < infos.size(); call++) {
        String user = call % 2 == 0 ? "admin" : "analyst";
        FlightInfo info = infos.get(call).get(60, TimeUnit.SECONDS);
        assertThat(fetch(authorized(calls.channel, basic(user, user)), ticket(info))).isNotEmpty();
      }
      assertThat(own.sessions.open()).hasSize(2);
      own.sessions.expireAll();
      authorized(calls.channel, basic("admin", "admin")).getFlightInfo(query("select n"));
      assertThat(own.sessions.open()).hasSize(1);
    }
  }

  @Test
  void wrongPasswordsTakeNoSessionAway() {
    FakeSessions sessions = new FakeSessions();
    FlightConnection connection = new FlightConnection(() -> {});
    Session good = login(connection, sessions, "good");
    for (int attempt = 0; attempt < 2 * FlightConnection.MOST_SESSIONS; attempt++) {
      CompletableFuture<Session> checked = new CompletableFuture<>();
      CompletableFuture<Session> wrong =
          connection.session("wrong-" + attempt, sessions, () -> checked);
      assertThat(login(connection, sessions, "good")).isEqualTo(good);
      checked.completeExceptionally(new SluiceException(ErrorCode.UNAUTHENTICATED, "wrong"));
      assertThat(wrong).isCompletedExceptionally();
    }
    assertThat(sessions.open()).containsOnlyKeys(good.id());
  }

  @Test
  void theSessionUnusedForLongestMakesRoomForALogin() {
    FakeSessions sessions = new FakeSessions();
    FlightConnection connection = new FlightConnection(() -> {});
    List<Session> opened = new ArrayList<>();
    for (int user = 0; user <= FlightConnection.MOST_SESSIONS; user++) {
      String name = "user-" + user;
      opened.add(login(connection, sessions, name));
      // Used again and again, so it stays.
      assertThat(login(connection, sessions, "user-0")).isEqualTo(opened.get(0));
    }
    assertThat(sessions.open().values()).hasSize(FlightConnection.MOST_SESSIONS);
    assertThat(sessions.open()).doesNotContainKey(opened.get(1).id());
    connection.end(sessions);
    assertThat(sessions.open()).isEmpty();
  }

  @Test
  void aLoginThatOutlastsItsConnectionLeavesNoSession() {
    FakeSessions sessions = new FakeSessions();
    FlightConnection connection = new FlightConnection(() -> {});
    CompletableFuture<Session> checked = new CompletableFuture<>();
    CompletableFuture<Session> session = connection.session("late", sessions, () -> checked);
    connection.end(sessions);
    checked.complete(sessions.open(new Principal("late", Set.of()), ""));
    assertThat(session).isCompleted();
    assertThat(sessions.open()).isEmpty();
  }

  private static Session login(FlightConnection connection, FakeSessions sessions, String user) {
    return connection
        .session(
            user,
            sessions,
            () ->
                CompletableFuture.completedFuture(sessions.open(new Principal(user, Set.of()), "")))
        .join();
  }

  @Test
  void aDisconnectIsNoticedWhileThePoolIsFull() throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    try (DoorFixture own =
            new DoorFixture(
                Optional.empty(),
                pool ->
                    task -> {
                      if (full.get()) {
                        throw new RejectedExecutionException("full");
                      }
                      pool.execute(task);
                    });
        OwnChannel calls = new OwnChannel(own)) {
      own.statements.query("select never", Batches.NUMBERS, List.of(), FakeStatements::never);
      FlightServiceBlockingStub client = authorized(calls.channel, basic("admin", "admin"));
      Ticket ticket = ticket(client.getFlightInfo(query("select never")));
      Iterator<FlightData> stream = client.doGet(ticket);
      Awaitility.await().until(() -> !own.statements.submitted.isEmpty());
      full.set(true);
      calls.channel.shutdownNow();
      own.statements.last().resultCanceled.get(60, TimeUnit.SECONDS);
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(own.sessions.open()).isEmpty());
      assertThat(stream).isNotNull();
    }
  }

  @Test
  void aSessionIsClosedWhileThePoolIsFull() throws Exception {
    try (DoorFixture own =
            new DoorFixture(
                Optional.empty(),
                pool ->
                    task -> {
                      throw new RejectedExecutionException("full");
                    });
        OwnChannel calls = new OwnChannel(own)) {
      calls.as("admin").doAction(Action.newBuilder().setType("CloseSession").build()).next();
      assertThat(own.sessions.open()).isEmpty();
    }
  }

  @Test
  void badBearersAreRefused() {
    Session session = fixture.sessions.open(new Principal("admin", Set.of()), "");
    String forged = new BearerTokens(DoorFixture.secret(8)).issue(session.id(), "admin");
    String otherUsers = fixture.tokens.issue(session.id(), "analyst");
    String good = fixture.tokens.issue(session.id(), "admin");
    for (String token : List.of(forged, "", "garbage", good.substring(1), "é".repeat(3))) {
      assertRefused(
          () -> bearer(token).getFlightInfo(query("select n")),
          Status.Code.UNAUTHENTICATED,
          "[UNAUTHENTICATED]");
    }
    assertRefused(
        () -> bearer(otherUsers).getFlightInfo(query("select n")),
        Status.Code.UNAUTHENTICATED,
        "[SESSION_CLOSED]");
    assertThat(bearer(good).getFlightInfo(query("select n")).getEndpointCount()).isEqualTo(1);
    fixture.sessions.close(session.id());
    assertRefused(
        () -> bearer(good).getFlightInfo(query("select n")),
        Status.Code.UNAUTHENTICATED,
        "[SESSION_CLOSED]");
  }

  @Test
  void everyCallNeedsALogin() {
    FlightServiceBlockingStub nobody = FlightServiceGrpc.newBlockingStub(channel);
    Ticket ticket = Ticket.newBuilder().setTicket(query("select n").getCmd()).build();
    for (Runnable call :
        List.<Runnable>of(
            () -> nobody.getFlightInfo(query("select n")),
            () -> nobody.getSchema(query("select n")),
            () -> fetch(nobody, ticket),
            () -> nobody.listActions(Empty.getDefaultInstance()).next(),
            () -> nobody.doAction(Action.newBuilder().setType("CloseSession").build()).next())) {
      assertRefused(call, Status.Code.UNAUTHENTICATED, "Not logged in");
    }
    assertRefused(
        () -> authorized(channel, "Basic !").getFlightInfo(query("select n")),
        Status.Code.UNAUTHENTICATED,
        "not a Basic user and password");
    assertRefused(
        () -> authorized(channel, "Digest x").getFlightInfo(query("select n")),
        Status.Code.UNAUTHENTICATED,
        "Not logged in");
  }

  /** As a client does that prepares with its headers and executes without them. */
  @Test
  void aCallWithoutItsHeadersIsRefusedAndItsStatementLives() {
    FlightServiceBlockingStub client = as("admin");
    FlightServiceBlockingStub bare = FlightServiceGrpc.newBlockingStub(channel);
    ByteString prepared = prepare(client, "select n");
    assertRefused(
        () -> bare.getFlightInfo(preparedQuery(prepared)),
        Status.Code.UNAUTHENTICATED,
        "Not logged in: connect with a user and a password, or send a bearer token");
    Ticket ticket = ticket(client.getFlightInfo(preparedQuery(prepared)));
    int before = fixture.statements.submitted.size();
    assertRefused(() -> fetch(bare, ticket), Status.Code.UNAUTHENTICATED, "Not logged in");
    assertThat(fixture.statements.submitted).hasSize(before);
    assertThat(fetch(client, ticket)).hasSize(3);
    assertThat(fetch(client, ticket(client.getFlightInfo(preparedQuery(prepared))))).hasSize(3);
  }

  @Test
  void guessingPasswordsIsStopped() {
    for (int attempt = 0; attempt < 10; attempt++) {
      assertRefused(
          () -> authorized(channel, basic("guessed", "x")).getFlightInfo(query("select n")),
          Status.Code.UNAUTHENTICATED,
          "Wrong user name or password");
    }
    assertRefused(
        () -> authorized(channel, basic("guessed", "x")).getFlightInfo(query("select n")),
        Status.Code.UNAUTHENTICATED,
        "Too many failed logins");
  }

  @Test
  void sessionOptionsAreTheNamespace() throws Exception {
    FlightServiceBlockingStub client = as("admin");
    assertThat(setOptions(client, Map.of("catalog", "ops", "schema", "audit")).getErrorsCount())
        .isZero();
    Iterator<Result> answer =
        client.doAction(Action.newBuilder().setType("GetSessionOptions").build());
    Map<String, SessionOptionValue> options =
        GetSessionOptionsResult.parseFrom(answer.next().getBody()).getSessionOptionsMap();
    assertThat(options)
        .containsOnly(
            Map.entry("catalog", SessionOptionValue.newBuilder().setStringValue("ops").build()),
            Map.entry("schema", SessionOptionValue.newBuilder().setStringValue("audit").build()));
    assertThat(setOptions(client, Map.of("catalog", "nowhere")).getErrorsMap())
        .containsKey("catalog");
    assertThat(setOptions(client, Map.of("schema", "nowhere")).getErrorsMap())
        .containsKey("schema");
    assertThat(setOptions(client, Map.of("color", "red")).getErrorsMap()).containsKey("color");
    assertThat(setOptions(as("analyst"), Map.of("catalog", "ops")).getErrorsMap())
        .containsKey("catalog");
  }

  @Test
  void tooManySessionOptionsAreRefusedBeforeAnyIsLookedAt() {
    Map<String, String> options = new HashMap<>();
    for (int option = 0; option <= SessionOptions.MOST_OPTIONS; option++) {
      options.put("option" + option, "x");
    }
    int before = fixture.statements.prepared.size();
    assertRefused(
        () -> {
          try {
            setOptions(as("admin"), options);
          } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        },
        Status.Code.INVALID_ARGUMENT,
        "[INVALID_PARAMETER] A request sets at most 100 session options");
    assertThat(fixture.statements.prepared).hasSize(before);
  }

  @Test
  void anOptionThatSpeaksOfNoSchemaLeavesTheSchemaToOthers() {
    Session session = new FakeSessions().open(new Principal("admin", Set.of()), "");
    Namespace changed = new Namespace("lake", "default");
    FakeStatements known = new FakeStatements();
    known.update("RESET `color`", List.of(), () -> Batches.numbers(fixture.allocator, 0, 0));
    StatementService whileOthersUse =
        new StatementService() {
          @Override
          public CompletableFuture<PreparedStatement> prepare(Session of, String sql) {
            of.use(changed);
            return CompletableFuture.completedFuture(
                new PreparedStatement(sql, true, Batches.NUMBERS, List.of()));
          }

          @Override
          public CompletableFuture<Optional<PreparedStatement>> prepareUnasked(
              Session of, String sql) {
            throw new UnsupportedOperationException();
          }

          @Override
          public Statement submit(Session of, String sql, Parameters parameters) {
            return known.submit(of, sql, parameters);
          }

          @Override
          public CompletableFuture<Optional<String>> wouldRunAs(
              Principal principal, String clientAddress, Namespace namespace, String sql) {
            throw new UnsupportedOperationException();
          }

          @Override
          public Ingestion ingest(Session of, IngestTarget target) {
            throw new UnsupportedOperationException();
          }
        };
    new SessionOptions(whileOthersUse, new FakeMetadata(), Runnable::run)
        .set(session, Map.of("color", SessionOptionValue.getDefaultInstance()));
    assertThat(known.submitted).hasSize(1);
    assertThat(session.namespace()).isEqualTo(changed);
  }

  @Test
  void closingASessionEndsItsToken() {
    Session session = fixture.sessions.open(new Principal("admin", Set.of()), "");
    FlightServiceBlockingStub client = bearer(fixture.tokens.issue(session.id(), "admin"));
    client.doAction(Action.newBuilder().setType("CloseSession").build()).next();
    assertRefused(
        () -> client.getFlightInfo(query("select n")),
        Status.Code.UNAUTHENTICATED,
        "[SESSION_CLOSED]");
  }
}
