package io.sluice.spark;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.ConfigResponse;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.Expression;
import org.apache.spark.connect.proto.InterruptResponse;
import org.apache.spark.connect.proto.KeyValue;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;

/** A Spark Connect server over gRPC. */
public final class SparkConnectBackend implements SparkBackend {

  /** Spark's own limit; a batch is larger than the configured size if one row is. */
  private static final int LARGEST_MESSAGE = 128 << 20;

  /** Error details go in a trailer, which holds the parameters of the message. */
  private static final int LARGEST_HEADERS = 1 << 20;

  /** What one stream may send ahead of its reader. */
  private static final int WINDOW = 4 << 20;

  private static final String TIME_ZONE = "spark.sql.session.timeZone";
  private static final Duration QUICK = Duration.ofSeconds(20);
  private static final Duration ANALYSIS = Duration.ofMinutes(2);

  private final ManagedChannel channel;
  private final ScheduledExecutorService scheduler;

  /** For each session, what completes when no operation of it is being ended. */
  private final Map<SparkSession, CompletableFuture<Void>> endings = new ConcurrentHashMap<>();

  private SparkConnectBackend(ManagedChannel channel, ScheduledExecutorService scheduler) {
    this.channel = channel;
    this.scheduler = scheduler;
  }

  /**
   * Returns a client; it connects at its first request.
   *
   * @param executor runs the completions of futures, which must not block it; subscribers are
   *     signalled on the thread that the connection is read by, and must hand on what takes long
   * @param scheduler times the waits between retries; nothing else runs on it
   */
  public static SparkConnectBackend connect(
      SparkEndpoint endpoint, Executor executor, ScheduledExecutorService scheduler) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + endpoint.token());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .usePlaintext()
            // A proxy of the environment is for the way out, not for the gateway's own back end.
            .proxyDetector(address -> null)
            .executor(executor)
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .maxInboundMetadataSize(LARGEST_HEADERS)
            .initialFlowControlWindow(WINDOW)
            .intercept(new OwnContext(), MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
    return new SparkConnectBackend(channel, scheduler);
  }

  @Override
  public CompletableFuture<Schema> analyze(
      SparkSession session, String sql, List<Expression.Literal> parameters) {
    return unary(
            SparkConnectServiceGrpc.getAnalyzePlanMethod(),
            ConnectRequests.schema(session, sql, parameters),
            ANALYSIS)
        .thenCompose(response -> columns(session, response.getSchema().getSchema()));
  }

  /** Returns how Spark sends a result of this type. */
  CompletableFuture<Schema> columns(SparkSession session, DataType type) {
    return timeZone(session, type).thenApply(zone -> SparkArrowSchema.of(type, zone));
  }

  /** Asks only for a schema that shows it. */
  private CompletableFuture<String> timeZone(SparkSession session, DataType type) {
    return SparkArrowSchema.needsTimeZone(type)
        ? configuration(session, List.of(TIME_ZONE))
            .thenApply(values -> values.getOrDefault(TIME_ZONE, "UTC"))
        : CompletableFuture.completedFuture("UTC");
  }

  @Override
  public SparkRun execute(ExecuteRequest request) {
    return new ExecuteStream(
        this,
        channel,
        scheduler,
        request.session(),
        request.operation(),
        ConnectRequests.execute(request));
  }

  @Override
  public SparkRun write(TableWrite write) {
    return new ExecuteStream(
        this, channel, scheduler, write.session(), write.operation(), ConnectRequests.write(write));
  }

  @Override
  public CompletableFuture<String> upload(SparkSession session, ByteString arrowStream) {
    String hash = ConnectRequests.hash(arrowStream);
    return unary(
            SparkConnectServiceGrpc.getAddArtifactsMethod(),
            ConnectRequests.upload(session, hash, arrowStream),
            ANALYSIS)
        .thenApply(
            response -> {
              if (response.getArtifactsList().stream()
                  .anyMatch(artifact -> !artifact.getIsCrcSuccessful())) {
                throw new SluiceException(
                    ErrorCode.REPLICA_LOST,
                    "Rows were damaged on their way to Spark; nothing was written. Send them"
                        + " again.");
              }
              return hash;
            });
  }

  /** Holds the session until an operation has ended: Spark's own ending of it is too rash. */
  void holdUntil(SparkSession session, CompletableFuture<Void> ended) {
    CompletableFuture<Void> all =
        endings.merge(session, ended, (one, other) -> CompletableFuture.allOf(one, other));
    all.whenComplete((done, failure) -> endings.remove(session, all));
  }

  /** Completes with whether Spark knew the operation as running. */
  CompletableFuture<Boolean> interrupt(SparkSession session, UUID operation) {
    return unary(
            SparkConnectServiceGrpc.getInterruptMethod(),
            ConnectRequests.interrupt(session, operation),
            QUICK)
        .thenApply(InterruptResponse::getInterruptedIdsCount)
        .thenApply(count -> count > 0);
  }

  CompletableFuture<Void> releaseUntil(SparkSession session, UUID operation, String response) {
    return unary(
            SparkConnectServiceGrpc.getReleaseExecuteMethod(),
            ConnectRequests.releaseUntil(session, operation, response),
            QUICK)
        .thenApply(answer -> null);
  }

  CompletableFuture<Void> releaseAll(SparkSession session, UUID operation) {
    return unary(
            SparkConnectServiceGrpc.getReleaseExecuteMethod(),
            ConnectRequests.releaseAll(session, operation),
            QUICK)
        .thenApply(answer -> null);
  }

  @Override
  public CompletableFuture<Map<String, String>> configuration(
      SparkSession session, List<String> keys) {
    return unary(
            SparkConnectServiceGrpc.getConfigMethod(),
            ConnectRequests.configuration(session, keys),
            QUICK)
        .thenApply(SparkConnectBackend::values);
  }

  private static Map<String, String> values(ConfigResponse response) {
    Map<String, String> values = new HashMap<>();
    for (KeyValue pair : response.getPairsList()) {
      if (pair.hasValue()) {
        values.put(pair.getKey(), pair.getValue());
      }
    }
    return Map.copyOf(values);
  }

  @Override
  public CompletableFuture<Void> setConfiguration(
      SparkSession session, Map<String, String> values) {
    return unary(
            SparkConnectServiceGrpc.getConfigMethod(),
            ConnectRequests.setConfiguration(session, values),
            QUICK)
        .thenApply(answer -> null);
  }

  @Override
  public CompletableFuture<String> version(SparkSession session) {
    return unary(
            SparkConnectServiceGrpc.getAnalyzePlanMethod(), ConnectRequests.version(session), QUICK)
        .thenApply(response -> response.getSparkVersion().getVersion());
  }

  @Override
  public CompletableFuture<Void> releaseSession(SparkSession session) {
    return endings
        .getOrDefault(session, CompletableFuture.completedFuture(null))
        .thenCompose(
            ended ->
                unary(
                    SparkConnectServiceGrpc.getReleaseSessionMethod(),
                    ConnectRequests.releaseSession(session),
                    QUICK))
        .thenApply(answer -> null);
  }

  @Override
  public CompletableFuture<Void> endSession(SparkSession session) {
    return unary(
            SparkConnectServiceGrpc.getInterruptMethod(),
            ConnectRequests.interruptAll(session),
            QUICK)
        // What cannot be interrupted ends with its session.
        .handle((interrupted, failure) -> session)
        .thenCompose(this::releaseSession);
  }

  private <Q, A> CompletableFuture<A> unary(
      MethodDescriptor<Q, A> method, Q request, Duration limit) {
    CompletableFuture<A> future = new CompletableFuture<>();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    ClientCalls.asyncUnaryCall(
        channel.newCall(method, options),
        request,
        new StreamObserver<A>() {
          @Override
          public void onNext(A answer) {
            future.complete(answer);
          }

          @Override
          public void onError(Throwable failure) {
            future.completeExceptionally(SparkErrors.of(failure));
          }

          @Override
          public void onCompleted() {
            // The answer has come already: gRPC turns a missing one into an error.
          }
        });
    return future;
  }

  /** Breaks every open call: their statements end with {@code REPLICA_LOST}. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
