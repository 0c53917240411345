package io.sluice.gateway.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The bodies of all requests of those who have logged in, while they are read: bounded together and
 * for each user in bytes, and each in time. One whose length is not said counts as the longest that
 * its path takes.
 */
public final class RequestBodies {

  /** Together. */
  private static final long MOST_BYTES = 64L << 20;

  /** Of one user, so that nobody keeps the others out. */
  private static final long MOST_BYTES_OF_ONE_USER = 32L << 20;

  private static final Duration LONGEST_UPLOAD = Duration.ofSeconds(30);

  private final long most;
  private final long mostOfOneUser;
  private final Duration longestUpload;
  private final Map<String, Long> users = new HashMap<>();
  private long reading;

  RequestBodies() {
    this(MOST_BYTES, MOST_BYTES_OF_ONE_USER, LONGEST_UPLOAD);
  }

  RequestBodies(long most, long mostOfOneUser, Duration longestUpload) {
    this.most = most;
    this.mostOfOneUser = mostOfOneUser;
    this.longestUpload = longestUpload;
  }

  /**
   * Reads a request to its end.
   *
   * @return fails with a {@link SluiceException}, {@code QUEUE_FULL} where too much is being read
   *     or {@code PROTOCOL_VIOLATION} where the body does not come in time; or as {@link
   *     HttpRequest#aggregate} does, for one that is too long too
   */
  public CompletableFuture<AggregatedHttpRequest> read(
      Caller caller, ServiceRequestContext context, HttpRequest request) {
    long bytes = bytes(context, request);
    String user = caller.principal().name();
    if (!take(user, bytes)) {
      return CompletableFuture.failedFuture(
          new SluiceException(
              ErrorCode.QUEUE_FULL, "Too many long requests come at once; try again in a moment."));
    }
    ScheduledFuture<?> alarm =
        context
            .eventLoop()
            .schedule(() -> request.abort(late()), longestUpload.toMillis(), TimeUnit.MILLISECONDS);
    return request
        .aggregate()
        .whenComplete(
            (body, failure) -> {
              alarm.cancel(false);
              giveBack(user, bytes);
            });
  }

  /** Returns how many bytes are being read. */
  synchronized long reading() {
    return reading;
  }

  private static long bytes(ServiceRequestContext context, HttpRequest request) {
    long longest = context.maxRequestLength();
    long announced = request.headers().contentLength();
    return announced < 0 ? longest : Math.min(announced, longest);
  }

  private synchronized boolean take(String user, long bytes) {
    long own = users.getOrDefault(user, 0L) + bytes;
    if (reading + bytes > most || own > mostOfOneUser) {
      return false;
    }
    reading += bytes;
    users.put(user, own);
    return true;
  }

  private synchronized void giveBack(String user, long bytes) {
    reading -= bytes;
    users.computeIfPresent(user, (name, own) -> own == bytes ? null : own - bytes);
  }

  private SluiceException late() {
    return new SluiceException(
        ErrorCode.PROTOCOL_VIOLATION,
        "The body of the request did not come within " + longestUpload.toSeconds() + " s.");
  }
}
