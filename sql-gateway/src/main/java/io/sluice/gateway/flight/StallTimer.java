package io.sluice.gateway.flight;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Does something once a client has had the time in which it should have taken something. */
final class StallTimer {

  private final ScheduledExecutorService timer;
  private final Executor calls;
  private final Duration stall;

  /**
   * @param timer starts what is due
   * @param calls runs it
   */
  StallTimer(ScheduledExecutorService timer, Executor calls, Duration stall) {
    this.timer = timer;
    this.calls = calls;
    this.stall = stall;
  }

  Duration stall() {
    return stall;
  }

  ScheduledFuture<?> afterStall(Runnable task) {
    return timer.schedule(() -> calls.execute(task), stall.toMillis(), TimeUnit.MILLISECONDS);
  }
}
