package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One {@code FlightData} message of a result.
 *
 * @param header the Arrow Message flatbuffer, without IPC's prefix
 * @param body the buffers; empty for a schema
 * @param reset why the stream is reset in place of sending anything; null for a message
 */
record FlightFrame(ByteString header, ByteString body, @Nullable StreamReset reset) {

  FlightFrame(ByteString header, ByteString body) {
    this(header, body, null);
  }

  /** Returns what resets the stream: all that waits in its buffers is dropped. */
  static FlightFrame reset(Status why) {
    return new FlightFrame(ByteString.EMPTY, ByteString.EMPTY, new StreamReset(why));
  }
}
