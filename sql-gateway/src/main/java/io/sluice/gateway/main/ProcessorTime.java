package io.sluice.gateway.main;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** How long threads have had a processor. */
final class ProcessorTime {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ProcessorTime() {}

  /** Returns the nanoseconds that the calling thread has had so far. */
  static long ofThisThread() {
    return THREADS.getCurrentThreadCpuTime();
  }
}
