package io.sluice.gateway.flight;

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
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.impl.Flight.CancelFlightInfoResult;
import org.apache.arrow.flight.impl.Flight.CancelStatus;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.SessionOptionValue;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.impl.Flight.SetSessionOptionsResult;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** An open door and a client that speaks its raw protocol. */
abstract class FlightCalls {

  static DoorFixture fixture;
  static ManagedChannel channel;

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

  /** Reads to the end, whether the peer closes or resets. */
  static boolean drained(InputStream in) {
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

  static FlightServiceBlockingStub as(String user) {
    Session session = fixture.sessions.open(new Principal(user, Set.of()), "127.0.0.1");
    return bearer(fixture.tokens.issue(session.id(), user));
  }

  static FlightServiceBlockingStub bearer(String token) {
    return authorized(channel, "Bearer " + token);
  }

  static FlightServiceBlockingStub authorized(ManagedChannel channel, String header) {
    Metadata headers = new Metadata();
    headers.put(FlightCall.AUTHORIZATION, header);
    return FlightServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  static String basic(String user, String password) {
    byte[] credentials = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  static FlightDescriptor command(Any command) {
    return FlightDescriptor.newBuilder()
        .setType(FlightDescriptor.DescriptorType.CMD)
        .setCmd(command.toByteString())
        .build();
  }

  static FlightDescriptor query(String sql) {
    return command(Any.pack(CommandStatementQuery.newBuilder().setQuery(sql).build()));
  }

  static FlightDescriptor preparedQuery(ByteString handle) {
    return command(
        Any.pack(
            CommandPreparedStatementQuery.newBuilder().setPreparedStatementHandle(handle).build()));
  }

  static Ticket result(ByteString handle) {
    return Ticket.newBuilder()
        .setTicket(
            Any.pack(TicketStatementQuery.newBuilder().setStatementHandle(handle).build())
                .toByteString())
        .build();
  }

  static Ticket ticket(FlightInfo info) {
    return info.getEndpoint(0).getTicket();
  }

  static List<FlightData> fetch(FlightServiceBlockingStub client, Ticket ticket) {
    List<FlightData> messages = new ArrayList<>();
    client.doGet(ticket).forEachRemaining(messages::add);
    return messages;
  }

  static ByteString prepare(FlightServiceBlockingStub client, String sql) {
    return prepared(client, sql).getPreparedStatementHandle();
  }

  static ActionCreatePreparedStatementResult prepared(
      FlightServiceBlockingStub client, String sql) {
    Action action =
        Action.newBuilder()
            .setType("CreatePreparedStatement")
            .setBody(
                Any.pack(ActionCreatePreparedStatementRequest.newBuilder().setQuery(sql).build())
                    .toByteString())
            .build();
    try {
      return Any.parseFrom(client.doAction(action).next().getBody())
          .unpack(ActionCreatePreparedStatementResult.class);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static CancelStatus cancel(FlightServiceBlockingStub client, FlightInfo info) {
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

  static SetSessionOptionsResult setOptions(
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

  static void assertUnknownHandle(Runnable call) {
    assertRefused(
        call,
        Status.Code.NOT_FOUND,
        "[INVALID_HANDLE] There is no such statement handle, or it has expired or been used; run"
            + " the statement again (SQLSTATE 26000)");
  }

  static void assertRefused(Runnable call, Status.Code code, String text) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            error -> {
              assertThat(error.getStatus().getCode()).isEqualTo(code);
              assertThat(error.getStatus().getDescription()).contains(text);
            });
  }
}
