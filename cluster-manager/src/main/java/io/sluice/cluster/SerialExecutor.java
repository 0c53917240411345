package io.sluice.cluster;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks one after the other, in the order in which they came, on another executor. */
public final class SerialExecutor implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(SerialExecutor.class);

  private final Executor executor;

  /** Guarded by itself, as is {@link #running}. */
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  private boolean running;

  /** Runs them on that executor. */
  public SerialExecutor(Executor executor) {
    this.executor = executor;
  }

  /**
   * Has a task run after those that came before it.
   *
   * @throws RejectedExecutionException if the other executor takes nothing; the task is forgotten
   */
  @Override
  public void execute(Runnable task) {
    synchronized (tasks) {
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::drain);
    } catch (RejectedExecutionException full) {
      synchronized (tasks) {
        running = false;
        tasks.remove(task);
      }
      throw full;
    }
  }

  private void drain() {
    while (true) {
      Runnable task;
      synchronized (tasks) {
        task = tasks.poll();
        if (task == null) {
          running = false;
          return;
        }
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("a task failed", e);
      }
    }
  }
}
