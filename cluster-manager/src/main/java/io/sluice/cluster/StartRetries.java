package io.sluice.cluster;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait before a replica is started in place of one that ended: not at all at first,
 * then 1, 2, 4 … 60 s, until one has been ready for long enough. Touched on the manager's serial
 * executor alone.
 */
final class StartRetries {

  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** After so many starts in a row that failed nobody is to wait for the next one. */
  private static final int FAILING_STARTS = 2;

  private final SerialExecutor serial;
  private final ScheduledExecutorService scheduler;
  private int ends;
  private int failedStarts;
  private @Nullable Future<?> next;

  StartRetries(SerialExecutor serial, ScheduledExecutorService scheduler) {
    this.serial = serial;
    this.scheduler = scheduler;
  }

  /** Tells that a replica that was not ready yet has ended. */
  void startFailed() {
    failedStarts++;
  }

  /** Tells that a replica is ready. */
  void startSucceeded() {
    failedStarts = 0;
  }

  /** Tells that a replica was ready for long enough: the next end is the first again. */
  void wasStable() {
    ends = 0;
  }

  /**
   * Tells that a replica has ended that is to be replaced.
   *
   * @param retry is called when the wait is over
   * @return whether there is a wait; if not, the caller is to go on now
   */
  boolean waitAfterEnd(Runnable retry) {
    Duration wait = backOff(ends++);
    if (wait.isZero() || next != null) {
      return false;
    }
    next =
        scheduler.schedule(
            () ->
                serial.execute(
                    () -> {
                      next = null;
                      retry.run();
                    }),
            wait.toMillis(),
            TimeUnit.MILLISECONDS);
    return true;
  }

  private static Duration backOff(int before) {
    if (before == 0) {
      return Duration.ZERO;
    }
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(before - 1, 10));
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  /** Returns whether nothing is to be started before the wait is over. */
  boolean isWaiting() {
    return next != null;
  }

  /** Returns whether starts fail, and the next one is not to be waited for: it may succeed. */
  boolean isFailing() {
    return isWaiting() && failedStarts >= FAILING_STARTS;
  }

  /** Ends a wait; nothing is called back. */
  void cancel() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }
}
