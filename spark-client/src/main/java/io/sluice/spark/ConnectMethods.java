package io.sluice.spark;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.ReattachExecuteRequest;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;

/**
 * The two streaming methods of Spark Connect, with a reader that copies a response once: off the
 * wire into one array, of which the Arrow batch is a slice. The generated reader copies it twice.
 */
final class ConnectMethods {

  static final MethodDescriptor<ExecutePlanRequest, ExecutePlanResponse> EXECUTE =
      SparkConnectServiceGrpc.getExecutePlanMethod().toBuilder()
          .setResponseMarshaller(new SlicingMarshaller())
          .build();

  static final MethodDescriptor<ReattachExecuteRequest, ExecutePlanResponse> REATTACH =
      SparkConnectServiceGrpc.getReattachExecuteMethod().toBuilder()
          .setResponseMarshaller(new SlicingMarshaller())
          .build();

  private ConnectMethods() {}

  private static final class SlicingMarshaller
      implements MethodDescriptor.Marshaller<ExecutePlanResponse> {

    private final MethodDescriptor.Marshaller<ExecutePlanResponse> generated =
        SparkConnectServiceGrpc.getExecutePlanMethod().getResponseMarshaller();

    @Override
    public InputStream stream(ExecutePlanResponse value) {
      return generated.stream(value);
    }

    @Override
    public ExecutePlanResponse parse(InputStream stream) {
      try {
        byte[] bytes = bytes(stream);
        // Nothing else holds the array, so slices of it are as immutable as copies.
        CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        input.enableAliasing(true);
        return ExecutePlanResponse.parseFrom(input);
      } catch (IOException e) {
        throw Status.INTERNAL
            .withDescription("a response of Spark is damaged")
            .withCause(e)
            .asRuntimeException();
      }
    }

    private static byte[] bytes(InputStream stream) throws IOException {
      if (!(stream instanceof KnownLength)) {
        return stream.readAllBytes();
      }
      // Read into place: what returns a new array gathers small ones first, and copies them.
      byte[] bytes = new byte[stream.available()];
      if (stream.readNBytes(bytes, 0, bytes.length) != bytes.length) {
        throw new EOFException("it is shorter than gRPC said");
      }
      return bytes;
    }
  }
}
