package io.sluice.gateway.hive;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the client of an operation is still there, where no connection stands for it: over HTTP.
 * It asks for the state until the operation is ready, so that one that does not has gone, and so
 * has one that does not wait for an answer.
 */
final class Attendance {

  private final HiveOperation operation;
  private int calls;
  private boolean polled;
  private @Nullable ScheduledFuture<?> end;

  Attendance(HiveOperation operation) {
    this.operation = operation;
  }

  /**
   * Makes a call that a request asked for.
   *
   * @param poll whether it asks for the state
   */
  <T> CompletableFuture<T> during(
      HiveClient client,
      boolean poll,
      Patience patience,
      ScheduledExecutorService timer,
      Supplier<CompletableFuture<T>> call) {
    begun(poll);
    client.onRequestGone(
        () -> operation.abandon("The client went away while it waited for the statement."));
    CompletableFuture<T> answer;
    try {
      answer = call.get();
    } catch (RuntimeException refused) {
      answer = CompletableFuture.failedFuture(refused);
    }
    return answer.whenComplete((reply, failure) -> answered(patience, timer));
  }

  private synchronized void begun(boolean poll) {
    calls++;
    polled |= poll;
    calm();
  }

  private synchronized void answered(Patience patience, ScheduledExecutorService timer) {
    calls--;
    expect(patience, timer);
  }

  /** Its client has been told of it, and is to ask for it if it is not ready. */
  synchronized void expect(Patience patience, ScheduledExecutorService timer) {
    if (calls == 0 && !operation.isReady()) {
      Duration longest = polled ? patience.next() : patience.first();
      end = timer.schedule(() -> unasked(longest), longest.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The operation is ready: what is left of it waits to be fetched. */
  synchronized void calm() {
    if (end != null) {
      end.cancel(false);
      end = null;
    }
  }

  private void unasked(Duration longest) {
    synchronized (this) {
      if (calls > 0) {
        return;
      }
    }
    operation.abandon(
        "The client went away: it has not asked for the statement for "
            + longest.toSeconds()
            + " s.");
  }
}
