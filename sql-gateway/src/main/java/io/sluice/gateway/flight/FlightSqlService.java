package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.flight.ResultSender.Advertised;
import io.sluice.gateway.flight.SessionHandles.Prepared;
import io.sluice.gateway.flight.SessionHandles.Promise;
import io.sluice.gateway.flight.SessionHandles.Redeemed;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.GatewayAnswers;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.spark.ResultMessage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.arrow.flight.impl.Flight.Action;
import org.apache.arrow.flight.impl.Flight.ActionType;
import org.apache.arrow.flight.impl.Flight.Empty;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight.FlightInfo;
import org.apache.arrow.flight.impl.Flight.HandshakeRequest;
import org.apache.arrow.flight.impl.Flight.HandshakeResponse;
import org.apache.arrow.flight.impl.Flight.PollInfo;
import org.apache.arrow.flight.impl.Flight.PutResult;
import org.apache.arrow.flight.impl.Flight.Result;
import org.apache.arrow.flight.impl.Flight.SchemaResult;
import org.apache.arrow.flight.impl.Flight.Ticket;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Flight SQL's calls. Every method returns at once: what takes time is a future of the statement
 * service, or runs on the blocking executor. Preparing and GetFlightInfo analyse a statement, DoGet
 * runs it: a client can cancel nothing but an open stream. Only a poll sets a statement running
 * before it is fetched, and for a moment a {@link HeadStarts head start}.
 */
final class FlightSqlService implements FlightServiceGrpc.AsyncService {

  private final CallAuthentication authentication;
  private final StatementService statements;
  private final HandleRegistry handles;
  private final FlightActions actions;
  private final MetadataAnswers metadata;
  private final GatewayAnswers answers;
  private final BufferAllocator allocator;
  private final Executor blocking;
  private final FlightDoorSettings settings;
  private final HeadStarts headStarts;
  private final ResultPolls polls;
  private final StallTimer stalls;
  private final IngestLimits ingestLimits;
  private final ClientMemory parameterMemory;
  private final UntakenResults untaken;

  FlightSqlService(
      CallAuthentication authentication,
      StatementService statements,
      HandleRegistry handles,
      FlightActions actions,
      MetadataAnswers metadata,
      GatewayAnswers answers,
      BufferAllocator allocator,
      Executor blocking,
      FlightDoorSettings settings,
      HeadStarts headStarts,
      ResultPolls polls,
      StallTimer stalls,
      ClientMemory parameterMemory,
      UntakenResults untaken) {
    this.authentication = authentication;
    this.statements = statements;
    this.handles = handles;
    this.actions = actions;
    this.metadata = metadata;
    this.answers = answers;
    this.allocator = allocator;
    this.blocking = blocking;
    this.settings = settings;
    this.headStarts = headStarts;
    this.polls = polls;
    this.stalls = stalls;
    this.parameterMemory = parameterMemory;
    this.untaken = untaken;
    this.ingestLimits =
        new IngestLimits(
            settings.longestIngest(), settings.mostIngests(), settings.mostIngestsOfOneUser());
  }

  @Override
  public StreamObserver<HandshakeRequest> handshake(StreamObserver<HandshakeResponse> client) {
    tolerateCancel(client);
    answer(
        client,
        authentication.handshake(FlightCall.CURRENT.get()),
        (observer, session) -> observer.onCompleted());
    return new Ignored<>();
  }

  @Override
  public void getFlightInfo(FlightDescriptor descriptor, StreamObserver<FlightInfo> client) {
    respond(client, session -> info(session, descriptor), FlightSqlService::single);
  }

  @Override
  public void pollFlightInfo(FlightDescriptor descriptor, StreamObserver<PollInfo> client) {
    respond(client, session -> polls.poll(session, descriptor), FlightSqlService::single);
  }

  @Override
  public void getSchema(FlightDescriptor descriptor, StreamObserver<SchemaResult> client) {
    respond(
        client,
        session -> schema(session, FlightCommandDecoder.decode(descriptor)),
        (observer, schema) ->
            single(
                observer,
                SchemaResult.newBuilder().setSchema(ArrowEncoder.encapsulated(schema)).build()));
  }

  @Override
  public void doAction(Action action, StreamObserver<Result> client) {
    respond(
        client,
        session -> actions.run(session, action),
        (observer, body) -> {
          body.ifPresent(bytes -> observer.onNext(Result.newBuilder().setBody(bytes).build()));
          observer.onCompleted();
        });
  }

  @Override
  public void listActions(Empty request, StreamObserver<ActionType> client) {
    respond(
        client,
        session -> CompletableFuture.completedFuture(actions.types()),
        (observer, types) -> {
          types.forEach(observer::onNext);
          observer.onCompleted();
        });
  }

  @Override
  public StreamObserver<FlightData> doPut(StreamObserver<PutResult> client) {
    FlightCall call = FlightCall.CURRENT.get();
    return new UploadStream(
        (ServerCallStreamObserver<PutResult>) client,
        authentication.session(call),
        call.unknownRows(),
        statements,
        handles,
        allocator,
        blocking,
        settings,
        parameterMemory,
        ingestLimits,
        stalls);
  }

  /** DoGet, under a marshaller of ours in place of the generated one. */
  void get(Ticket ticket, StreamObserver<FlightFrame> client) {
    ServerCallStreamObserver<FlightFrame> stream = (ServerCallStreamObserver<FlightFrame>) client;
    FlightCall call = FlightCall.CURRENT.get();
    ResultSender sender =
        new ResultSender(
            stream,
            new StreamEnd(stream, call::readyBelow, stalls, untaken),
            settings.readyBytes());
    authentication
        .session(call)
        .thenCompose(session -> get(session, ticket, sender))
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                sender.fail(failure);
              }
            });
  }

  private CompletableFuture<Void> get(Session session, Ticket ticket, ResultSender sender) {
    return FlightCommandDecoder.decode(ticket.getTicket())
        .accept(
            new FlightCommand.Visitor<>() {
              @Override
              public CompletableFuture<Void> result(FlightCommand.Result command) {
                Redeemed redeemed = handles.of(session).redeem(command.handle());
                return headStarts
                    .run(redeemed.promise())
                    .thenAccept(begun -> run(session, redeemed, begun, sender));
              }

              @Override
              public CompletableFuture<Void> metadata(FlightCommand.Metadata command) {
                MetadataRequest request = command.request();
                Advertised advertised = new Advertised(request.schema(), false, null);
                sender.send(
                    session.principal().name(),
                    answers.limited(
                        session.principal(),
                        blocking,
                        rows -> request.answer(metadata.of(session), session.principal(), rows)),
                    advertised);
                return CompletableFuture.completedFuture(null);
              }
            });
  }

  private void run(
      Session session, Redeemed redeemed, Optional<StartedResult> begun, ResultSender sender) {
    if (sender.isGone()) {
      begun.ifPresent(run -> run.statement().cancel("its client has gone away"));
      return;
    }
    Promise promise = redeemed.promise();
    Statement statement;
    Flow.Publisher<ResultMessage> result;
    if (begun.isPresent()) {
      statement = begun.get().statement();
      result = begun.get();
    } else {
      statement = statements.submit(session, promise.sql(), promise.parameters());
      handles.of(session).started(redeemed.ticket(), statement);
      result = statement.result();
    }
    sender.send(
        session.principal().name(),
        result,
        new Advertised(promise.schema(), !promise.parameters().isEmpty(), statement.id()));
  }

  private CompletableFuture<FlightInfo> info(Session session, FlightDescriptor descriptor) {
    return FlightCommandDecoder.decode(descriptor)
        .accept(
            new FlightCommand.Visitor<>() {
              @Override
              public CompletableFuture<FlightInfo> query(FlightCommand.Query command) {
                return headStarts.promise(session, command.sql()).thenApply(this::promised);
              }

              @Override
              public CompletableFuture<FlightInfo> preparedQuery(
                  FlightCommand.PreparedQuery command) {
                Prepared prepared = handles.of(session).prepared(command.handle());
                return CompletableFuture.completedFuture(
                    promised(headStarts.promise(session, prepared)));
              }

              @Override
              public CompletableFuture<FlightInfo> metadata(FlightCommand.Metadata command) {
                return CompletableFuture.completedFuture(
                    FlightInfos.fetchable(
                        descriptor, command.request().schema(), descriptor.getCmd()));
              }

              private FlightInfo promised(ByteString handle) {
                return FlightInfos.fetchable(
                    descriptor,
                    handles.of(session).promised(handle).schema(),
                    FlightInfos.ticket(handle));
              }
            });
  }

  private CompletableFuture<Schema> schema(Session session, FlightCommand command) {
    return command.accept(
        new FlightCommand.Visitor<>() {
          @Override
          public CompletableFuture<Schema> query(FlightCommand.Query query) {
            return statements
                .prepare(session, query.sql())
                .thenApply(ResultColumns::described)
                .thenApply(prepared -> prepared.schema());
          }

          @Override
          public CompletableFuture<Schema> preparedQuery(FlightCommand.PreparedQuery query) {
            return CompletableFuture.completedFuture(
                handles.of(session).prepared(query.handle()).statement().schema());
          }

          @Override
          public CompletableFuture<Schema> metadata(FlightCommand.Metadata metadataCommand) {
            return CompletableFuture.completedFuture(metadataCommand.request().schema());
          }
        });
  }

  private <T, R> void respond(
      StreamObserver<T> client,
      Function<Session, CompletableFuture<R>> work,
      BiConsumer<StreamObserver<T>, R> success) {
    tolerateCancel(client);
    answer(client, authentication.session(FlightCall.CURRENT.get()).thenCompose(work), success);
  }

  private static <T, R> void answer(
      StreamObserver<T> client,
      CompletableFuture<R> work,
      BiConsumer<StreamObserver<T>, R> success) {
    work.whenComplete(
        (result, failure) -> {
          if (failure != null) {
            client.onError(FlightErrors.status(failure, null));
          } else {
            success.accept(client, result);
          }
        });
  }

  /** Without a handler, answering a client that has gone away throws. */
  private static void tolerateCancel(StreamObserver<?> client) {
    ((ServerCallStreamObserver<?>) client).setOnCancelHandler(() -> {});
  }

  private static <T> void single(StreamObserver<T> client, T message) {
    client.onNext(message);
    client.onCompleted();
  }

  /** What a client streams during a handshake; its credentials are in the headers. */
  private static final class Ignored<T> implements StreamObserver<T> {
    @Override
    public void onNext(T message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
