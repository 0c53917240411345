package io.sluice.bench.client;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.spark.connect.proto.ConfigRequest;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.KeyValue;
import org.apache.spark.connect.proto.Plan;
import org.apache.spark.connect.proto.ReattachExecuteRequest;
import org.apache.spark.connect.proto.ReattachOptions;
import org.apache.spark.connect.proto.Relation;
import org.apache.spark.connect.proto.ReleaseExecuteRequest;
import org.apache.spark.connect.proto.ReleaseSessionRequest;
import org.apache.spark.connect.proto.SQL;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;
import org.apache.spark.connect.proto.UserContext;
import org.jspecify.annotations.Nullable;

/**
 * The baseline: Spark asked directly. It does what every Spark Connect client must do and no more:
 * reattachable execution, reattaching when a stream ends early, releasing without waiting. Many
 * threads may use one.
 */
public final class RawSparkConnect implements QueryClient {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final String CLIENT = "sluice-bench";

  private final ManagedChannel channel;
  private final SparkConnectServiceGrpc.SparkConnectServiceBlockingStub stub;
  private final SparkConnectServiceGrpc.SparkConnectServiceFutureStub later;
  private final String session = UUID.randomUUID().toString();
  private final UserContext user = UserContext.newBuilder().setUserId(CLIENT).build();

  /**
   * Opens a session of its own.
   *
   * @param token the server's pre-shared token, null when it has none
   */
  public RawSparkConnect(String host, int port, @Nullable String token) {
    channel =
        NettyChannelBuilder.forAddress(host, port)
            .usePlaintext()
            .maxInboundMessageSize(128 << 20)
            .build();
    Metadata headers = new Metadata();
    if (token != null) {
      headers.put(AUTHORIZATION, "Bearer " + token);
    }
    var interceptor = MetadataUtils.newAttachHeadersInterceptor(headers);
    stub = SparkConnectServiceGrpc.newBlockingStub(channel).withInterceptors(interceptor);
    later = SparkConnectServiceGrpc.newFutureStub(channel).withInterceptors(interceptor);
  }

  /** Sets session configurations, so that the session equals the one that it is compared with. */
  public void configure(Map<String, String> settings) {
    ConfigRequest.Set.Builder set = ConfigRequest.Set.newBuilder();
    settings.forEach(
        (key, value) -> set.addPairs(KeyValue.newBuilder().setKey(key).setValue(value)));
    var unused =
        stub.config(
            ConfigRequest.newBuilder()
                .setSessionId(session)
                .setUserContext(user)
                .setClientType(CLIENT)
                .setOperation(ConfigRequest.Operation.newBuilder().setSet(set))
                .build());
  }

  @Override
  public Fetched fetch(String sql) throws IOException {
    Counter counter = new Counter();
    execute(sql, counter);
    return new Fetched(counter.rows, counter.batches, counter.bytes);
  }

  @Override
  public List<List<String>> rows(String sql) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator()) {
      execute(
          sql,
          batch -> {
            try (ArrowStreamReader reader =
                new ArrowStreamReader(batch.getData().newInput(), allocator)) {
              while (reader.loadNextBatch()) {
                ArrowCells.append(reader.getVectorSchemaRoot(), rows);
              }
            }
          });
    }
    return rows;
  }

  private void execute(String sql, BatchReader reader) throws IOException {
    String operation = UUID.randomUUID().toString();
    String last = "";
    boolean complete = false;
    Iterator<ExecutePlanResponse> responses = stub.executePlan(request(sql, operation));
    while (!complete) {
      while (responses.hasNext()) {
        ExecutePlanResponse response = responses.next();
        last = response.getResponseId();
        switch (response.getResponseTypeCase()) {
          case ARROW_BATCH -> reader.read(response.getArrowBatch());
          case RESULT_COMPLETE -> complete = true;
          default -> {
            // Schema, progress and metrics: nothing to fetch.
          }
        }
      }
      if (!complete) {
        responses = stub.reattachExecute(reattach(operation, last));
      }
    }
    release(operation);
  }

  private ExecutePlanRequest request(String sql, String operation) {
    return ExecutePlanRequest.newBuilder()
        .setSessionId(session)
        .setUserContext(user)
        .setClientType(CLIENT)
        .setOperationId(operation)
        .setPlan(
            Plan.newBuilder().setRoot(Relation.newBuilder().setSql(SQL.newBuilder().setQuery(sql))))
        .addRequestOptions(
            ExecutePlanRequest.RequestOption.newBuilder()
                .setReattachOptions(ReattachOptions.newBuilder().setReattachable(true)))
        .build();
  }

  private ReattachExecuteRequest reattach(String operation, String last) {
    return ReattachExecuteRequest.newBuilder()
        .setSessionId(session)
        .setUserContext(user)
        .setClientType(CLIENT)
        .setOperationId(operation)
        .setLastResponseId(last)
        .build();
  }

  private void release(String operation) {
    var unused =
        later.releaseExecute(
            ReleaseExecuteRequest.newBuilder()
                .setSessionId(session)
                .setUserContext(user)
                .setClientType(CLIENT)
                .setOperationId(operation)
                .setReleaseAll(ReleaseExecuteRequest.ReleaseAll.getDefaultInstance())
                .build());
  }

  @Override
  public void close() throws InterruptedException {
    try {
      var unused =
          stub.releaseSession(
              ReleaseSessionRequest.newBuilder()
                  .setSessionId(session)
                  .setUserContext(user)
                  .setClientType(CLIENT)
                  .build());
    } catch (StatusRuntimeException e) {
      // Spark ends an idle session by itself; what was measured stands.
    }
    if (!channel.shutdown().awaitTermination(5, TimeUnit.SECONDS)) {
      channel.shutdownNow();
    }
  }

  private interface BatchReader {
    void read(ExecutePlanResponse.ArrowBatch batch) throws IOException;
  }

  private static final class Counter implements BatchReader {
    private long rows;
    private long batches;
    private long bytes;

    @Override
    public void read(ExecutePlanResponse.ArrowBatch batch) {
      rows += batch.getRowCount();
      batches++;
      bytes += batch.getData().size();
    }
  }
}
