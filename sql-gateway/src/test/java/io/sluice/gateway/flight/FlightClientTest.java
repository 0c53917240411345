package io.sluice.gateway.flight;

import static io.sluice.gateway.flight.Batches.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.model.Principal;
import io.sluice.spark.ResultMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionClosePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetXdbcTypeInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What drivers rely on: results, handles and what they promise. */
class FlightClientTest extends FlightCalls {

  @Test
  void theStreamHasTheAdvertisedSchemaBitForBit() {
    Schema advertised = new Schema(List.of(field("renamed", Batches.BIGINT, true)));
    fixture.statements.query(
        "select renamed", advertised, List.of(), () -> Batches.numbers(fixture.allocator, 1, 1));
    FlightServiceBlockingStub client = as("admin");
    FlightInfo info = client.getFlightInfo(query("select renamed"));
    List<FlightData> stream = fetch(client, ticket(info));
    Schema described = ResultColumns.described(advertised);
    assertThat(info.getSchema()).isEqualTo(ArrowEncoder.encapsulated(described));
    assertThat(stream.get(0).getDataHeader()).isEqualTo(ArrowEncoder.schema(described).header());
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
  void aPreparedStatementLivesAsLongAsSqlInfoSays() {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.statements.query(
          "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(own.allocator, 1, 1));
      FlightServiceBlockingStub client = calls.as("admin");
      ByteString prepared = prepare(client, "select n");
      SqlInfoValue.Bits millis =
          (SqlInfoValue.Bits)
              ServerFacts.of(
                      FlightDoorSettings.at(
                          new InetSocketAddress(0), "1", Duration.ofMinutes(5), 256L << 20))
                  .get(SqlInfo.FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT_VALUE);
      own.now = own.now.plusMillis(millis.value()).minusSeconds(2);
      assertThat(client.getFlightInfo(preparedQuery(prepared)).getEndpointCount()).isOne();
      own.now = own.now.plusSeconds(4);
      assertUnknownHandle(() -> client.getFlightInfo(preparedQuery(prepared)));
    }
  }

  /** A client that does not read holds what it asked for, and after a while no more of it. */
  @Test
  void metadataThatNobodyReadsEnds() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.metadata.moreTables = 20_000;
      FlightServiceBlockingStub client = calls.as("admin");
      FlightInfo info =
          client.getFlightInfo(command(Any.pack(CommandGetTables.getDefaultInstance())));
      Iterator<FlightData> unread = client.doGet(ticket(info));
      Awaitility.await().until(() -> own.answers.size() == 1);
      own.answers.enforceLimits();
      assertThat(own.answers.size()).isOne();
      // Whatever is taken begins the five minutes anew, and each look adds four seconds: it ends
      // when nothing was taken for so many looks that the buffers are full, be the machine slow.
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                own.now = own.now.plusSeconds(4);
                own.answers.enforceLimits();
                return own.answers.size() == 0;
              });
      // What waits for a client that may never read is dropped, and the text with it.
      assertThatThrownBy(() -> unread.forEachRemaining(message -> {}))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              error ->
                  assertThat(error.getStatus().getCode())
                      .isIn(Status.Code.CANCELLED, Status.Code.DEADLINE_EXCEEDED));
    }
  }

  @Test
  void aListThatIsTooLongIsRefused() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.metadata.moreTables = 70_000;
      FlightServiceBlockingStub client = calls.as("admin");
      Ticket ticket =
          ticket(client.getFlightInfo(command(Any.pack(CommandGetTables.getDefaultInstance()))));
      assertThatThrownBy(() -> fetch(client, ticket))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              error ->
                  assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
          .hasMessageContaining("[RESULT_TOO_LARGE] The list takes more than the 64 MiB");
      assertThat(own.answers.heldBytes()).isZero();
      Ticket few =
          ticket(
              client.getFlightInfo(
                  command(
                      Any.pack(
                          CommandGetTables.newBuilder()
                              .setTableNameFilterPattern("orders%")
                              .build()))));
      assertThat(fetch(client, few)).isNotEmpty();
    }
  }

  @Test
  void metadataGivesItsPlaceBackWhenItIsReadAndWhenItsClientGoes() throws Exception {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.metadata.moreTables = 20_000;
      FlightServiceBlockingStub client = calls.as("admin");
      Ticket ticket =
          ticket(client.getFlightInfo(command(Any.pack(CommandGetTables.getDefaultInstance()))));
      long rows =
          fetch(client, ticket).stream().filter(data -> !data.getDataBody().isEmpty()).count();
      assertThat(rows).isGreaterThan(20);
      Awaitility.await().until(() -> own.answers.size() == 0);
      Iterator<FlightData> unread = client.doGet(ticket);
      Awaitility.await().until(() -> own.answers.size() == 1);
      calls.channel.shutdownNow();
      Awaitility.await().until(() -> own.answers.size() == 0);
      assertThat(unread).isNotNull();
    }
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
    ByteString numbers = ArrowEncoder.encapsulated(ResultColumns.described(Batches.NUMBERS));
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
}
