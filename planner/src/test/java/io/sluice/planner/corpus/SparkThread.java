package io.sluice.planner.corpus;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The one thread that Spark's parser is used on: its settings belong to a thread, and its builder
 * of plans recurses deeper than a test's own stack goes.
 */
final class SparkThread {

  private static final long STACK = 256L << 20;

  private static final LinkedBlockingQueue<FutureTask<?>> TASKS = new LinkedBlockingQueue<>();

  static {
    Thread thread = new Thread(null, SparkThread::work, "spark-oracle", STACK);
    thread.setDaemon(true);
    thread.start();
  }

  private SparkThread() {}

  /** Runs a piece of work there and returns what it returns; its exceptions come out as causes. */
  static <T> T call(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    TASKS.add(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void work() {
    try {
      while (true) {
        TASKS.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
