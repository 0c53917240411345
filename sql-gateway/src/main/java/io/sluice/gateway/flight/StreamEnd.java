package io.sluice.gateway.flight;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one result's stream. It waits until the client has taken nearly all that was sent
 * before, because a stream that has been ended can no longer be reset: a client that reads no
 * further would keep its rows in the gateway's memory for as long as its connection lasts. One that
 * takes too long, or leaves too many such results, loses them.
 */
final class StreamEnd {

  private static final Logger LOG = LoggerFactory.getLogger(StreamEnd.class);

  /** How much may stay in the buffers of a stream that has ended, in bytes. */
  static final int MOST_LEFT = 64 << 10;

  private final ServerCallStreamObserver<FlightFrame> client;
  private final IntConsumer readyBelow;
  private final StallTimer timer;
  private final UntakenResults untaken;

  /** What ends the stream when the client is ready; null before there is an end, and after. */
  private final AtomicReference<@Nullable Runnable> waiting = new AtomicReference<>();

  private final CompletableFuture<Void> told = new CompletableFuture<>();
  private volatile boolean begun;

  /**
   * @param readyBelow sets at how many bytes in its buffers the client counts as ready
   */
  StreamEnd(
      ServerCallStreamObserver<FlightFrame> client,
      IntConsumer readyBelow,
      StallTimer timer,
      UntakenResults untaken) {
    this.client = client;
    this.readyBelow = readyBelow;
    this.timer = timer;
    this.untaken = untaken;
  }

  /**
   * Ends the stream, once; the client may take nothing but what was sent before.
   *
   * @param failure how it ends; null when well
   * @param user whose result it is
   * @param left how many bytes the client may not have taken yet, at most
   */
  void end(@Nullable StatusRuntimeException failure, String user, long left) {
    begun = true;
    readyBelow.accept(MOST_LEFT);
    if (mayEnd()) {
      tell(failure);
      return;
    }
    Runnable last = () -> tell(failure);
    waiting.set(last);
    ScheduledFuture<?> patience =
        timer.afterStall(
            () -> drop(last, "its client took none of it for " + timer.stall().toSeconds() + " s"));
    told.thenRun(() -> patience.cancel(false));
    UntakenResults.Rest rest =
        untaken.add(user, left, () -> drop(last, "others were left too, more than may be"));
    told.thenRun(() -> untaken.remove(rest));
    ready();
  }

  /** Ends the stream at once, and drops what waits in its buffers. */
  void reset(Status why) {
    begun = true;
    client.onNext(FlightFrame.reset(why));
  }

  /** Returns whether nothing more is sent. */
  boolean hasBegun() {
    return begun;
  }

  /** Looks whether the client has taken enough, or has gone. */
  void ready() {
    if (!mayEnd()) {
      return;
    }
    Runnable last = waiting.getAndSet(null);
    if (last != null) {
      told.complete(null);
      last.run();
    }
  }

  private boolean mayEnd() {
    return client.isReady() || client.isCancelled();
  }

  private void drop(Runnable last, String why) {
    if (waiting.compareAndSet(last, null)) {
      told.complete(null);
      LOG.info("the rest of a result that had ended was dropped: {}", why);
      reset(Status.DEADLINE_EXCEEDED.withDescription("the rest of the result was not taken"));
    }
  }

  private void tell(@Nullable StatusRuntimeException failure) {
    if (failure == null) {
      client.onCompleted();
    } else {
      client.onError(failure);
    }
  }
}
