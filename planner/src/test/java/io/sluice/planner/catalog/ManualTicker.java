package io.sluice.planner.catalog;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that tests move by hand. */
final class ManualTicker implements Ticker {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

  @Override
  public long read() {
    return now.get();
  }

  void advance(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
