package io.sluice.gateway.main;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The gateway's own threads.
 *
 * @param planning runs the analyser, whose recursion needs deep stacks; what does not fit its queue
 *     is rejected
 * @param work runs short steps that never block
 * @param blocking runs what waits for the catalog or a process
 * @param logins checks passwords, which anybody may send and which cost much
 * @param watching looks at files that may change while the gateway runs; nobody who keeps the
 *     others busy puts off what the files say of them
 * @param timer starts what is due; runs nothing long itself
 * @param connections carries the Thrift door's connections
 * @param grpcConnections carries the Flight SQL door's
 */
record Threads(
    ExecutorService planning,
    ExecutorService work,
    ExecutorService blocking,
    ExecutorService logins,
    ExecutorService watching,
    ScheduledExecutorService timer,
    EventLoopGroup connections,
    EventLoopGroup grpcConnections)
    implements AutoCloseable {

  private static final long PLANNING_STACK_BYTES = 16L << 20;
  private static final int QUEUE = 1000;

  /** Half a minute's work; who comes later is told to come again. */
  private static final int LOGIN_QUEUE = 256;

  private static final int WATCHED_FILES = 4;
  private static final int EVENT_LOOPS = 2;

  static Threads start() {
    int cores = Runtime.getRuntime().availableProcessors();
    return new Threads(
        pool(Math.max(4, 2 * cores), QUEUE, named("planning", PLANNING_STACK_BYTES)),
        Executors.newFixedThreadPool(Math.max(2, cores), named("work", 0)),
        pool(16, QUEUE, named("blocking", 0)),
        pool(Math.max(2, cores / 2), LOGIN_QUEUE, named("logins", 0)),
        pool(1, WATCHED_FILES, named("watching", 0)),
        scheduler(),
        loops(EVENT_LOOPS, named("connections", 0)),
        loops(2 * cores, named("grpc-connections", 0)));
  }

  /**
   * Returns threads for what waits for Kubernetes' API server, so that nothing else does. None of
   * it is turned away: there is as much as there are clusters.
   */
  static ExecutorService kubernetes() {
    return pool(16, Integer.MAX_VALUE, named("kubernetes", 0));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    planning.shutdownNow();
    blocking.shutdownNow();
    logins.shutdownNow();
    watching.shutdownNow();
    work.shutdown();
    connections.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    grpcConnections.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Most of what is to be done some day is called off before. */
  private static ScheduledExecutorService scheduler() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("timer", 0));
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static ExecutorService pool(int size, int queue, ThreadFactory factory) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            size, size, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queue), factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static EventLoopGroup loops(int size, ThreadFactory factory) {
    return Epoll.isAvailable()
        ? new EpollEventLoopGroup(size, factory)
        : new NioEventLoopGroup(size, factory);
  }

  private static ThreadFactory named(String name, long stackBytes) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), stackBytes);
      thread.setDaemon(true);
      return thread;
    };
  }
}
