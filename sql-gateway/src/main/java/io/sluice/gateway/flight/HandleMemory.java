package io.sluice.gateway.flight;

import java.util.concurrent.atomic.AtomicLong;

/** How much all sessions' handles may hold together, so that many sessions do not fill the heap. */
final class HandleMemory {

  private final long most;
  private final AtomicLong used = new AtomicLong();

  HandleMemory(long most) {
    this.most = most;
  }

  /** Takes so much, if it is there. */
  boolean take(long weight) {
    long before = used.getAndAdd(weight);
    if (before + weight <= most) {
      return true;
    }
    used.addAndGet(-weight);
    return false;
  }

  void giveBack(long weight) {
    used.addAndGet(-weight);
  }

  long used() {
    return used.get();
  }
}
