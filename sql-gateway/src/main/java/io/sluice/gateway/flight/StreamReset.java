package io.sluice.gateway.flight;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.logging.Filter;
import java.util.logging.Logger;

/**
 * Resets a stream, so that what waits in its buffers is dropped: what a marshaller throws is the
 * one thing by which gRPC lets a server do so.
 */
final class StreamReset extends StatusRuntimeException {

  private static final long serialVersionUID = 1L;

  /** Held, or its filter would go with it. */
  private static final Logger GRPC = Logger.getLogger("io.grpc.internal.ServerCallImpl");

  static {
    // gRPC warns of it with a stack trace, as of a defect; the journal tells why it was.
    Filter others = GRPC.getFilter();
    GRPC.setFilter(
        line ->
            !(line.getThrown() instanceof StreamReset)
                && (others == null || others.isLoggable(line)));
  }

  StreamReset(Status why) {
    super(why, new Metadata());
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
