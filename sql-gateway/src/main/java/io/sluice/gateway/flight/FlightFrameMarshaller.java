package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames as {@code FlightData} messages (Flight.proto) straight into gRPC's buffers: the
 * body is copied once, and no protobuf object is built around it.
 */
final class FlightFrameMarshaller implements MethodDescriptor.Marshaller<FlightFrame> {

  @Override
  public InputStream stream(FlightFrame frame) {
    StreamReset reset = frame.reset();
    if (reset != null) {
      throw reset;
    }
    return new FrameStream(frame);
  }

  /** Reads a frame; a server never does, but gRPC's marshallers work both ways. */
  @Override
  public FlightFrame parse(InputStream stream) {
    try {
      FlightData data = FlightData.parseFrom(CodedInputStream.newInstance(stream));
      return new FlightFrame(data.getDataHeader(), data.getDataBody());
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("not a FlightData message")
          .withCause(e)
          .asRuntimeException();
    }
  }

  /** The encoded message; gRPC asks for its length and then drains it, once. */
  private static final class FrameStream extends InputStream implements Drainable, KnownLength {
    private final int length;
    private @Nullable FlightFrame frame;
    private @Nullable InputStream copy;

    FrameStream(FlightFrame frame) {
      this.frame = frame;
      int header =
          CodedOutputStream.computeBytesSize(FlightData.DATA_HEADER_FIELD_NUMBER, frame.header());
      int body =
          frame.body().isEmpty()
              ? 0
              : CodedOutputStream.computeBytesSize(FlightData.DATA_BODY_FIELD_NUMBER, frame.body());
      this.length = Math.addExact(header, body);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      FlightFrame current = frame;
      if (current == null) {
        return 0;
      }
      frame = null;
      CodedOutputStream out = CodedOutputStream.newInstance(target, 64);
      out.writeBytes(FlightData.DATA_HEADER_FIELD_NUMBER, current.header());
      if (!current.body().isEmpty()) {
        // The last field: the tag and length go through the small buffer, the bytes past it.
        out.writeTag(FlightData.DATA_BODY_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(current.body().size());
        out.flush();
        current.body().writeTo(target);
      } else {
        out.flush();
      }
      return length;
    }

    @Override
    public int available() {
      return frame == null ? 0 : length;
    }

    @Override
    public int read() throws IOException {
      return readable().read();
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      return readable().read(bytes, offset, count);
    }

    private InputStream readable() throws IOException {
      InputStream bytes = copy;
      if (bytes == null) {
        ByteString.Output whole = ByteString.newOutput(length);
        drainTo(whole);
        bytes = whole.toByteString().newInput();
        copy = bytes;
      }
      return bytes;
    }
  }
}
