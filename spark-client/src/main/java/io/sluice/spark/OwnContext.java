package io.sluice.spark;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.MethodDescriptor;

/**
 * Keeps calls to Spark out of the gRPC context that they are made in. A call to the gateway that
 * its client cancels carries a cancelled context, and gRPC ends every call that is made in one: the
 * very interrupt that the cancellation asks for would never leave.
 */
final class OwnContext implements ClientInterceptor {

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    Context callers = Context.ROOT.attach();
    try {
      return next.newCall(method, options);
    } finally {
      Context.ROOT.detach(callers);
    }
  }
}
