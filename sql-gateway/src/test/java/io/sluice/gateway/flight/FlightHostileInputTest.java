package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.sluice.gateway.identity.HandleSigner;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.model.Principal;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.Empty;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What an attacker would try. */
class FlightHostileInputTest extends FlightCalls {

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
  void aMessageThatIsTooLargeIsRefusedWithoutAWarning() {
    FlightServiceBlockingStub client = as("admin");
    Action large =
        Action.newBuilder()
            .setType("CreatePreparedStatement")
            .setBody(ByteString.copyFrom(new byte[17 << 20]))
            .build();
    try (GrpcLogRecords grpc = new GrpcLogRecords()) {
      assertRefused(
          () -> client.doAction(large).next(),
          Status.Code.RESOURCE_EXHAUSTED,
          "gRPC message exceeds maximum size 16777216");
      assertThat(grpc.records)
          .noneMatch(line -> line.getLoggerName().equals("io.grpc.netty.NettyServerStream"));
    }
    assertThat(client.getFlightInfo(query("select n")).getEndpointCount()).isEqualTo(1);
  }

  /** Whoever resets calls as fast as they can be made never has too many of them. */
  @Test
  void aFloodOfResetsEndsTheConnection() throws Exception {
    try (OwnChannel calls = new OwnChannel(fixture)) {
      fixture.statements.query("select never", Batches.NUMBERS, List.of(), FakeStatements::never);
      FlightServiceBlockingStub client = calls.as("admin");
      Ticket ticket = ticket(client.getFlightInfo(query("select never")));
      CompletableFuture<Status> other =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return fetch(client, ticket).isEmpty() ? Status.OK : Status.UNKNOWN;
                } catch (StatusRuntimeException broken) {
                  return broken.getStatus();
                }
              });
      Awaitility.await().until(() -> fixture.statements.last().messagesRequested.get() > 0);
      for (int call = 0; call < 10_000 && !other.isDone(); call++) {
        ClientCall<Empty, ActionType> reset =
            calls.channel.newCall(FlightServiceGrpc.getListActionsMethod(), CallOptions.DEFAULT);
        reset.start(new ClientCall.Listener<>() {}, new Metadata());
        reset.sendMessage(Empty.getDefaultInstance());
        reset.halfClose();
        reset.cancel("flood", null);
      }
      assertThat(other.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      // A connection made anew is served.
      assertThat(client.getFlightInfo(query("select n")).getEndpointCount()).isEqualTo(1);
    }
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
}
