package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave a part of a result in the gateway's buffers, when all of it has been sent. */
class FlightStalledClientTest {

  /** Less than waits for a client, so that the whole result is on its way at once. */
  private static final int ROWS = 200_000;

  @Test
  void oneThatLeavesTheRestOfAResultLosesItWithoutAWord() throws Exception {
    try (GrpcLogRecords grpc = new GrpcLogRecords();
        DoorFixture door = door(Duration.ofSeconds(1));
        LogLines own = LogLines.of(StreamEnd.class)) {
      Fetch fetch = new Fetch(door);
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> own.lines(Level.INFO), lines -> !lines.isEmpty());
      // It learns of the end when it has read what it holds itself.
      fetch.call.request(9);
      Status status = fetch.closed.get(60, TimeUnit.SECONDS);
      assertThat(status.getCode()).isEqualTo(Status.Code.CANCELLED);
      assertThat(door.statements.last().ending).isCompleted();
      assertThat(grpc.records).isEmpty();
      assertThat(own.lines(Level.INFO)).hasSize(1);
      assertThat(own.lines()).isEmpty();
      fetch.channel.shutdownNow();
    }
  }

  /** One that cancels, and one whose connection breaks. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneThatLeavesIsNotWarnedOf(boolean cancels) throws Exception {
    try (GrpcLogRecords grpc = new GrpcLogRecords();
        DoorFixture door = door(Duration.ofMinutes(5))) {
      Fetch fetch = new Fetch(door);
      door.statements.last().ending.get(60, TimeUnit.SECONDS);
      if (cancels) {
        fetch.call.cancel("has seen enough", null);
        fetch.closed.get(60, TimeUnit.SECONDS);
      }
      fetch.channel.shutdownNow();
      Awaitility.await()
          .atMost(60, TimeUnit.SECONDS)
          .until(door.door()::connections, open -> open == 0);
      assertThat(grpc.records).isEmpty();
    }
  }

  @Test
  void oneThatComesBackInTimeHasItAll() throws Exception {
    try (DoorFixture door = door(Duration.ofMinutes(5))) {
      Fetch fetch = new Fetch(door);
      door.statements.last().ending.get(60, TimeUnit.SECONDS);
      assertThat(fetch.closed).isNotDone();
      fetch.call.request(9);
      assertThat(fetch.closed.get(60, TimeUnit.SECONDS).isOk()).isTrue();
      assertThat(fetch.messages).hasSize(2);
      fetch.channel.shutdownNow();
    }
  }

  @Test
  void manyThatEachLeaveALittleLoseTheOldestOfIt() throws Exception {
    List<Fetch> fetches = new ArrayList<>();
    try (DoorFixture door = door(Duration.ofMinutes(5));
        LogLines own = LogLines.of(StreamEnd.class)) {
      while (own.lines(Level.INFO).isEmpty()) {
        assertThat(fetches).hasSizeLessThan(100);
        fetches.add(new Fetch(door));
        door.statements.last().ending.get(60, TimeUnit.SECONDS);
      }
      assertThat(fetches).hasSizeGreaterThan(40);
      Awaitility.await()
          .until(door.door()::untakenBytes, bytes -> bytes > (100 << 20) && bytes <= (128 << 20));
      assertThat(own.lines(Level.INFO).get(0)).contains("others were left too");
      fetches.forEach(fetch -> fetch.call.request(9));
      assertThat(fetches.get(0).closed.get(60, TimeUnit.SECONDS).getCode())
          .isEqualTo(Status.Code.CANCELLED);
      for (Fetch fetch : fetches.subList(own.lines(Level.INFO).size(), fetches.size())) {
        assertThat(fetch.closed.get(60, TimeUnit.SECONDS).isOk()).isTrue();
      }
      Awaitility.await().until(door.door()::untakenBytes, bytes -> bytes == 0);
    } finally {
      fetches.forEach(fetch -> fetch.channel.shutdownNow());
    }
  }

  private static DoorFixture door(Duration clientStall) {
    DoorFixture door = new DoorFixture(Optional.empty(), UnaryOperator.identity(), clientStall);
    door.statements.query(
        "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(door.allocator, 1, ROWS));
    return door;
  }

  /** Takes the schema and no row until it asks for more. */
  private static final class Fetch {
    final List<FlightData> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<Status> closed = new CompletableFuture<>();
    final ManagedChannel channel;
    final ClientCall<Ticket, FlightData> call;

    Fetch(DoorFixture door) throws Exception {
      channel =
          NettyChannelBuilder.forAddress("127.0.0.1", door.port())
              .usePlaintext()
              .flowControlWindow(1 << 16)
              .build();
      Session session = door.sessions.open(new Principal("admin", Set.of()), "");
      String token = "Bearer " + door.tokens.issue(session.id(), "admin");
      Ticket ticket =
          FlightCalls.ticket(
              FlightCalls.authorized(channel, token).getFlightInfo(FlightCalls.query("select n")));
      call = channel.newCall(FlightServiceGrpc.getDoGetMethod(), CallOptions.DEFAULT);
      Metadata headers = new Metadata();
      headers.put(FlightCall.AUTHORIZATION, token);
      CompletableFuture<Void> first = new CompletableFuture<>();
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(FlightData message) {
              messages.add(message);
              first.complete(null);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              closed.complete(status);
            }
          },
          headers);
      call.sendMessage(ticket);
      call.halfClose();
      call.request(1);
      first.get(60, TimeUnit.SECONDS);
    }
  }
}
