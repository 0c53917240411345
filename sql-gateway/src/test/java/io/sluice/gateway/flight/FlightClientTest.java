package io.sluice.gateway.flight;

import static io.sluice.gateway.flight.Batches.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import io.sluice.spark.ResultMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoResult;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.Empty;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.GetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.Result;
import org.apache.arrow.flight.impl.Flight.SessionOptionValue;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The door as its raw protocol: what drivers rely on, and what an attacker would try. */
class FlightClientTest {

  private static DoorFixture fixture;
  private static ManagedChannel channel;

  @BeforeAll
  static void open() {
    fixture = new DoorFixture();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", fixture.port())
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    fixture.statements.query(
        "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(fixture.allocator, 2, 3));
    fixture.statements.query(
        "select ?",
        Batches.NUMBERS,
        List.of(Optional.empty()),
        () -> Batches.numbers(fixture.allocator, 1, 1));
  }

  @AfterAll
  static void close() {
    channel.shutdownNow();
    fixture.close();
  }

  @Test
  void theStreamHasTheAdvertisedSchemaBitForBit() {
    Schema advertised = new Schema(List.of(field("renamed", Batches.BIGINT, true)));
    fixture.statements.query(
        "select renamed", advertised, List.of(), () -> Batches.numbers(fixture.allocator, 1, 1));
    FlightServiceBlockingStub client = as("admin");
    FlightInfo info = client.getFlightInfo(query("select renamed"));
    List<FlightData> stream = fetch(client, ticket(info));
    assertThat(info.getSchema()).isEqualTo(ArrowEncoder.encapsulated(advertised));
    assertThat(stream.get(0).getDataHeader()).isEqualTo(ArrowEncoder.schema(advertised).header());
    assertThat(stream).hasSize(2);
    assertThat(info.getEndpointCount()).isEqualTo(1);
    assertThat(info.getEndpoint(0).getLocationCount()).isZero();
  }

  @Test
  void aStreamOfOtherTypesThanAdvertisedAsksForAnotherPrepare() throws Exception {
    fixture.statements.query(
        "select lied",
        new Schema(List.of(field("n", ArrowType.Utf8.INSTANCE, true))),
        List.of(),
        () -> Batches.numbers(fixture.allocator, 1, 1));
    FlightServiceBlockingStub client = as("admin");
    Ticket ticket = ticket(client.getFlightInfo(query("select lied")));
    assertRefused(
        () -> fetch(client, ticket), Status.Code.NOT_FOUND, "Prepare the statement again");
    fixture.statements.last().resultCanceled.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aStatementWithoutRowsIsServedOnTheQueryPathToo() {
    fixture.statements.update(
        "use tpch", List.of(), () -> new DemandPublisher<>(List.<ResultMessage>of().iterator()));
    FlightServiceBlockingStub client = as("admin");
    FlightInfo info = client.getFlightInfo(query("use tpch"));
    List<FlightData> stream = fetch(client, ticket(info));
    assertThat(stream).hasSize(1);
    assertThat(stream.get(0).getDataHeader())
        .isEqualTo(ArrowEncoder.schema(new Schema(List.of())).header());
  }

  @Test
  void aTicketIsGoodOnce() {
    FlightServiceBlockingStub client = as("admin");
    Ticket ticket = ticket(client.getFlightInfo(query("select n")));
    assertThat(fetch(client, ticket)).hasSize(3);
    assertUnknownHandle(() -> fetch(client, ticket));
  }

  @Test
  void everyUnusableHandleGetsTheSameAnswer() {
    FlightServiceBlockingStub owner = as("admin");
    FlightServiceBlockingStub other = as("analyst");
    ByteString prepared = prepare(owner, "select n");
    Ticket ticket = ticket(owner.getFlightInfo(query("select n")));
    // Another principal's, and another session's of the same one.
    assertUnknownHandle(() -> other.getFlightInfo(preparedQuery(prepared)));
    assertUnknownHandle(() -> as("admin").getFlightInfo(preparedQuery(prepared)));
    assertUnknownHandle(() -> fetch(other, ticket));
    // Forged: one bit, another key, another kind, none at all.
    byte[] flipped = prepared.toByteArray();
    flipped[3] ^= 1;
    assertUnknownHandle(() -> owner.getFlightInfo(preparedQuery(ByteString.copyFrom(flipped))));
    Session session = fixture.sessions.open(new Principal("admin", Set.of()), "");
    FlightServiceBlockingStub mine = bearer(fixture.tokens.issue(session.id(), "admin"));
    HandleSigner forger = new HandleSigner(DoorFixture.secret(8), "gateway-1", () -> fixture.now);
    ByteString forged =
        ByteString.copyFrom(
            forger.sign(
                HandleSigner.Kind.PREPARED_STATEMENT,
                UUID.randomUUID(),
                session.id(),
                session.principal(),
                fixture.now.plus(Duration.ofHours(1))));
    assertUnknownHandle(() -> mine.getFlightInfo(preparedQuery(forged)));
    assertUnknownHandle(() -> fetch(owner, result(prepared)));
    assertUnknownHandle(() -> fetch(owner, result(ByteString.EMPTY)));
    // The owner still can.
    assertThat(owner.getFlightInfo(preparedQuery(prepared)).getEndpointCount()).isEqualTo(1);
    assertThat(fetch(owner, ticket)).isNotEmpty();
  }

  @Test
  void aTicketExpires() {
    DoorFixture own = new DoorFixture();
    ManagedChannel ownChannel =
        NettyChannelBuilder.forAddress("127.0.0.1", own.port()).usePlaintext().build();
    try {
      own.statements.query(
          "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(own.allocator, 1, 1));
      Session session = own.sessions.open(new Principal("admin", Set.of()), "");
      FlightServiceBlockingStub client =
          authorized(ownChannel, "Bearer " + own.tokens.issue(session.id(), "admin"));
      Ticket ticket = ticket(client.getFlightInfo(query("select n")));
      own.now = own.now.plus(Duration.ofHours(2));
      assertUnknownHandle(() -> fetch(client, ticket));
    } finally {
      ownChannel.shutdownNow();
      own.close();
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
  void sqlInfoAnswersWhatIsAskedForAndAllOtherwise() {
    FlightServiceBlockingStub client = as("admin");
    FlightDescriptor one =
        command(Any.pack(CommandGetSqlInfo.newBuilder().addInfo(8).addInfo(999_999).build()));
    FlightInfo info = client.getFlightInfo(one);
    assertThat(info.getSchema()).isEqualTo(ArrowEncoder.encapsulated(Schemas.GET_SQL_INFO_SCHEMA));
    assertThat(fetch(client, ticket(info))).hasSize(2);
    FlightDescriptor unknown =
        command(Any.pack(CommandGetSqlInfo.newBuilder().addInfo(999_999).build()));
    assertThat(fetch(client, ticket(client.getFlightInfo(unknown)))).hasSize(1);
  }

  @Test
  void getSchemaAnswersForEveryKindOfCommand() {
    FlightServiceBlockingStub client = as("admin");
    ByteString numbers = ArrowEncoder.encapsulated(Batches.NUMBERS);
    assertThat(client.getSchema(query("select n")).getSchema()).isEqualTo(numbers);
    ByteString prepared = prepare(client, "select n");
    assertThat(client.getSchema(preparedQuery(prepared)).getSchema()).isEqualTo(numbers);
    FlightDescriptor types = command(Any.pack(CommandGetXdbcTypeInfo.getDefaultInstance()));
    assertThat(client.getSchema(types).getSchema())
        .isEqualTo(ArrowEncoder.encapsulated(Schemas.GET_TYPE_INFO_SCHEMA));
    assertThat(fetch(client, ticket(client.getFlightInfo(types)))).hasSize(2);
  }

  @Test
  void parametersMustBeBoundBeforeAStatementRuns() {
    FlightServiceBlockingStub client = as("admin");
    ByteString prepared = prepare(client, "select ?");
    assertRefused(
        () -> client.getFlightInfo(preparedQuery(prepared)),
        Status.Code.INVALID_ARGUMENT,
        "[PARAMETER_MISMATCH] The statement has 1 parameter markers, but 0 values were given");
  }

  @Test
  void closedStatementsAreUnknown() {
    FlightServiceBlockingStub client = as("admin");
    ByteString prepared = prepare(client, "select n");
    Action close =
        Action.newBuilder()
            .setType("ClosePreparedStatement")
            .setBody(
                Any.pack(
                        ActionClosePreparedStatementRequest.newBuilder()
                            .setPreparedStatementHandle(prepared)
                            .build())
                    .toByteString())
            .build();
    assertThat(client.doAction(close).hasNext()).isFalse();
    assertUnknownHandle(() -> client.getFlightInfo(preparedQuery(prepared)));
  }

  @Test
  void aRunningStatementCanBeCanceledByItsFlightInfo() throws Exception {
    fixture.statements.query("select never", Batches.NUMBERS, List.of(), FakeStatements::never);
    FlightServiceBlockingStub client = as("admin");
    FlightInfo info = client.getFlightInfo(query("select never"));
    assertThat(cancel(client, info)).isEqualTo(CancelStatus.CANCEL_STATUS_CANCELLED);
    assertUnknownHandle(() -> fetch(client, ticket(info)));
    FlightInfo running = client.getFlightInfo(query("select never"));
    int before = fixture.statements.submitted.size();
    Iterator<FlightData> stream = client.doGet(ticket(running));
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> fixture.statements.submitted.size() > before);
    assertUnknownHandle(() -> cancel(as("analyst"), running));
    assertThat(cancel(client, running)).isEqualTo(CancelStatus.CANCEL_STATUS_CANCELLED);
    assertThat(fixture.statements.last().canceled.get(30, TimeUnit.SECONDS))
        .isEqualTo("canceled by its client");
    assertThat(cancel(client, running)).isEqualTo(CancelStatus.CANCEL_STATUS_NOT_CANCELLABLE);
    assertThat(stream).isNotNull();
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
  void closingASessionEndsItsToken() {
    Session session = fixture.sessions.open(new Principal("admin", Set.of()), "");
    FlightServiceBlockingStub client = bearer(fixture.tokens.issue(session.id(), "admin"));
    client.doAction(Action.newBuilder().setType("CloseSession").build()).next();
    assertRefused(
        () -> client.getFlightInfo(query("select n")),
        Status.Code.UNAUTHENTICATED,
        "[SESSION_CLOSED]");
  }

  @Test
  void nonsenseIsRefusedByName() {
    FlightServiceBlockingStub client = as("admin");
    ByteString garbage = ByteString.copyFromUtf8("\u0001garbage");
    assertRefused(
        () ->
            client.getFlightInfo(
                FlightDescriptor.newBuilder()
                    .setType(FlightDescriptor.DescriptorType.CMD)
                    .setCmd(garbage)
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        "[PROTOCOL_VIOLATION]");
    assertRefused(
        () ->
            client.getFlightInfo(
                FlightDescriptor.newBuilder()
                    .setType(FlightDescriptor.DescriptorType.PATH)
                    .addPath("x")
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        "[PROTOCOL_VIOLATION]");
    assertRefused(
        () -> fetch(client, Ticket.newBuilder().setTicket(garbage).build()),
        Status.Code.INVALID_ARGUMENT,
        "[PROTOCOL_VIOLATION]");
    assertRefused(
        () -> client.doAction(Action.newBuilder().setType("BeginTransaction").build()).next(),
        Status.Code.UNIMPLEMENTED,
        "[NOT_SUPPORTED]");
    assertRefused(
        () ->
            client
                .doAction(
                    Action.newBuilder().setType("CreatePreparedStatement").setBody(garbage).build())
                .next(),
        Status.Code.INVALID_ARGUMENT,
        "[PROTOCOL_VIOLATION]");
    // A query's command is no ticket.
    assertRefused(
        () -> fetch(client, Ticket.newBuilder().setTicket(query("select n").getCmd()).build()),
        Status.Code.INVALID_ARGUMENT,
        "[PROTOCOL_VIOLATION]");
  }

  @Test
  void randomBytesDoNoHarm() throws Exception {
    Random random = new Random(42);
    List<byte[]> openings = new ArrayList<>();
    for (int size : List.of(1, 24, 1000, 100_000)) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      openings.add(bytes);
    }
    openings.add("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] http2Garbage = Arrays.copyOf(preface, 5_000);
    openings.add(http2Garbage);
    for (byte[] opening : openings) {
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.port()), 10_000);
        socket.setSoTimeout(30_000);
        OutputStream out = socket.getOutputStream();
        out.write(opening);
        out.flush();
        socket.shutdownOutput();
        InputStream in = socket.getInputStream();
        assertThat(drained(in)).isTrue();
      }
    }
    FlightServiceBlockingStub client = as("admin");
    assertThat(fetch(client, ticket(client.getFlightInfo(query("select n"))))).hasSize(3);
  }

  /** Reads to the end, whether the peer closes or resets. */
  private static boolean drained(InputStream in) {
    try {
      byte[] buffer = new byte[8192];
      while (in.read(buffer) >= 0) {
        // What the server has to say to garbage does not matter.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static FlightServiceBlockingStub as(String user) {
    Session session = fixture.sessions.open(new Principal(user, Set.of()), "127.0.0.1");
    return bearer(fixture.tokens.issue(session.id(), user));
  }

  private static FlightServiceBlockingStub bearer(String token) {
    return authorized(channel, "Bearer " + token);
  }

  private static FlightServiceBlockingStub authorized(ManagedChannel channel, String header) {
    Metadata headers = new Metadata();
    headers.put(FlightCall.AUTHORIZATION, header);
    return FlightServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static String basic(String user, String password) {
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  private static FlightDescriptor command(Any command) {
    return FlightDescriptor.newBuilder()
        .setType(FlightDescriptor.DescriptorType.CMD)
        .setCmd(command.toByteString())
        .build();
  }

  private static FlightDescriptor query(String sql) {
    return command(Any.pack(CommandStatementQuery.newBuilder().setQuery(sql).build()));
  }

  private static FlightDescriptor preparedQuery(ByteString handle) {
    return command(
        Any.pack(
            CommandPreparedStatementQuery.newBuilder().setPreparedStatementHandle(handle).build()));
  }

  private static Ticket result(ByteString handle) {
    return Ticket.newBuilder()
        .setTicket(
            Any.pack(TicketStatementQuery.newBuilder().setStatementHandle(handle).build())
                .toByteString())
        .build();
  }

  private static Ticket ticket(FlightInfo info) {
    return info.getEndpoint(0).getTicket();
  }

  private static List<FlightData> fetch(FlightServiceBlockingStub client, Ticket ticket) {
    List<FlightData> messages = new ArrayList<>();
    client.doGet(ticket).forEachRemaining(messages::add);
    return messages;
  }

  private static ByteString prepare(FlightServiceBlockingStub client, String sql) {
    Action action =
        Action.newBuilder()
            .setType("CreatePreparedStatement")
            .setBody(
                Any.pack(ActionCreatePreparedStatementRequest.newBuilder().setQuery(sql).build())
                    .toByteString())
            .build();
    try {
      return Any.parseFrom(client.doAction(action).next().getBody())
          .unpack(ActionCreatePreparedStatementResult.class)
          .getPreparedStatementHandle();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static CancelStatus cancel(FlightServiceBlockingStub client, FlightInfo info) {
    Action action =
        Action.newBuilder()
            .setType("CancelFlightInfo")
            .setBody(CancelFlightInfoRequest.newBuilder().setInfo(info).build().toByteString())
            .build();
    try {
      return CancelFlightInfoResult.parseFrom(client.doAction(action).next().getBody()).getStatus();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static SetSessionOptionsResult setOptions(
      FlightServiceBlockingStub client, Map<String, String> options)
      throws InvalidProtocolBufferException {
    SetSessionOptionsRequest.Builder request = SetSessionOptionsRequest.newBuilder();
    options.forEach(
        (name, value) ->
            request.putSessionOptions(
                name, SessionOptionValue.newBuilder().setStringValue(value).build()));
    Action action =
        Action.newBuilder()
            .setType("SetSessionOptions")
            .setBody(request.build().toByteString())
            .build();
    return SetSessionOptionsResult.parseFrom(client.doAction(action).next().getBody());
  }

  private static void assertUnknownHandle(Runnable call) {
    assertRefused(
        call,
        Status.Code.NOT_FOUND,
        "[INVALID_HANDLE] There is no such statement handle, or it has expired or been used; run"
            + " the statement again (SQLSTATE 26000)");
  }

  private static void assertRefused(Runnable call, Status.Code code, String text) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            error -> {
              assertThat(error.getStatus().getCode()).isEqualTo(code);
              assertThat(error.getStatus().getDescription()).contains(text);
            });
  }
}
