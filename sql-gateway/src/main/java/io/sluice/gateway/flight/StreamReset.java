package io.sluice.gateway.flight;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Resets a stream, so that what waits in its buffers is dropped: what a marshaller throws is the
 * one thing by which gRPC lets a server do so.
 */
final class StreamReset extends StatusRuntimeException {

  private static final long serialVersionUID = 1L;

  StreamReset(Status why) {
    super(why, new Metadata());
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
