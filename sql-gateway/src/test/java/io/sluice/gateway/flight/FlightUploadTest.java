package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.sluice.gateway.session.Session;
import io.sluice.model.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Parameters that clients begin to send and do not end: they are held, but only so many. */
class FlightUploadTest {

  private static final int MESSAGE = 4 << 20;

  private DoorFixture door = new DoorFixture();
  private OwnChannel calls = new OwnChannel(door);

  @AfterEach
  void close() {
    calls.close();
    door.close();
  }

  @Test
  void whatIsNotSentToItsEndIsBoundedForEachUserAndGivenBack() throws Exception {
    Upload first = new Upload("admin", 3);
    Upload second = new Upload("admin", 3);
    await(6L * MESSAGE);
    Upload third = new Upload("admin", 3);
    assertThat(third.status.get(60, TimeUnit.SECONDS))
        .startsWith("RESOURCE_EXHAUSTED [QUEUE_FULL]");
    await(6L * MESSAGE);
    Upload others = new Upload("analyst", 3);
    await(9L * MESSAGE);
    assertThat(others.status).isNotDone();

    first.sender.cancel("enough", null);
    second.sender.onCompleted();
    assertThat(second.status.get(60, TimeUnit.SECONDS)).startsWith("NOT_FOUND [INVALID_HANDLE]");
    await(3L * MESSAGE);
    calls.channel.shutdownNow();
    await(0);
  }

  @Test
  void oneUploadIsBoundedToo() throws Exception {
    Upload large = new Upload("admin", 5);
    assertThat(large.status.get(60, TimeUnit.SECONDS)).startsWith("INVALID_ARGUMENT");
    await(0);
  }

  @Test
  void whatIsNotSentToItsEndIsGivenUp() throws Exception {
    close();
    door = new DoorFixture(Optional.empty(), UnaryOperator.identity(), Duration.ofSeconds(2));
    calls = new OwnChannel(door);
    Upload some = new Upload("admin", 3);
    Upload none = new Upload("admin", 0);
    for (Upload upload : List.of(some, none)) {
      assertThat(upload.status.get(60, TimeUnit.SECONDS))
          .startsWith("DEADLINE_EXCEEDED [STATEMENT_TIMEOUT] The client sent nothing for 2 s");
    }
    await(0);
  }

  /** Until it holds so much, give or take what comes with each message. */
  private void await(long bytes) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Math.abs(door.door().parameterBytes() - bytes) < 10_000);
  }

  /** Sends a few messages of parameters, and neither ends nor breaks off. */
  private final class Upload implements ClientResponseObserver<FlightData, PutResult> {
    final CompletableFuture<String> status = new CompletableFuture<>();
    final ClientCallStreamObserver<FlightData> sender;

    Upload(String user, int messages) {
      Session session = door.sessions.open(new Principal(user, Set.of()), "");
      Metadata headers = new Metadata();
      headers.put(FlightCall.AUTHORIZATION, "Bearer " + door.tokens.issue(session.id(), user));
      sender =
          (ClientCallStreamObserver<FlightData>)
              FlightServiceGrpc.newStub(calls.channel)
                  .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                  .doPut(this);
      FlightData message =
          FlightData.newBuilder()
              .setFlightDescriptor(
                  FlightCalls.command(Any.pack(CommandPreparedStatementQuery.getDefaultInstance())))
              .setDataHeader(ByteString.copyFromUtf8("x"))
              .setDataBody(ByteString.copyFrom(new byte[MESSAGE]))
              .build();
      // The fifth is refused; what a client sends after that nobody reads.
      IntStream.range(0, messages).forEach(each -> sender.onNext(message));
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FlightData> stream) {}

    @Override
    public void onNext(PutResult result) {}

    @Override
    public void onError(Throwable failure) {
      Status refused = Status.fromThrowable(failure);
      status.complete(refused.getCode() + " " + refused.getDescription());
    }

    @Override
    public void onCompleted() {
      status.complete("OK");
    }
  }
}
