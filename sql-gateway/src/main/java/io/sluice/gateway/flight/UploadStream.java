package io.sluice.gateway.flight;

import com.google.protobuf.Message;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.ClientStall;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * A DoPut: parameters for a prepared statement, a statement that is run for its effect, or rows for
 * a table. Messages are asked of the client one at a time, each when the one before is dealt with:
 * of an ingest no more is here than one. A client that sends no more of its parameters loses them
 * after a while; of an ingest its statement sees to that.
 */
final class UploadStream implements StreamObserver<FlightData> {

  private final ServerCallStreamObserver<PutResult> client;
  private final CompletableFuture<Session> session;
  private final long unknownRows;

  /** Beyond it gRPC ends the call, which looks like a client that has gone away. */
  private final int longestMessage;

  private final StatementService statements;
  private final HandleRegistry handles;
  private final Executor blocking;
  private final IngestLimits ingestLimits;
  private final BufferAllocator allocator;
  private final ParameterReader parameters;
  private FlightDescriptor descriptor = FlightDescriptor.getDefaultInstance();
  private volatile @Nullable IngestUpload ingest;
  private boolean begun;
  private volatile boolean failed;
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile boolean gone;
  private volatile @Nullable Statement running;
  private final StallTimer stalls;
  private final AtomicReference<@Nullable Patience> patience = new AtomicReference<>();

  /**
   * Takes over a call; to be made before the service method returns to gRPC.
   *
   * @param unknownRows what this client is told of a prepared update's rows
   */
  UploadStream(
      ServerCallStreamObserver<PutResult> client,
      CompletableFuture<Session> session,
      long unknownRows,
      StatementService statements,
      HandleRegistry handles,
      BufferAllocator allocator,
      Executor blocking,
      FlightDoorSettings settings,
      ClientMemory parameterMemory,
      IngestLimits ingestLimits,
      StallTimer stalls) {
    this.client = client;
    this.session = session;
    this.unknownRows = unknownRows;
    this.longestMessage = settings.longestRequest();
    this.statements = statements;
    this.handles = handles;
    this.blocking = blocking;
    this.allocator = allocator;
    this.ingestLimits = ingestLimits;
    this.stalls = stalls;
    this.parameters = new ParameterReader(allocator, settings.longestUpload(), parameterMemory);
    client.setOnCancelHandler(this::canceled);
    client.disableAutoRequest();
    if (session.isCompletedExceptionally()) {
      failed = true;
      answer(session.thenCompose(this::run));
    } else {
      // What nobody has logged in for is not read.
      session.whenComplete(
          (known, failure) -> {
            if (failure == null) {
              ask();
            } else {
              refuse(failure);
            }
          });
    }
  }

  @Override
  public void onNext(FlightData data) {
    if (!waitNoLonger() || failed) {
      return;
    }
    try {
      if (data.hasFlightDescriptor()) {
        begin(data.getFlightDescriptor());
      }
      IngestUpload rows = ingest;
      if (rows == null) {
        // Nothing is read before the login, so the session is there.
        parameters.add(session.join().principal().name(), data);
        ask();
      } else {
        rows.add(data);
      }
    } catch (RuntimeException e) {
      canceled();
      refuse(e);
    }
  }

  /** Asks for one more message; of what runs already nothing more is needed. */
  private void ask() {
    if (!begun) {
      AtomicBoolean over = new AtomicBoolean();
      ScheduledFuture<?> timer =
          stalls.afterStall(
              () -> {
                if (over.compareAndSet(false, true)) {
                  stalled();
                }
              });
      patience.set(new Patience(timer, over));
    }
    client.request(1);
  }

  /** Returns false when the upload was given up the moment before. */
  private boolean waitNoLonger() {
    Patience before = patience.getAndSet(null);
    if (before == null) {
      return true;
    }
    before.timer.cancel(false);
    return before.over.compareAndSet(false, true);
  }

  private void stalled() {
    refuse(
        ClientStall.error(
            "The client sent nothing for "
                + stalls.stall().toSeconds()
                + " s, so its parameters were dropped. Send them without a pause, and end the"
                + " upload."));
  }

  private void refuse(Throwable failure) {
    failed = true;
    parameters.close();
    if (maySpeak()) {
      client.onError(FlightErrors.status(failure, null));
    }
  }

  /**
   * Returns whether the client is still to be answered. Where gRPC has refused a message, it has
   * ended the call with words of its own, and a second ending would break the whole connection.
   */
  private boolean maySpeak() {
    return answered.compareAndSet(false, true) && !client.isCancelled();
  }

  private void begin(FlightDescriptor next) {
    descriptor = next;
    FlightCommand decoded = FlightCommandDecoder.decode(next);
    if (decoded instanceof FlightCommand.Update && ingest == null && !begun) {
      // Nothing more comes that it needs, and some clients say that they are done only after it.
      begun = true;
      answer(session.thenComposeAsync(current -> run(current, decoded), blocking));
    } else if (decoded instanceof FlightCommand.Ingest command && ingest == null && !begun) {
      String user = session.join().principal().name();
      ingestLimits.enter(user);
      IngestUpload upload =
          new IngestUpload(
              session.thenApply(known -> statements.ingest(known, command.target())),
              new IngestReader(allocator, ingestLimits.mostBytes()),
              () -> client.request(1),
              this::started,
              blocking);
      ingest = upload;
      upload.result().whenComplete((message, failure) -> ingestLimits.leave(user));
      answer(upload.result());
    }
  }

  /** The client went away before it had sent all. */
  @Override
  public void onError(Throwable failure) {
    waitNoLonger();
    failed = true;
    parameters.close();
  }

  @Override
  public void onCompleted() {
    IngestUpload rows = ingest;
    if (!waitNoLonger() || failed) {
      return;
    }
    if (rows != null) {
      rows.end();
    } else if (!begun) {
      answer(session.thenComposeAsync(this::run, blocking));
    }
  }

  private CompletableFuture<Message> run(Session current) {
    return run(current, FlightCommandDecoder.decode(descriptor));
  }

  private CompletableFuture<Message> run(Session current, FlightCommand command) {
    return command.accept(
        new UploadRun(
            statements,
            handles.of(current),
            current,
            parameters,
            unknownRows,
            this::started,
            blocking));
  }

  private void answer(CompletableFuture<Message> result) {
    result.whenComplete(
        (message, failure) -> {
          if (failure != null) {
            refuse(failure);
            return;
          }
          parameters.close();
          if (maySpeak()) {
            client.onNext(PutResult.newBuilder().setAppMetadata(message.toByteString()).build());
            client.onCompleted();
          }
        });
  }

  private void started(Statement statement) {
    running = statement;
    if (gone) {
      canceled();
    }
  }

  private void canceled() {
    gone = true;
    Statement statement = running;
    if (statement != null) {
      statement.cancel(
          ingest == null
              ? "its client went away"
              : "its client went away, or sent a batch of more than "
                  + longestMessage / (1 << 20)
                  + " MiB; send the rows in smaller batches");
    }
  }

  /**
   * The wait for a message.
   *
   * @param over set by what comes first, the message or the end of the wait
   */
  private record Patience(ScheduledFuture<?> timer, AtomicBoolean over) {}
}
