package io.sluice.gateway.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bodies of all requests of those who have logged in, and the Thrift port's messages, from when
 * they are read until they are answered: bounded together and for each user in bytes, and the
 * reading of each in time. One whose length is not said counts, until it is read, as the longest
 * that its path takes. Of those who have not logged in nothing is read but what {@link HttpDoor}
 * takes of a connection unasked.
 */
public final class RequestBodies {

  /** Together. */
  private static final long MOST_BYTES = 64L << 20;

  /** Of one user, so that nobody keeps the others out. */
  private static final long MOST_BYTES_OF_ONE_USER = 32L << 20;

  private static final Duration LONGEST_UPLOAD = Duration.ofSeconds(30);

  private final Shares shares;
  private final Duration longestUpload;

  /** Makes the usual one, of which a gateway has one. */
  public RequestBodies() {
    this(MOST_BYTES, MOST_BYTES_OF_ONE_USER, LONGEST_UPLOAD);
  }

  RequestBodies(long most, long mostOfOneUser, Duration longestUpload) {
    this.shares = new Shares(most, mostOfOneUser);
    this.longestUpload = longestUpload;
  }

  /**
   * Reads a request to its end.
   *
   * @return fails with a {@link SluiceException}, {@code QUEUE_FULL} where too much is held or
   *     {@code PROTOCOL_VIOLATION} where the body does not come in time; or as {@link
   *     HttpRequest#aggregate} does, for one that is too long too
   */
  public CompletableFuture<AggregatedHttpRequest> read(
      Caller caller, ServiceRequestContext context, HttpRequest request) {
    long bytes = bytes(context, request);
    String user = caller.principal().name();
    try {
      take(user, bytes);
    } catch (SluiceException full) {
      return CompletableFuture.failedFuture(full);
    }
    AtomicLong held = new AtomicLong(bytes);
    context.log().whenComplete().thenRun(() -> keep(user, held, 0));
    ScheduledFuture<?> alarm =
        context
            .eventLoop()
            .schedule(() -> request.abort(late()), longestUpload.toMillis(), TimeUnit.MILLISECONDS);
    return request
        .aggregate()
        .whenComplete(
            (body, failure) -> {
              alarm.cancel(false);
              keep(user, held, body == null ? 0 : body.content().length());
            });
  }

  /**
   * Takes so many bytes for a message of a user's that does not come by HTTP; {@link #giveBack} is
   * to follow.
   *
   * @throws SluiceException {@code QUEUE_FULL} where too much is held; nothing is taken then
   */
  public void take(String user, long bytes) {
    shares.take(user, bytes, "bytes in requests that are not answered", "Wait for one.");
  }

  /** Gives back some of what was taken for a user. */
  public void giveBack(String user, long bytes) {
    shares.giveBack(user, bytes);
  }

  /** Gives back what is held beyond so much. */
  private void keep(String user, AtomicLong held, long bytes) {
    long before = held.getAndUpdate(now -> Math.min(now, bytes));
    shares.giveBack(user, before - Math.min(before, bytes));
  }

  /** Returns how many bytes are held. */
  public long held() {
    return shares.taken();
  }

  private static long bytes(ServiceRequestContext context, HttpRequest request) {
    long longest = context.maxRequestLength();
    long announced = request.headers().contentLength();
    return announced < 0 ? longest : Math.min(announced, longest);
  }

  private SluiceException late() {
    return new SluiceException(
        ErrorCode.PROTOCOL_VIOLATION,
        "The body of the request did not come within " + longestUpload.toSeconds() + " s.");
  }
}
