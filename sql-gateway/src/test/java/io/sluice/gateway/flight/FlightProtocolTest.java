package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.QueuePlace;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.Empty;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightEndpoint;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.PollInfo;
import org.apache.arrow.flight.impl.Flight.RenewFlightEndpointRequest;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult.ErrorValue;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCancelQueryRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementSubstraitPlan;
import org.apache.arrow.memory.RootAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The calls of Flight SQL that few drivers make. */
class FlightProtocolTest extends FlightCalls {

  /** A result that comes when the test says so. */
  private static final class Late implements Flow.Publisher<ResultMessage> {
    private final AtomicReference<Flow.Subscriber<? super ResultMessage>> client =
        new AtomicReference<>();

    @Override
    public void subscribe(Flow.Subscriber<? super ResultMessage> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
          });
      client.set(subscriber);
    }

    void give(ResultMessage message) {
      client.get().onNext(message);
    }

    void end() {
      client.get().onComplete();
    }

    void fail(RuntimeException failure) {
      client.get().onError(failure);
    }
  }

  private static Late late(String sql) {
    Late late = new Late();
    fixture.statements.query(sql, Batches.NUMBERS, List.of(), () -> late);
    return late;
  }

  @Test
  void aPollSetsTheStatementRunningAndTellsHowFarItIs() {
    Late result = late("select late");
    FlightServiceBlockingStub client = as("admin");
    int before = fixture.statements.submitted.size();
    PollInfo first = client.pollFlightInfo(query("select late"));
    assertThat(fixture.statements.submitted).hasSize(before + 1);
    assertThat(first.hasFlightDescriptor()).isTrue();
    assertThat(first.getProgress()).isEqualTo(0.25);
    assertThat(first.getExpirationTime().getSeconds())
        .isEqualTo(fixture.now.plus(Duration.ofMinutes(5)).getEpochSecond());
    assertThat(first.getInfo().getEndpointCount()).isZero();
    assertThat(first.getInfo().getSchema())
        .isEqualTo(ArrowEncoder.encapsulated(ResultColumns.described(Batches.NUMBERS)));

    result.give(ArrowEncoder.schema(Batches.NUMBERS));
    PollInfo last = client.pollFlightInfo(first.getFlightDescriptor());
    assertThat(last.hasFlightDescriptor()).isFalse();
    assertThat(last.getProgress()).isEqualTo(1);
    assertThat(fixture.statements.last().messagesRequested).hasValue(1);

    CompletableFuture<List<FlightData>> stream =
        CompletableFuture.supplyAsync(() -> fetch(client, ticket(last.getInfo())));
    Awaitility.await().until(() -> fixture.statements.last().messagesRequested.get() > 1);
    result.give(Batches.numberBatch(fixture.allocator, 0, 3));
    result.end();
    assertThat(stream.join()).hasSize(2);
    assertThat(fixture.statements.submitted).hasSize(before + 1);
    assertUnknownHandle(() -> fetch(client, ticket(last.getInfo())));
  }

  @Test
  void aPollTellsThePlaceInTheQueue() {
    late("select waiting");
    fixture.statements.place =
        Optional.of(new QueuePlace(7, Optional.empty(), "Spark is starting"));
    try {
      PollInfo poll = as("admin").pollFlightInfo(query("select waiting"));
      assertThat(poll.getInfo().getAppMetadata().toStringUtf8())
          .isEqualTo("number 7 in the queue; Spark is starting");
    } finally {
      fixture.statements.place = Optional.empty();
    }
  }

  @Test
  void aPolledResultComesWholeThroughItsFetch() {
    fixture.statements.query(
        "select polled",
        Batches.NUMBERS,
        List.of(),
        () -> Batches.numbers(fixture.allocator, 50, 10));
    FlightServiceBlockingStub client = as("admin");
    PollInfo info = client.pollFlightInfo(query("select polled"));
    assertThat(fetch(client, ticket(info.getInfo()))).hasSize(51);
  }

  @Test
  void aPollTellsOfAFailureAndCanBeCanceled() throws Exception {
    Late result = late("select doomed");
    FlightServiceBlockingStub client = as("admin");
    PollInfo pending = client.pollFlightInfo(query("select doomed"));
    result.fail(new SluiceException(ErrorCode.QUEUE_TIMEOUT, "No permit came in time"));
    assertRefused(
        () -> client.pollFlightInfo(pending.getFlightDescriptor()),
        Status.Code.RESOURCE_EXHAUSTED,
        "[QUEUE_TIMEOUT] No permit came in time");

    late("select canceled");
    PollInfo other = client.pollFlightInfo(query("select canceled"));
    assertUnknownHandle(() -> cancel(as("analyst"), other.getInfo()));
    assertThat(cancel(client, other.getInfo())).isEqualTo(CancelStatus.CANCEL_STATUS_CANCELLED);
    fixture.statements.last().canceled.get(30, TimeUnit.SECONDS);
    assertThat(cancel(client, other.getInfo()))
        .isEqualTo(CancelStatus.CANCEL_STATUS_NOT_CANCELLABLE);

    late("select canceled by query");
    PollInfo third = client.pollFlightInfo(query("select canceled by query"));
    client
        .doAction(
            Action.newBuilder()
                .setType("CancelQuery")
                .setBody(
                    Any.pack(
                            ActionCancelQueryRequest.newBuilder()
                                .setInfo(third.getInfo().toByteString())
                                .build())
                        .toByteString())
                .build())
        .next();
    fixture.statements.last().canceled.get(30, TimeUnit.SECONDS);
  }

  @Test
  void aClientMayPollForAsLongAsItLikesAndOneThatStopsLosesItsStatement() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      Late result = new Late();
      own.statements.query("select long", Batches.NUMBERS, List.of(), () -> result);
      FlightServiceBlockingStub client = calls.as("admin");
      PollInfo first = client.pollFlightInfo(query("select long"));
      PollInfo latest = first;
      for (int round = 0; round < 3; round++) {
        own.now = own.now.plus(Duration.ofMinutes(4));
        latest = client.pollFlightInfo(latest.getFlightDescriptor());
        own.timer.tick();
        assertThat(latest.getExpirationTime().getSeconds())
            .isEqualTo(own.now.plus(Duration.ofMinutes(5)).getEpochSecond());
      }
      assertUnknownHandle(() -> client.pollFlightInfo(first.getFlightDescriptor()));
      assertThat(own.statements.last().canceled).isNotDone();

      result.give(ArrowEncoder.schema(Batches.NUMBERS));
      PollInfo last = client.pollFlightInfo(latest.getFlightDescriptor());
      own.now = own.now.plus(Duration.ofMinutes(59));
      own.timer.tick();
      assertThat(own.statements.last().canceled).isNotDone();
      own.now = own.now.plus(Duration.ofMinutes(1));
      own.timer.tick();
      assertThat(own.statements.last().canceled.get(30, TimeUnit.SECONDS))
          .isEqualTo("Its client did not come for the result in time.");
      assertUnknownHandle(() -> fetch(client, ticket(last.getInfo())));
      assertUnknownHandle(() -> client.pollFlightInfo(latest(last)));
    }
  }

  @Test
  void aStatementThatIsNoLongerPolledEndsSoon() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.statements.query("select long", Batches.NUMBERS, List.of(), FakeStatements::never);
      FlightServiceBlockingStub client = calls.as("admin");
      PollInfo first = client.pollFlightInfo(query("select long"));
      own.now = own.now.plus(Duration.ofMinutes(5).minusSeconds(1));
      own.timer.tick();
      client.pollFlightInfo(first.getFlightDescriptor());
      own.now = own.now.plus(Duration.ofMinutes(5).minusSeconds(1));
      own.timer.tick();
      assertThat(own.statements.last().canceled).isNotDone();
      own.now = own.now.plusSeconds(1);
      own.timer.tick();
      assertThat(own.statements.last().canceled.get(30, TimeUnit.SECONDS))
          .isEqualTo("Its client did not come for the result in time.");
    }
  }

  @Test
  void whatIsPromisedAndNeverFetchedIsForgottenWithItsTicket() {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.statements.query("select n", Batches.NUMBERS, List.of(), FakeStatements::never);
      FlightServiceBlockingStub client = calls.as("admin");
      client.getFlightInfo(query("select n"));
      FlightInfo renewed = client.getFlightInfo(query("select n"));
      long two = own.door().handleWeight();
      own.now = own.now.plus(Duration.ofMinutes(59));
      client.doAction(renewal(renewed)).next();
      own.now = own.now.plus(Duration.ofMinutes(1));
      own.timer.tick();
      Awaitility.await().until(() -> own.door().handleWeight() == two / 2);
      own.now = own.now.plus(Duration.ofMinutes(59));
      own.timer.tick();
      Awaitility.await().until(() -> own.door().handleWeight() == 0);
      assertThat(own.statements.submitted).isEmpty();
    }
  }

  private static Action renewal(FlightInfo info) {
    return Action.newBuilder()
        .setType("RenewFlightEndpoint")
        .setBody(
            RenewFlightEndpointRequest.newBuilder()
                .setEndpoint(info.getEndpoint(0))
                .build()
                .toByteString())
        .build();
  }

  private static FlightDescriptor latest(PollInfo done) {
    return FlightDescriptor.newBuilder()
        .setType(FlightDescriptor.DescriptorType.CMD)
        .setCmd(ticket(done.getInfo()).getTicket())
        .build();
  }

  @Test
  void whatIsFetchedIsNotLookedForAnyMore() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      Late result = new Late();
      own.statements.query("select long", Batches.NUMBERS, List.of(), () -> result);
      FlightServiceBlockingStub client = calls.as("admin");
      PollInfo first = client.pollFlightInfo(query("select long"));
      result.give(ArrowEncoder.schema(Batches.NUMBERS));
      PollInfo last = client.pollFlightInfo(first.getFlightDescriptor());
      CompletableFuture<List<FlightData>> stream =
          CompletableFuture.supplyAsync(() -> fetch(client, ticket(last.getInfo())));
      Awaitility.await().until(() -> own.statements.last().messagesRequested.get() > 1);
      own.now = own.now.plus(Duration.ofHours(2));
      own.timer.tick();
      result.end();
      assertThat(stream.get(30, TimeUnit.SECONDS)).hasSize(1);
      assertThat(own.statements.last().canceled).isNotDone();
    }
  }

  @Test
  void pollsThatNobodyComesBackToMakeRoomAndEnd() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.statements.query("select never", Batches.NUMBERS, List.of(), FakeStatements::never);
      FlightServiceGrpc.FlightServiceFutureStub client = calls.later("admin");
      List<com.google.common.util.concurrent.ListenableFuture<PollInfo>> polls =
          IntStream.range(0, 520)
              .mapToObj(poll -> client.pollFlightInfo(query("select never")))
              .toList();
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .untilAsserted(
              () ->
                  assertThat(own.statements.submitted)
                      .filteredOn(statement -> statement.canceled.isDone())
                      .hasSize(8));
      assertThat(polls).hasSize(520);
    }
  }

  @Test
  void aUpdateThatReturnsRowsIsServedWhenItIsACommandAndRefusedOtherwise() throws Exception {
    fixture.statements.call(
        "call x", Batches.NUMBERS, () -> Batches.numbers(fixture.allocator, 3, 4));
    // How many rows it changed nobody knows.
    assertThat(update("call x")).isEqualTo(-1);
    assertThat(fixture.statements.last().ending).isCompletedWithValue(StatementState.FINISHED);
    assertThat(fixture.statements.last().resultCanceled).isNotDone();
    assertRefused(
        () -> update("select n"),
        Status.Code.UNIMPLEMENTED,
        "The statement returns rows; run it as a query, not as an update");
    assertThat(fixture.statements.last().resultCanceled).isDone();
  }

  /** As ADBC's ExecuteUpdate does it without a prepare. */
  private static long update(String sql) {
    try (RootAllocator allocator = new RootAllocator();
        FlightSqlClient client =
            new FlightSqlClient(
                FlightClient.builder(
                        allocator, Location.forGrpcInsecure("127.0.0.1", fixture.port()))
                    .build())) {
      Session session = fixture.sessions.open(new Principal("admin", Set.of()), "");
      FlightCallHeaders headers = new FlightCallHeaders();
      headers.insert("authorization", "Bearer " + fixture.tokens.issue(session.id(), "admin"));
      return client.executeUpdate(sql, new HeaderCallOption(headers));
    } catch (FlightRuntimeException e) {
      throw new StatusRuntimeException(
          e.status().code() == FlightStatusCode.UNIMPLEMENTED
              ? Status.UNIMPLEMENTED.withDescription(e.getMessage())
              : Status.UNKNOWN.withDescription(e.getMessage()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPollOfMetadataIsDoneAtOnce() {
    FlightServiceBlockingStub client = as("admin");
    PollInfo info =
        client.pollFlightInfo(command(Any.pack(CommandGetCatalogs.getDefaultInstance())));
    assertThat(info.hasFlightDescriptor()).isFalse();
    assertThat(fetch(client, ticket(info.getInfo()))).hasSize(2);
  }

  @Test
  void aTicketCanBeRenewedAndIsStillGoodOnce() throws Exception {
    try (DoorFixture own = new DoorFixture()) {
      FlightServiceBlockingStub client = null;
      io.grpc.ManagedChannel channel =
          io.grpc.netty.NettyChannelBuilder.forAddress("127.0.0.1", own.port())
              .usePlaintext()
              .build();
      try {
        own.statements.query(
            "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(own.allocator, 1, 1));
        var session =
            own.sessions.open(new io.sluice.model.Principal("admin", java.util.Set.of()), "");
        client = authorized(channel, "Bearer " + own.tokens.issue(session.id(), "admin"));
        FlightInfo info = client.getFlightInfo(query("select n"));
        own.now = own.now.plusSeconds(3000);
        FlightEndpoint renewed = renew(client, info.getEndpoint(0));
        assertThat(renewed.hasExpirationTime()).isFalse();
        own.now = own.now.plusSeconds(3000);
        FlightServiceBlockingStub same = client;
        assertUnknownHandle(() -> fetch(same, ticket(info)));
        assertThat(fetch(client, renewed.getTicket())).hasSize(2);
        assertUnknownHandle(() -> fetch(same, renewed.getTicket()));
        assertUnknownHandle(() -> renew(same, renewed));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static FlightEndpoint renew(FlightServiceBlockingStub client, FlightEndpoint endpoint) {
    try {
      return FlightEndpoint.parseFrom(
          action(
              client,
              "RenewFlightEndpoint",
              RenewFlightEndpointRequest.newBuilder()
                  .setEndpoint(endpoint)
                  .build()
                  .toByteString()));
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static ByteString action(FlightServiceBlockingStub client, String type, ByteString body) {
    return client
        .doAction(Action.newBuilder().setType(type).setBody(body).build())
        .next()
        .getBody();
  }

  @ParameterizedTest
  @CsvSource({
    "BeginTransaction, no transactions",
    "EndTransaction, no transactions",
    "BeginSavepoint, no savepoints",
    "EndSavepoint, no savepoints",
    "CreatePreparedSubstraitPlan, not take Substrait"
  })
  void whatSluiceDoesNotHaveIsRefusedByName(String type, String text) {
    assertRefused(
        () -> action(as("admin"), type, ByteString.EMPTY), Status.Code.UNIMPLEMENTED, text);
  }

  @Test
  void substraitIsRefusedByName() {
    assertRefused(
        () ->
            as("admin")
                .getFlightInfo(
                    command(Any.pack(CommandStatementSubstraitPlan.getDefaultInstance()))),
        Status.Code.UNIMPLEMENTED,
        "send SQL");
  }

  @Test
  void theActionsThatAreListedAreServed() {
    List<String> names = new java.util.ArrayList<>();
    as("admin")
        .listActions(Empty.getDefaultInstance())
        .forEachRemaining((ActionType type) -> names.add(type.getType()));
    assertThat(names)
        .containsExactlyInAnyOrder(
            "CreatePreparedStatement",
            "ClosePreparedStatement",
            "SetSessionOptions",
            "GetSessionOptions",
            "CloseSession",
            "CancelFlightInfo",
            "CancelQuery",
            "RenewFlightEndpoint");
  }

  @ParameterizedTest
  @CsvSource({"select n, 0", "insert, 1"})
  void preparingTellsWhetherItIsAnUpdate(String sql, long update) throws Exception {
    fixture.statements.update(
        "insert", List.of(), () -> new DemandPublisher<>(List.<ResultMessage>of().iterator()));
    ByteString answer =
        action(
            as("admin"),
            "CreatePreparedStatement",
            Any.pack(ActionCreatePreparedStatementRequest.newBuilder().setQuery(sql).build())
                .toByteString());
    ActionCreatePreparedStatementResult result =
        Any.parseFrom(answer).unpack(ActionCreatePreparedStatementResult.class);
    assertThat(result.getUnknownFields().getField(4).getVarintList()).containsExactly(update);
    assertThat(result.getDatasetSchema().isEmpty()).isEqualTo(update == 1);
  }

  @Test
  void settingsAreOptionsAndGoTheWayOfSet() throws Exception {
    String key = "spark.sql.shuffle.partitions";
    fixture.statements.query(
        "SET `" + key + "`",
        Batches.NUMBERS,
        List.of(),
        () -> Batches.numbers(fixture.allocator, 1, 1));
    fixture.statements.update(
        "SET `" + key + "` = `7`",
        List.of(),
        () -> new DemandPublisher<>(List.<ResultMessage>of().iterator()));
    fixture.statements.refusal(
        "SET `" + key + "` = `x`",
        new SluiceException(ErrorCode.CONFIGURATION_NOT_ALLOWED, "not a number"));
    fixture.statements.refusal(
        "SET `spark.evil`",
        new SluiceException(ErrorCode.CONFIGURATION_NOT_ALLOWED, "may not be read"));
    FlightServiceBlockingStub client = as("admin");
    int before = fixture.statements.submitted.size();
    SetSessionOptionsResult refused =
        setOptions(client, Map.of(key, "x", "spark.evil", "1", "catalog", "ops"));
    assertThat(refused.getErrorsMap())
        .containsOnly(
            Map.entry(key, error(ErrorValue.INVALID_VALUE)),
            Map.entry("spark.evil", error(ErrorValue.INVALID_NAME)));
    assertThat(fixture.statements.submitted).hasSize(before);

    assertThat(setOptions(client, Map.of(key, "7")).getErrorsCount()).isZero();
    Awaitility.await().until(() -> fixture.statements.submitted.size() == before + 1);
    assertThat(fixture.statements.last().sql).isEqualTo("SET `" + key + "` = `7`");
  }

  private static SetSessionOptionsResult.Error error(ErrorValue value) {
    return SetSessionOptionsResult.Error.newBuilder().setValue(value).build();
  }

  @Test
  void anOptionThatCannotBeJudgedIsAnErrorAndNotAnAnswer() {
    fixture.statements.refusal(
        "SET `spark.later`", new SluiceException(ErrorCode.POLICY_UNAVAILABLE, "no policies"));
    assertRefused(
        () -> {
          try {
            setOptions(as("admin"), Map.of("spark.later", "1"));
          } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
          }
        },
        Status.Code.UNAVAILABLE,
        "[POLICY_UNAVAILABLE]");
  }

  @Test
  void aRowThatFailsIsNamedAndEndsTheBatch() throws Exception {
    fixture.statements.update(
        "insert ?",
        List.of(Optional.of("string")),
        () ->
            fixture.statements.submitted.size() % 2 == 0
                ? FakeStatements.failing(
                    new SluiceException(ErrorCode.EXECUTION_FAILED, "does not fit"))
                : new DemandPublisher<>(List.<ResultMessage>of().iterator()));
    if (fixture.statements.submitted.size() % 2 == 0) {
      fixture.statements.submit(null, "nothing", List.of());
    }
    int before = fixture.statements.submitted.size();
    try (var connection = fixture.connect("admin");
        var statement = connection.prepareStatement("insert ?")) {
      for (String value : List.of("a", "b", "c")) {
        statement.setString(1, value);
        statement.addBatch();
      }
      org.assertj.core.api.Assertions.assertThatThrownBy(statement::executeBatch)
          .hasStackTraceContaining("Row 2 of 3 failed; the rows before it were run. ")
          .hasStackTraceContaining("does not fit");
    }
    assertThat(fixture.statements.submitted).hasSize(before + 2);
  }
}
