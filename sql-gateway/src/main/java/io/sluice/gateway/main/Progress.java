package io.sluice.gateway.main;

import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells on stderr what is under way, and again every few seconds how long it has taken. */
final class Progress {

  private static final int SECONDS_BETWEEN = 5;

  private final PrintStream out;
  private final ScheduledExecutorService timer;

  Progress(PrintStream out, ScheduledExecutorService timer) {
    this.out = out;
    this.timer = timer;
  }

  /** Prints one line. */
  void say(String line) {
    out.println("sluice: " + line);
    out.flush();
  }

  /** Follows something until it completes. */
  <T> CompletableFuture<T> follow(String what, CompletableFuture<T> work) {
    say(what + " …");
    AtomicInteger seconds = new AtomicInteger();
    ScheduledFuture<?> ticks =
        timer.scheduleAtFixedRate(
            () -> say(what + " … " + seconds.addAndGet(SECONDS_BETWEEN) + " s"),
            SECONDS_BETWEEN,
            SECONDS_BETWEEN,
            TimeUnit.SECONDS);
    return work.whenComplete((result, failure) -> ticks.cancel(false));
  }
}
