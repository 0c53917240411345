package io.sluice.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.ReattachExecuteRequest;
import org.apache.spark.connect.proto.ReleaseExecuteRequest;
import org.apache.spark.connect.proto.ReleaseExecuteResponse;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The baseline client against a server that ends streams early, as Spark does by design. */
class RawSparkConnectTest {

  private final FakeSpark fake = new FakeSpark();
  private final AtomicReference<String> authorization = new AtomicReference<>("");
  private Server server;

  @BeforeEach
  void start() throws Exception {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(fake)
            .intercept(new RecordAuthorization())
            .build()
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    server.shutdownNow();
    assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void reattachesUntilTheResultIsComplete() throws Exception {
    try (RawSparkConnect spark = new RawSparkConnect("127.0.0.1", server.getPort(), "secret")) {
      Fetched fetched = spark.fetch("select dates");
      assertThat(fetched.rows()).isEqualTo(6);
      assertThat(fetched.batches()).isEqualTo(3);
      assertThat(fetched.bytes()).isEqualTo(3L * FakeSpark.BATCH.size());
      assertThat(fake.released.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(authorization.get()).isEqualTo("Bearer secret");
      assertThat(spark.rows("select dates"))
          .hasSize(6)
          .startsWith(List.of("1992-01-01"), List.of("NULL"));
    }
  }

  @Test
  void passesAnErrorOn() throws Exception {
    try (RawSparkConnect spark = new RawSparkConnect("127.0.0.1", server.getPort(), null)) {
      assertThatThrownBy(() -> spark.fetch("select wrong"))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("no such thing");
    }
  }

  @Test
  void aRunningDemoIsReadFromItsFile(@TempDir Path data) throws Exception {
    assertThatThrownBy(() -> Running.in(data)).hasMessageContaining("Start ./sluice demo.");
    Path token = data.resolve("token");
    Files.writeString(token, "from-file\n");
    Files.writeString(
        data.resolve("run.json"),
        """
        {"gatewayPid": 12, "sparkPids": [34], "grpcPort": 56, "httpPort": 78, "new": true,
         "sparkEndpoints": [{"host": "127.0.0.1", "port": %d, "tokenFile": "%s"}]}
        """
            .formatted(server.getPort(), token));
    Running running = Running.in(data);
    assertThat(running.gatewayPid()).isEqualTo(12);
    assertThat(running.sparkPids()).containsExactly(34L);
    assertThat(running.grpcPort()).isEqualTo(56);
    try (RawSparkConnect spark = running.spark("lake.tpch")) {
      assertThat(spark.fetch("select dates").rows()).isEqualTo(6);
    }
    assertThat(authorization.get()).isEqualTo("Bearer from-file");
  }

  private final class RecordAuthorization implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String value =
          headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      authorization.set(String.valueOf(value));
      return next.startCall(call, headers);
    }
  }

  /** Sends three batches of two rows, one for each stream, then the completion. */
  private static final class FakeSpark extends SparkConnectServiceGrpc.SparkConnectServiceImplBase {

    static final ByteString BATCH = batch();

    final CountDownLatch released = new CountDownLatch(1);

    @Override
    public void executePlan(
        ExecutePlanRequest request, StreamObserver<ExecutePlanResponse> responses) {
      String sql = request.getPlan().getRoot().getSql().getQuery();
      if (sql.startsWith("USE ")) {
        responses.onNext(response("1").setResultComplete(complete()).build());
      } else if (sql.equals("select dates")) {
        responses.onNext(response("1").setArrowBatch(arrow()).build());
      } else {
        responses.onError(Status.INTERNAL.withDescription("no such thing").asRuntimeException());
        return;
      }
      responses.onCompleted();
    }

    @Override
    public void reattachExecute(
        ReattachExecuteRequest request, StreamObserver<ExecutePlanResponse> responses) {
      int last = Integer.parseInt(request.getLastResponseId());
      ExecutePlanResponse.Builder next = response(Integer.toString(last + 1));
      responses.onNext(
          last < 3
              ? next.setArrowBatch(arrow()).build()
              : next.setResultComplete(complete()).build());
      responses.onCompleted();
    }

    @Override
    public void releaseExecute(
        ReleaseExecuteRequest request, StreamObserver<ReleaseExecuteResponse> responses) {
      released.countDown();
      responses.onNext(ReleaseExecuteResponse.getDefaultInstance());
      responses.onCompleted();
    }

    private static ExecutePlanResponse.Builder response(String id) {
      return ExecutePlanResponse.newBuilder().setResponseId(id);
    }

    private static ExecutePlanResponse.ArrowBatch arrow() {
      return ExecutePlanResponse.ArrowBatch.newBuilder().setRowCount(2).setData(BATCH).build();
    }

    private static ExecutePlanResponse.ResultComplete complete() {
      return ExecutePlanResponse.ResultComplete.getDefaultInstance();
    }

    private static ByteString batch() {
      Schema schema = new Schema(List.of(Field.nullable("d", new ArrowType.Date(DateUnit.DAY))));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (RootAllocator allocator = new RootAllocator();
          VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
          ArrowStreamWriter writer =
              new ArrowStreamWriter(root, null, Channels.newChannel(bytes))) {
        root.allocateNew();
        ((DateDayVector) root.getVector("d")).setSafe(0, 8_035);
        root.setRowCount(2);
        writer.start();
        writer.writeBatch();
        writer.end();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return ByteString.copyFrom(bytes.toByteArray());
    }
  }
}
