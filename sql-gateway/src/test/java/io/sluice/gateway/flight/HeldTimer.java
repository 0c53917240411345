package io.sluice.gateway.flight;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what is to be done again and again when the test says so, and single tasks in time. */
final class HeldTimer extends ScheduledThreadPoolExecutor {

  private final List<Runnable> tasks = new CopyOnWriteArrayList<>();

  HeldTimer() {
    super(1);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable task, long first, long delay, TimeUnit unit) {
    tasks.add(task);
    return schedule(() -> {}, 1, TimeUnit.DAYS);
  }

  void tick() {
    tasks.forEach(Runnable::run);
  }
}
