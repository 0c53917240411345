package io.sluice.gateway.arrow;

import java.util.Iterator;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Publishes what an iterator gives, on the thread that asks for it and only as far as it was asked.
 * A subscriber that asks again from inside {@code onNext} does not recurse. One subscriber only.
 */
public final class DemandPublisher<T> implements Flow.Publisher<T> {

  private final Iterator<? extends T> source;
  private final AtomicBoolean subscribed = new AtomicBoolean();

  /**
   * Makes a publisher.
   *
   * @param source used by one thread at a time; what it throws becomes the stream's error
   */
  public DemandPublisher(Iterator<? extends T> source) {
    this.source = source;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    if (!subscribed.compareAndSet(false, true)) {
      subscriber.onSubscribe(new NoSubscription());
      subscriber.onError(new IllegalStateException("a result has one subscriber"));
      return;
    }
    new Run<T>(source, subscriber).begin();
  }

  private static final class Run<T> implements Flow.Subscription {
    private final Iterator<? extends T> source;
    private final Flow.Subscriber<? super T> subscriber;
    private final AtomicLong demand = new AtomicLong();

    /** How many calls wish to run {@link #drain}; the first one does it for all. */
    private final AtomicLong wishes = new AtomicLong();

    private volatile boolean ended;

    Run(Iterator<? extends T> source, Flow.Subscriber<? super T> subscriber) {
      this.source = source;
      this.subscriber = subscriber;
    }

    void begin() {
      wishes.set(1);
      subscriber.onSubscribe(this);
      drain();
    }

    @Override
    public void request(long count) {
      if (count <= 0) {
        demand.set(Long.MIN_VALUE);
      } else {
        demand.accumulateAndGet(count, Run::add);
      }
      if (wishes.getAndIncrement() == 0) {
        drain();
      }
    }

    @Override
    public void cancel() {
      ended = true;
    }

    private void drain() {
      long served;
      do {
        served = wishes.get();
        publish();
      } while (wishes.addAndGet(-served) != 0);
    }

    private void publish() {
      try {
        while (!ended) {
          if (demand.get() < 0) {
            throw new IllegalArgumentException("a subscriber requests at least one item");
          }
          if (!source.hasNext()) {
            ended = true;
            subscriber.onComplete();
          } else if (demand.get() == 0) {
            return;
          } else {
            T next = source.next();
            demand.decrementAndGet();
            subscriber.onNext(next);
          }
        }
      } catch (RuntimeException e) {
        if (!ended) {
          ended = true;
          subscriber.onError(e);
        }
      }
    }

    private static long add(long left, long right) {
      if (left < 0) {
        return left;
      }
      long sum = left + right;
      return sum < 0 ? Long.MAX_VALUE : sum;
    }
  }

  private static final class NoSubscription implements Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }
}
