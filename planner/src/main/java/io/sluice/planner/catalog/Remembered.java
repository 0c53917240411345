package io.sluice.planner.catalog;

import com.github.benmanes.caffeine.cache.Ticker;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one question, repeated while it is fresh. One thread asks at a time. A failure is
 * repeated too: those who waited behind a catalog that timed out must not time out one by one.
 */
final class Remembered<T> {

  private final long freshness;
  private final Ticker ticker;
  private final LongSupplier changes;

  @GuardedBy("this")
  private @Nullable Supplier<T> answer;

  @GuardedBy("this")
  private long answeredAt;

  /** How many changes there had been when the question was put. */
  @GuardedBy("this")
  private long changesBefore;

  /** How often the question has been put. */
  private final AtomicLong asked = new AtomicLong();

  /**
   * @param changes counts what made answers from before it worthless
   */
  Remembered(Duration freshness, Ticker ticker, LongSupplier changes) {
    this.freshness = freshness.toNanos();
    this.ticker = ticker;
    this.changes = changes;
  }

  synchronized T get(Supplier<T> question) {
    Supplier<T> known = answer;
    if (known == null
        || ticker.read() - answeredAt >= freshness
        || changes.getAsLong() != changesBefore) {
      known = ask(question);
      answer = known;
    }
    return known.get();
  }

  /**
   * Returns an answer to the question as it was put after this call began. Those who wait meanwhile
   * share one.
   */
  T now(Supplier<T> question) {
    long before = asked.get();
    synchronized (this) {
      Supplier<T> known = answer;
      if (known == null || asked.get() == before) {
        known = ask(question);
        answer = known;
      }
      return known.get();
    }
  }

  @GuardedBy("this")
  private Supplier<T> ask(Supplier<T> question) {
    asked.incrementAndGet();
    try {
      // An answer is as old as its question.
      answeredAt = ticker.read();
      changesBefore = changes.getAsLong();
      T value = question.get();
      return () -> value;
    } catch (RuntimeException e) {
      answeredAt = ticker.read();
      return () -> {
        throw e;
      };
    }
  }
}
