package io.sluice.gateway.rest;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.http.RequestBodies;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A request to the API.
 *
 * @param login who sends it; empty where no login is needed
 * @param variables what the path has for the route's segments in braces
 * @param gone completes when its client went away before it was answered
 * @param bodies reads the body of whoever is let in
 */
record Call(
    ServiceRequestContext context,
    HttpRequest request,
    Optional<Caller> login,
    List<String> variables,
    CompletableFuture<Void> gone,
    RequestBodies bodies) {

  Caller caller() {
    return login.orElseThrow();
  }

  String variable(int index) {
    return variables.get(index);
  }

  CompletableFuture<byte[]> body() {
    return bodies.read(caller(), context, request).thenApply(whole -> whole.content().array());
  }

  /** Has something done when the client goes away before the answer; at once if it is gone. */
  void whenGone(Runnable action) {
    gone.thenRun(action);
  }

  /** Has something done once the answer has been sent, or nobody is there to get it. */
  void onEnd(Runnable action) {
    context.log().whenComplete().thenRun(action);
  }

  /** Returns the address that the client reaches the API at. */
  String base() {
    return (context.sessionProtocol().isTls() ? "https://" : "http://") + request.authority();
  }
}
