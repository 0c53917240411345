package io.sluice.spark;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.util.ArrayDeque;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of one statement: a publisher for a single subscriber, and its subscription.
 *
 * <p>Several gRPC calls may carry one result: Spark ends a call after two minutes or one gigabyte,
 * connections break, and each time the operation is attached to again behind the last response
 * seen. Only {@code ResultComplete} means that the result is whole.
 *
 * <p>Signals of the subscriber, of gRPC and of timers all pass through {@link #context}, which runs
 * them one after the other; every field below it is touched there alone. A response is asked of
 * gRPC only while the subscriber has asked for a message, so that what waits here is never more
 * than one response, beside the flow control window.
 */
final class ExecuteStream implements SparkRun, Flow.Subscription {

  private static final Logger LOG = LoggerFactory.getLogger(ExecuteStream.class);

  private static final int MOST_RETRIES = 5;
  private static final long FIRST_WAIT_MILLIS = 100;
  private static final int MOST_INTERRUPTS = 300;
  private static final long INTERRUPT_WAIT_MILLIS = 200;

  /**
   * A statement that shows no work for so long, planning or waiting, is interrupted all the same.
   */
  private static final long SAFE_WAIT_MILLIS = 10_000;

  /** Spark keeps sent responses to send them again; after so many bytes it is told to let go. */
  private static final long RELEASE_BYTES = 4 << 20;

  /**
   * Responses are read where they arrive: another thread would have to be woken for each, and again
   * to ask for the next one, and would find their bytes in the memory of another core.
   */
  private static final CallOptions ON_CONNECTION_THREAD =
      CallOptions.DEFAULT.withExecutor(MoreExecutors.directExecutor());

  private final SparkConnectBackend backend;
  private final ManagedChannel channel;
  private final ScheduledExecutorService scheduler;
  private final SparkSession session;
  private final UUID operation;
  private final ExecutePlanRequest request;
  private final AtomicBoolean subscribed = new AtomicBoolean();
  private final SynchronizationContext context =
      new SynchronizationContext((thread, failure) -> defect(failure));

  private final ArrowStreamSplitter splitter = new ArrowStreamSplitter();
  private final InterruptMoment moment = new InterruptMoment();
  private final TaskProgress progress = new TaskProgress();
  private final CompletableFuture<Void> freed = new CompletableFuture<>();
  private final CompletableFuture<Schema> columns = new CompletableFuture<>();
  private volatile boolean columnsWanted;
  private final Queue<ResultMessage> waiting = new ArrayDeque<>();
  private Flow.@Nullable Subscriber<? super ResultMessage> subscriber;
  private @Nullable ClientCall<?, ExecutePlanResponse> call;
  private @Nullable CallListener listener;
  private long demand;
  private boolean responsePending;
  private boolean resultComplete;
  private boolean started;
  private boolean answered;
  private boolean ended;
  private boolean awaitingMoment;
  private int retries;
  private String lastResponse = "";
  private long unreleasedBytes;

  ExecuteStream(
      SparkConnectBackend backend,
      ManagedChannel channel,
      ScheduledExecutorService scheduler,
      SparkSession session,
      UUID operation,
      ExecutePlanRequest request) {
    this.backend = backend;
    this.channel = channel;
    this.scheduler = scheduler;
    this.session = session;
    this.operation = operation;
    this.request = request;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ResultMessage> newSubscriber) {
    if (!subscribed.compareAndSet(false, true)) {
      newSubscriber.onSubscribe(new NoSubscription());
      newSubscriber.onError(new IllegalStateException("a run has one subscriber"));
      return;
    }
    backend.holdUntil(session, freed);
    context.execute(
        () -> {
          subscriber = newSubscriber;
          newSubscriber.onSubscribe(this);
        });
    context.execute(
        () -> {
          if (!ended) {
            started = true;
            open(ConnectMethods.EXECUTE, request);
          }
        });
  }

  @Override
  public CompletableFuture<Void> freed() {
    return freed;
  }

  @Override
  public CompletableFuture<Schema> columns() {
    columnsWanted = true;
    return columns;
  }

  @Override
  public OptionalDouble progress() {
    return progress.value();
  }

  @Override
  public void request(long messages) {
    context.execute(
        () -> {
          if (ended) {
            return;
          }
          if (messages <= 0) {
            abandon();
            signalError(new IllegalArgumentException("demand must be positive"));
            return;
          }
          demand = demand + messages < 0 ? Long.MAX_VALUE : demand + messages;
          deliver();
        });
  }

  @Override
  public void cancel() {
    context.execute(
        () -> {
          if (!ended) {
            abandon();
            subscriber = null;
          }
        });
  }

  /** Starts a call that carries on with the result. */
  private <Q> void open(MethodDescriptor<Q, ExecutePlanResponse> method, Q message) {
    ClientCall<Q, ExecutePlanResponse> next = channel.newCall(method, ON_CONNECTION_THREAD);
    CallListener nextListener = new CallListener();
    call = next;
    listener = nextListener;
    responsePending = false;
    next.start(nextListener, new Metadata());
    next.sendMessage(message);
    next.halfClose();
    deliver();
  }

  private void deliver() {
    while (demand > 0 && !waiting.isEmpty() && !ended && subscriber != null) {
      demand--;
      subscriber.onNext(waiting.remove());
    }
    if (ended || !waiting.isEmpty()) {
      return;
    }
    if (resultComplete) {
      complete();
    } else if (demand > 0 && !responsePending && call != null) {
      responsePending = true;
      call.request(1);
    }
  }

  private void receive(ExecutePlanResponse response) {
    responsePending = false;
    retries = 0;
    if (channel.isShutdown()) {
      // What was on its way when the client closed is lost, whether or not it just arrived.
      fail(SparkErrors.replicaLost(Status.UNAVAILABLE.asException()));
      return;
    }
    if (!response.getResponseId().isEmpty()) {
      lastResponse = response.getResponseId();
    }
    if (response.hasSchema()) {
      foretell(response.getSchema());
    }
    switch (response.getResponseTypeCase()) {
      case ARROW_BATCH -> {
        ExecutePlanResponse.ArrowBatch batch = response.getArrowBatch();
        try {
          splitter.split(batch.getData(), batch.getRowCount(), this::take);
        } catch (SluiceException e) {
          fail(e);
          return;
        }
        releaseReceived(batch.getData().size());
      }
      case RESULT_COMPLETE -> resultComplete = true;
      case EXECUTION_PROGRESS -> progress.saw(response.getExecutionProgress());
      default -> {
        // Metrics, or the schema alone, which comes again with the first batch.
      }
    }
    deliver();
  }

  private void foretell(DataType type) {
    if (columnsWanted && !columns.isDone()) {
      // Where that fails, the first batch tells.
      backend
          .columns(session, type)
          .whenComplete(
              (told, failure) -> {
                if (failure == null) {
                  columns.complete(told);
                }
              });
    }
  }

  private void take(ResultMessage message) {
    if (columnsWanted && message instanceof SchemaMessage schema && !columns.isDone()) {
      tell(schema);
    }
    waiting.add(message);
  }

  private void tell(SchemaMessage schema) {
    try {
      columns.complete(ArrowSchemas.schema(schema.header()));
    } catch (IllegalArgumentException damaged) {
      // Whoever reads the result finds that out.
      LOG.debug("the columns of {} cannot be read", operation, damaged);
    }
  }

  private void releaseReceived(long bytes) {
    unreleasedBytes += bytes;
    if (unreleasedBytes >= RELEASE_BYTES) {
      unreleasedBytes = 0;
      ignoreFailure(backend.releaseUntil(session, operation, lastResponse));
    }
  }

  private void callEnded(Status status, Metadata trailers, boolean progressed) {
    call = null;
    listener = null;
    responsePending = false;
    if (resultComplete) {
      return;
    }
    if (status.isOk()) {
      // A call's time or size was up. One that brought nothing is not followed in a tight loop.
      if (progressed) {
        reattach();
      } else {
        reattachAfter(FIRST_WAIT_MILLIS);
      }
    } else if (!SparkErrors.isBroken(status, trailers)) {
      fail(SparkErrors.of(status, trailers));
    } else if (retries >= MOST_RETRIES || channel.isShutdown()) {
      fail(SparkErrors.replicaLost(status.asException()));
    } else {
      reattachAfter(FIRST_WAIT_MILLIS << retries++);
    }
  }

  private void reattachAfter(long millis) {
    context.schedule(this::reattach, millis, TimeUnit.MILLISECONDS, scheduler);
  }

  private void reattach() {
    if (!ended) {
      channel.resetConnectBackoff();
      open(ConnectMethods.REATTACH, ConnectRequests.reattach(session, operation, lastResponse));
    }
  }

  private void complete() {
    ended = true;
    ignoreFailure(backend.releaseAll(session, operation));
    freed.complete(null);
    if (subscriber != null) {
      subscriber.onComplete();
    }
  }

  private void fail(SluiceException failure) {
    if (failure.code() == ErrorCode.REPLICA_LOST) {
      ended = true;
      waiting.clear();
      closeCall();
      freed.complete(null);
    } else {
      abandon();
    }
    signalError(failure);
  }

  private void signalError(Throwable failure) {
    if (subscriber != null) {
      subscriber.onError(failure);
    }
  }

  /** Ends the run here and on Spark, which goes on working when only the call is cancelled. */
  private void abandon() {
    ended = true;
    waiting.clear();
    if (!started) {
      freed.complete(null);
      return;
    }
    if (call == null || moment.isSafe()) {
      interrupt(0);
      return;
    }
    awaitingMoment = true;
    if (!responsePending) {
      call.request(1);
    }
    context.schedule(this::interruptIfWaiting, SAFE_WAIT_MILLIS, TimeUnit.MILLISECONDS, scheduler);
  }

  private void interruptIfWaiting() {
    if (awaitingMoment) {
      awaitingMoment = false;
      interrupt(0);
    }
  }

  /**
   * Interrupts, then releases. The interrupt may overtake the request to execute, which waits while
   * Spark makes a new session, for seconds under load. As long as the call lives and Spark has
   * answered nothing on it, an operation that Spark does not know is therefore asked for again;
   * otherwise it would start later, and run with nobody to end it.
   */
  private void interrupt(int attempt) {
    backend
        .interrupt(session, operation)
        .whenComplete(
            (interrupted, failure) ->
                context.execute(
                    () -> {
                      if (failure != null) {
                        // Spark says so too of an operation that has just come and will not start.
                        LOG.debug("statement {}: Spark was not interrupted", operation, failure);
                      }
                      if (failure == null
                          && !interrupted
                          && !answered
                          && call != null
                          && attempt < MOST_INTERRUPTS) {
                        context.schedule(
                            () -> interrupt(attempt + 1),
                            INTERRUPT_WAIT_MILLIS,
                            TimeUnit.MILLISECONDS,
                            scheduler);
                      } else {
                        CompletableFuture<Void> release = backend.releaseAll(session, operation);
                        ignoreFailure(release);
                        release.whenComplete((done, unreleased) -> freed.complete(null));
                        closeCall();
                      }
                    }));
  }

  private void closeCall() {
    if (call != null) {
      call.cancel("the statement ended", null);
      call = null;
      listener = null;
    }
  }

  /** Spark forgets an operation that nobody attends to after five minutes by itself. */
  private void ignoreFailure(CompletableFuture<Void> release) {
    release.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            LOG.debug("statement {}: Spark did not confirm its release", operation, failure);
          }
        });
  }

  /** A subscriber threw, or this class is wrong: nobody can be told, but Spark is freed. */
  private void defect(Throwable failure) {
    LOG.error("statement {}: its result stream broke", operation, failure);
    if (!ended) {
      abandon();
    }
  }

  private final class CallListener extends ClientCall.Listener<ExecutePlanResponse> {

    private boolean progressed;

    @Override
    public void onMessage(ExecutePlanResponse response) {
      context.execute(
          () -> {
            progressed = true;
            answered = true;
            if (listener != this) {
              return;
            }
            moment.saw(response);
            if (!ended) {
              receive(response);
            } else if (moment.isSafe()) {
              interruptIfWaiting();
            } else if (call != null) {
              call.request(1);
            }
          });
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      context.execute(
          () -> {
            if (listener != this) {
              return;
            }
            if (ended) {
              call = null;
              listener = null;
              interruptIfWaiting();
            } else {
              callEnded(status, trailers, progressed);
            }
          });
    }
  }

  private static final class NoSubscription implements Flow.Subscription {
    @Override
    public void request(long messages) {}

    @Override
    public void cancel() {}
  }
}
