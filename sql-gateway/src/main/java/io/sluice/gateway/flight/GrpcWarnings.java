package io.sluice.gateway.flight;

import io.grpc.StatusRuntimeException;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What gRPC warns of with a stack trace, as of a defect, and is none: streams that the gateway
 * resets, clients that leave before they have read a result, and messages that are larger than it
 * takes or not framed. The client is told, or has gone; the journal tells how a statement ended.
 */
final class GrpcWarnings {

  /** Held, or their filters would go with them. */
  private static final Logger CALLS = Logger.getLogger("io.grpc.internal.ServerCallImpl");

  private static final Logger CONNECTIONS = Logger.getLogger("io.grpc.netty.NettyServerHandler");
  private static final Logger STREAMS = Logger.getLogger("io.grpc.netty.NettyServerStream");

  private GrpcWarnings() {}

  /** Leaves them out of the log; a second time changes nothing. */
  static void leaveOut() {
    CALLS.setFilter(line -> !(line.getThrown() instanceof StreamReset));
    CONNECTIONS.setFilter(line -> !isOfAClosedStream(line.getThrown()));
    STREAMS.setFilter(line -> !(line.getThrown() instanceof StatusRuntimeException));
  }

  private static boolean isOfAClosedStream(@Nullable Throwable thrown) {
    Http2Exception cause = Http2CodecUtil.getEmbeddedHttp2Exception(thrown);
    return cause != null && cause.error() == Http2Error.STREAM_CLOSED;
  }
}
