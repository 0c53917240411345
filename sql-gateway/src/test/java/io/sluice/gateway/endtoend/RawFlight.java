package io.sluice.gateway.endtoend;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.HandshakeRequest;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.impl.FlightServiceGrpc.FlightServiceBlockingStub;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;

/** A client that speaks Flight's messages themselves, and does with them what no driver would. */
final class RawFlight implements AutoCloseable {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** Longer than any call takes that goes well. */
  private static final long MOST_SECONDS = 120;

  final ManagedChannel channel;
  private final String token;

  private RawFlight(ManagedChannel channel, String token) {
    this.channel = channel;
    this.token = token;
  }

  /** Opens a session. */
  static RawFlight login(int port, String user) {
    ManagedChannel channel = channel(port);
    AtomicReference<Metadata> headers = new AtomicReference<>();
    AtomicReference<Metadata> trailers = new AtomicReference<>();
    CompletableFuture<Void> done = promise();
    Metadata credentials = new Metadata();
    credentials.put(AUTHORIZATION, basic(user));
    var handshake =
        FlightServiceGrpc.newStub(channel)
            .withInterceptors(
                MetadataUtils.newAttachHeadersInterceptor(credentials),
                MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
            .withDeadlineAfter(MOST_SECONDS, TimeUnit.SECONDS)
            .handshake(new Done<>(done));
    handshake.onNext(HandshakeRequest.getDefaultInstance());
    handshake.onCompleted();
    done.join();
    return new RawFlight(channel, headers.get().get(AUTHORIZATION));
  }

  /** Returns a connection without a session: each call brings the password. */
  static RawFlight withPassword(int port, String user) {
    return new RawFlight(channel(port), basic(user));
  }

  /** Returns another connection of the same session. */
  RawFlight connection(int port) {
    return new RawFlight(channel(port), token);
  }

  /** Returns the value of the header that each call brings. */
  String authorization() {
    return token;
  }

  /** Returns what nobody waits for without end. */
  private static <T> CompletableFuture<T> promise() {
    return new CompletableFuture<T>().orTimeout(MOST_SECONDS, TimeUnit.SECONDS);
  }

  private static String basic(String user) {
    byte[] credentials = (user + ":" + user).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  private static ManagedChannel channel(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .usePlaintext()
        .proxyDetector(address -> null)
        .maxInboundMessageSize(64 << 20)
        // Fixed, or what a client that does not read holds itself would grow.
        .flowControlWindow(1 << 16)
        .build();
  }

  FlightServiceBlockingStub stub() {
    return FlightServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers()))
        .withDeadlineAfter(MOST_SECONDS, TimeUnit.SECONDS);
  }

  FlightServiceGrpc.FlightServiceStub later() {
    return FlightServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers()))
        .withDeadlineAfter(MOST_SECONDS, TimeUnit.SECONDS);
  }

  private Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, token);
    return headers;
  }

  static FlightDescriptor descriptor(ByteString command) {
    return FlightDescriptor.newBuilder()
        .setType(FlightDescriptor.DescriptorType.CMD)
        .setCmd(command)
        .build();
  }

  static FlightDescriptor query(String sql) {
    return descriptor(pack(CommandStatementQuery.newBuilder().setQuery(sql).build()));
  }

  static ByteString pack(com.google.protobuf.Message message) {
    return Any.pack(message).toByteString();
  }

  Ticket ticket(String sql) {
    return stub().getFlightInfo(query(sql)).getEndpoint(0).getTicket();
  }

  /** Fetches a whole result. */
  List<FlightData> fetch(Ticket ticket) {
    List<FlightData> messages = new ArrayList<>();
    stub().doGet(ticket).forEachRemaining(messages::add);
    return messages;
  }

  List<FlightData> run(String sql) {
    return fetch(ticket(sql));
  }

  ByteString prepare(String sql) {
    ByteString body =
        stub()
            .doAction(
                action(
                    "CreatePreparedStatement",
                    pack(ActionCreatePreparedStatementRequest.newBuilder().setQuery(sql).build())))
            .next()
            .getBody();
    try {
      return Any.parseFrom(body)
          .unpack(ActionCreatePreparedStatementResult.class)
          .getPreparedStatementHandle();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static Action action(String type, ByteString body) {
    return Action.newBuilder().setType(type).setBody(body).build();
  }

  /** Begins to fetch, and takes so many messages and no more. */
  Fetch begin(Ticket ticket, int messages) {
    return new Fetch(ticket, messages);
  }

  void closeSession() {
    stub().doAction(action("CloseSession", ByteString.EMPTY)).forEachRemaining(result -> {});
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** Returns the status with which a call is refused. */
  static Status refusal(Runnable call) {
    try {
      call.run();
      throw new AssertionError("it was not refused");
    } catch (StatusRuntimeException refused) {
      return refused.getStatus();
    }
  }

  /** A fetch whose client decides how much it takes. */
  final class Fetch extends ClientCall.Listener<FlightData> {
    final CompletableFuture<Void> taken = promise();
    final CompletableFuture<Status> closed = promise();
    final ClientCall<Ticket, FlightData> call;
    private final AtomicLong rows = new AtomicLong();
    private int left;

    private Fetch(Ticket ticket, int messages) {
      left = messages;
      call =
          channel.newCall(
              FlightServiceGrpc.getDoGetMethod(),
              CallOptions.DEFAULT.withDeadlineAfter(MOST_SECONDS, TimeUnit.SECONDS));
      call.start(this, headers());
      call.sendMessage(ticket);
      call.halfClose();
      call.request(messages);
    }

    @Override
    public void onMessage(FlightData message) {
      Message header = Message.getRootAsMessage(message.getDataHeader().asReadOnlyByteBuffer());
      if (header.headerType() == MessageHeader.RecordBatch) {
        rows.addAndGet(((RecordBatch) header.header(new RecordBatch())).length());
      }
      if (--left == 0) {
        taken.complete(null);
      }
    }

    /** Returns how many rows have come. */
    long rows() {
      return rows.get();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      closed.complete(status);
      taken.completeExceptionally(status.asRuntimeException(trailers));
    }
  }

  /** Tells when a stream of answers has ended, well or not. */
  static final class Done<T> implements io.grpc.stub.StreamObserver<T> {
    private final CompletableFuture<Void> done;

    Done(CompletableFuture<Void> done) {
      this.done = done;
    }

    @Override
    public void onNext(T answer) {}

    @Override
    public void onError(Throwable failure) {
      done.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      done.complete(null);
    }
  }
}
