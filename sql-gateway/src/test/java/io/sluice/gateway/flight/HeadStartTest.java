package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.statement.FakeStatements.FakeStatement;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.PollInfo;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What runs before it is fetched: for whom, for how long, and on whose authority. */
class HeadStartTest extends FlightCalls {

  private static final String READ = "select n from t";

  private static final ByteString NUMBERS =
      ArrowEncoder.encapsulated(ResultColumns.described(Batches.NUMBERS));

  @BeforeAll
  static void teach() {
    fixture.statements.read(READ, Batches.NUMBERS, () -> Batches.numbers(fixture.allocator, 2, 3));
    fixture.statements.call(
        "call p()", Batches.NUMBERS, () -> Batches.numbers(fixture.allocator, 1, 1));
  }

  @BeforeEach
  void forget() {
    fixture.statements.submitted.clear();
    fixture.statements.columns.clear();
    fixture.statements.rewritten = () -> "as before";
  }

  @Test
  void whoFetchesAtOnceFindsTheNextResultRunning() {
    FlightServiceBlockingStub client = as("admin");
    FlightInfo first = client.getFlightInfo(query(READ));
    assertThat(fixture.statements.submitted).isEmpty();
    int messages = fetch(client, ticket(first)).size();
    for (int run = 2; run < 5; run++) {
      FlightInfo next = client.getFlightInfo(query(READ));
      assertThat(fixture.statements.submitted).hasSize(run);
      assertThat(fetch(client, ticket(next))).hasSize(messages);
      assertThat(fixture.statements.submitted).hasSize(run);
      assertUnknownHandle(() -> fetch(client, ticket(next)));
    }
  }

  @Test
  void whatIsNotFetchedInTimeEndsAndRunsAnewWhenItIs() throws Exception {
    FlightServiceBlockingStub client = prompt();
    FlightInfo info = client.getFlightInfo(query(READ));
    FakeStatement begun = fixture.statements.last();
    assertThat(begun.canceled.get(30, TimeUnit.SECONDS)).contains("did not come");
    FlightInfo meanwhile = client.getFlightInfo(query(READ));
    assertThat(fixture.statements.last()).as("no head start before a fetch").isSameAs(begun);
    assertThat(fetch(client, ticket(info))).isNotEmpty();
    assertThat(fixture.statements.last()).isNotSameAs(begun);
    assertThat(fetch(client, ticket(meanwhile))).isNotEmpty();
  }

  @Test
  void oneResultAtATimeRunsAhead() {
    FlightServiceBlockingStub client = prompt();
    FlightInfo ahead = client.getFlightInfo(query(READ));
    FlightInfo other = client.getFlightInfo(query(READ));
    assertThat(fixture.statements.submitted).hasSize(2);
    fetch(client, ticket(other));
    fetch(client, ticket(ahead));
    assertThat(fixture.statements.submitted).hasSize(3);
  }

  @Test
  void aPromptFetchOfAnotherResultMakesNoSecondOneRunAhead() {
    FlightServiceBlockingStub client = prompt();
    FlightInfo ahead = client.getFlightInfo(query(READ));
    fetch(client, ticket(client.getFlightInfo(query(READ))));
    FlightInfo third = client.getFlightInfo(query(READ));
    assertThat(fixture.statements.submitted).hasSize(3);
    fetch(client, ticket(ahead));
    fetch(client, ticket(third));
    assertThat(fixture.statements.submitted).hasSize(4);
  }

  @Test
  void oneThatHasFailedRunsAnew() {
    FlightServiceBlockingStub client = prompt();
    FlightInfo info = client.getFlightInfo(query(READ));
    fixture.statements.last().ending.complete(StatementState.FAILED);
    assertThat(fetch(client, ticket(info))).isNotEmpty();
    assertThat(fixture.statements.submitted).hasSize(3);
  }

  @Test
  void oneThatIsPolledRunsOn() throws Exception {
    FlightServiceBlockingStub client = prompt();
    FlightInfo info = client.getFlightInfo(query(READ));
    PollInfo poll =
        client.pollFlightInfo(
            FlightDescriptor.newBuilder()
                .setType(FlightDescriptor.DescriptorType.CMD)
                .setCmd(ticket(info).getTicket())
                .build());
    Thread.sleep(HeadStarts.LONGEST.plusMillis(500).toMillis());
    assertThat(fixture.statements.last().canceled).isNotDone();
    assertThat(fetch(client, ticket(poll.getInfo()))).isNotEmpty();
    assertThat(fixture.statements.submitted).hasSize(2);
  }

  @Test
  void whoFetchesLateGetsNone() {
    try (DoorFixture own = new DoorFixture();
        OwnChannel calls = new OwnChannel(own)) {
      own.statements.read(READ, Batches.NUMBERS, () -> Batches.numbers(own.allocator, 1, 1));
      FlightServiceBlockingStub client = calls.as("admin");
      FlightInfo info = client.getFlightInfo(query(READ));
      own.now = own.now.plus(HeadStarts.LONGEST).plus(Duration.ofMillis(1));
      fetch(client, ticket(info));
      client.getFlightInfo(query(READ));
      assertThat(own.statements.submitted).hasSize(1);
    }
  }

  @Test
  void whatHasAnEffectBeginsWhenItIsFetched() {
    FlightServiceBlockingStub client = prompt();
    FlightInfo info = client.getFlightInfo(query("call p()"));
    assertThat(fixture.statements.texts()).containsExactly(READ);
    fetch(client, ticket(info));
    assertThat(fixture.statements.texts()).containsExactly(READ, "call p()");
  }

  @Test
  void aRunThatWouldReadOtherwiseNowIsThrownAway() throws Exception {
    FlightServiceBlockingStub client = prompt();
    FlightInfo info = client.getFlightInfo(query(READ));
    FakeStatement begun = fixture.statements.last();
    fixture.statements.rewritten = () -> "with a row filter";
    assertThat(fetch(client, ticket(info))).isNotEmpty();
    assertThat(begun.canceled.get(30, TimeUnit.SECONDS)).contains("has changed");
    assertThat(begun.messagesRequested).as("nobody was given the rest").hasValue(1);
    assertThat(fixture.statements.last()).isNotSameAs(begun);
  }

  @Test
  void aRunThatWouldBeRefusedNowIsThrownAway() throws Exception {
    FlightServiceBlockingStub client = prompt();
    FlightInfo info = client.getFlightInfo(query(READ));
    FakeStatement begun = fixture.statements.last();
    SluiceException denial = new SluiceException(ErrorCode.PERMISSION_DENIED, "no more");
    fixture.statements.rewritten =
        () -> {
          throw denial;
        };
    assertRefused(() -> fetch(client, ticket(info)), Status.Code.PERMISSION_DENIED, "no more");
    assertThat(begun.canceled.get(30, TimeUnit.SECONDS)).contains("has changed");
  }

  @Test
  void aRunTellsTheColumnsThatNobodyKnows() {
    FlightServiceBlockingStub client = prompt();
    fixture.statements.prepared.clear();
    fixture.statements.columns.put(READ, CompletableFuture.completedFuture(Batches.NUMBERS));
    FlightInfo info = client.getFlightInfo(query(READ));
    assertThat(info.getSchema()).isEqualTo(NUMBERS);
    assertThat(fixture.statements.prepared).isEmpty();
    assertThat(fixture.statements.submitted).hasSize(2);
    assertThat(fetch(client, ticket(info))).isNotEmpty();
    assertThat(fixture.statements.submitted).hasSize(2);
    PollInfo poll = client.pollFlightInfo(query(READ));
    assertThat(poll.getInfo().getSchema()).isEqualTo(NUMBERS);
    assertThat(fetch(client, ticket(poll.getInfo()))).isNotEmpty();
    assertThat(fixture.statements.prepared).isEmpty();
    assertThat(fixture.statements.submitted).hasSize(3);
  }

  @Test
  void whoGetsNoHeadStartHasSparkAskedForTheColumns() {
    fixture.statements.columns.put(READ, CompletableFuture.completedFuture(Batches.NUMBERS));
    fixture.statements.prepared.clear();
    as("admin").getFlightInfo(query(READ));
    assertThat(fixture.statements.prepared).containsExactly(READ);
    assertThat(fixture.statements.submitted).isEmpty();
  }

  @Test
  void whatToldItsColumnsAndIsNotFetchedInTimeEndsToo() throws Exception {
    FlightServiceBlockingStub client = prompt();
    fixture.statements.columns.put(READ, CompletableFuture.completedFuture(Batches.NUMBERS));
    FlightInfo info = client.getFlightInfo(query(READ));
    FakeStatement begun = fixture.statements.last();
    assertThat(begun.canceled.get(30, TimeUnit.SECONDS)).contains("did not come");
    assertThat(fetch(client, ticket(info))).isNotEmpty();
    assertThat(fixture.statements.last()).isNotSameAs(begun);
  }

  @Test
  void aRunThatIsLateWithItsColumnsOrRefusedIsAsIfItHadNotBegun() throws Exception {
    for (CompletableFuture<Schema> columns :
        List.of(
            new CompletableFuture<Schema>(),
            CompletableFuture.<Schema>failedFuture(
                new SluiceException(ErrorCode.QUEUE_FULL, "too many wait")))) {
      forget();
      FlightServiceBlockingStub client = prompt();
      fixture.statements.prepared.clear();
      fixture.statements.columns.put(READ, columns);
      FlightInfo info = client.getFlightInfo(query(READ));
      assertThat(info.getSchema()).isEqualTo(NUMBERS);
      assertThat(fixture.statements.prepared).containsExactly(READ);
      FakeStatement begun = fixture.statements.last();
      assertThat(begun.canceled.get(30, TimeUnit.SECONDS)).contains("columns at once");
      fixture.statements.columns.clear();
      assertThat(fetch(client, ticket(info))).isNotEmpty();
      assertThat(fixture.statements.last()).isNotSameAs(begun);
      client.getFlightInfo(query(READ));
      assertThat(fixture.statements.submitted).as("room for the next").hasSize(4);
    }
  }

  @Test
  void aPolledRunThatWaitsForItsTurnKeepsItsPlaceWhileSparkIsAskedForItsColumns() {
    FlightServiceBlockingStub client = as("admin");
    fixture.statements.prepared.clear();
    fixture.statements.columns.put(READ, new CompletableFuture<>());
    PollInfo poll = client.pollFlightInfo(query(READ));
    assertThat(poll.getInfo().getSchema()).isEqualTo(NUMBERS);
    assertThat(fixture.statements.prepared).containsExactly(READ);
    assertThat(fetch(client, ticket(poll.getInfo()))).isNotEmpty();
    assertThat(fixture.statements.submitted).hasSize(1);
  }

  @Test
  void itsTicketCancelsIt() throws Exception {
    FlightServiceBlockingStub client = prompt();
    FlightInfo info = client.getFlightInfo(query(READ));
    assertThat(cancel(client, info)).isEqualTo(CancelStatus.CANCEL_STATUS_CANCELLED);
    assertThat(fixture.statements.last().canceled.get(30, TimeUnit.SECONDS)).isNotEmpty();
    assertUnknownHandle(() -> fetch(client, ticket(info)));
  }

  /** Returns a client that has fetched a result at once. */
  private static FlightServiceBlockingStub prompt() {
    FlightServiceBlockingStub client = as("admin");
    assertThat(List.copyOf(fetch(client, ticket(client.getFlightInfo(query(READ)))))).isNotEmpty();
    assertThat(fixture.statements.submitted).hasSize(1);
    return client;
  }
}
