package io.sluice.gateway.flight;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Hands a call's headers to the service, and puts a fresh token into the answer: into the headers
 * and the trailers, because clients differ in where they look.
 */
final class CallInterceptor implements ServerInterceptor {

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    FlightCall flightCall = FlightCall.of(call, headers);
    Context context = Context.current().withValue(FlightCall.CURRENT, flightCall);
    return Contexts.interceptCall(context, new Replying<>(call, flightCall), headers, next);
  }

  private static final class Replying<Q, R> extends SimpleForwardingServerCall<Q, R> {
    private final FlightCall call;
    private boolean headersSent;

    Replying(ServerCall<Q, R> delegate, FlightCall call) {
      super(delegate);
      this.call = call;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      headersSent = true;
      call.reply().ifPresent(bearer -> headers.put(FlightCall.AUTHORIZATION, bearer));
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (status.isOk() && call.reply().isPresent()) {
        if (!headersSent) {
          sendHeaders(new Metadata());
        }
        trailers.put(FlightCall.AUTHORIZATION, call.reply().get());
      }
      super.close(status, trailers);
    }
  }
}
