package io.sluice.planner.catalog;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Counts what a catalog was asked that was not known already. */
public final class CatalogRequests {

  private final Ticker ticker;
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  CatalogRequests(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * What there was since the start.
   *
   * @param answered that there is no such thing is an answer too
   * @param failed to which there was no answer
   * @param took all of them together
   */
  public record Total(long answered, long failed, Duration took) {}

  /** Puts a question. */
  <T> T counted(Supplier<T> question) {
    long before = ticker.read();
    boolean answer = false;
    try {
      T value = question.get();
      answer = true;
      return value;
    } catch (SluiceException refusal) {
      answer = refusal.code() != ErrorCode.CATALOG_UNAVAILABLE;
      throw refusal;
    } finally {
      nanos.add(ticker.read() - before);
      (answer ? answered : failed).increment();
    }
  }

  Total total() {
    return new Total(answered.sum(), failed.sum(), Duration.ofNanos(nanos.sum()));
  }
}
