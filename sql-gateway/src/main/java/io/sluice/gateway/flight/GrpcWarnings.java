package io.sluice.gateway.flight;

import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What gRPC warns of with a stack trace, as of a defect, and is none: streams that the gateway
 * resets, and clients that leave before they have read a result. The journal tells how the
 * statement ended.
 */
final class GrpcWarnings {

  /** Held, or their filters would go with them. */
  private static final Logger CALLS = Logger.getLogger("io.grpc.internal.ServerCallImpl");

  private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.NettyServerHandler");

  private GrpcWarnings() {}

  /** Leaves them out of the log; a second time changes nothing. */
  static void leaveOut() {
    CALLS.setFilter(line -> !(line.getThrown() instanceof StreamReset));
    STREAMS.setFilter(line -> !isOfAClosedStream(line.getThrown()));
  }

  private static boolean isOfAClosedStream(@Nullable Throwable thrown) {
    Http2Exception cause = Http2CodecUtil.getEmbeddedHttp2Exception(thrown);
    return cause != null && cause.error() == Http2Error.STREAM_CLOSED;
  }
}
