package io.sluice.bench.client;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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

/**
 * A Spark Connect server's service. {@code SELECT 1} and its like give one row, {@code SELECT *}
 * three batches of two rows, one for each stream, before the completion comes.
 */
public final class FakeSpark extends SparkConnectServiceGrpc.SparkConnectServiceImplBase {

  /** One batch of two rows, as an IPC stream. */
  public static final ByteString BATCH = batch();

  /** Opens when an execution was released. */
  public final CountDownLatch released = new CountDownLatch(1);

  @Override
  public void executePlan(
      ExecutePlanRequest request, StreamObserver<ExecutePlanResponse> responses) {
    String sql = request.getPlan().getRoot().getSql().getQuery();
    if (sql.startsWith("USE ")) {
      responses.onNext(response("1").setResultComplete(complete()).build());
    } else if (sql.startsWith("SELECT wrong")) {
      responses.onError(Status.INTERNAL.withDescription("no such thing").asRuntimeException());
      return;
    } else if (sql.startsWith("SELECT *")) {
      responses.onNext(response("1").setArrowBatch(arrow()).build());
    } else {
      responses.onNext(response("1").setArrowBatch(arrow().toBuilder().setRowCount(1)).build());
      responses.onNext(response("2").setResultComplete(complete()).build());
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
        ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(bytes))) {
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
