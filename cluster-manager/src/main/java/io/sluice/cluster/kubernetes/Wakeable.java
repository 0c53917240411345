package io.sluice.cluster.kubernetes;

import io.sluice.cluster.SerialExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that runs after it was called for, on another executor and never beside itself. Calls that
 * come before it begins count as one.
 */
final class Wakeable {

  private static final Logger LOG = LoggerFactory.getLogger(Wakeable.class);

  private final String what;
  private final SerialExecutor serial;
  private final Runnable task;
  private final AtomicBoolean woken = new AtomicBoolean();

  /**
   * Runs nothing yet.
   *
   * @param what the task looks at, for people
   */
  Wakeable(String what, Executor executor, Runnable task) {
    this.what = what;
    this.serial = new SerialExecutor(executor);
    this.task = task;
  }

  /** Calls for it. Does not block. */
  void wake() {
    if (woken.getAndSet(true)) {
      return;
    }
    try {
      serial.execute(
          () -> {
            woken.set(false);
            task.run();
          });
    } catch (RejectedExecutionException full) {
      // Whoever calls next tries again.
      woken.set(false);
      LOG.warn("{} are looked at later: {}", what, full.getMessage());
    }
  }
}
