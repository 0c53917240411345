package io.sluice.gateway.hive;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The calls that wait for an operation to be ready, each for a while only. An operation may be
 * asked for its state as long as it runs, so nothing is left of a call that was answered.
 */
final class StatusWaits {

  private final Set<CompletableFuture<Void>> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean ready;

  /**
   * @param ready completes, in whatever way, when nobody needs to wait any more
   */
  StatusWaits(CompletableFuture<Void> ready) {
    ready.whenComplete(
        (done, failure) -> {
          this.ready = true;
          waiting.forEach(call -> call.complete(null));
        });
  }

  /** Returns what completes when it is ready, or else after so many milliseconds. */
  CompletableFuture<Void> next(ScheduledExecutorService timer, long millis) {
    CompletableFuture<Void> call = new CompletableFuture<>();
    ScheduledFuture<?> soon =
        timer.schedule(() -> call.complete(null), millis, TimeUnit.MILLISECONDS);
    waiting.add(call);
    call.whenComplete(
        (done, failure) -> {
          soon.cancel(false);
          waiting.remove(call);
        });
    // Only now, as it may have become ready before this call was among those that wait.
    if (ready) {
      call.complete(null);
    }
    return call;
  }

  /** Returns how many calls wait. */
  int size() {
    return waiting.size();
  }
}
