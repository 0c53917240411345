package io.sluice.gateway.statement;

import com.google.common.util.concurrent.MoreExecutors;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a statement's client and whatever gives its rows, which is there later than the
 * client, or never.
 *
 * <p>Demand that comes before the source is kept for it. Signals to the client go through an
 * ordered executor, so that a cancellation from elsewhere never meets a batch on its way; what
 * waits there is bounded by the demand. The client's side ends once: by {@link #end}, which the
 * statement calls.
 */
final class ResultRelay
    implements Flow.Publisher<ResultMessage>, Flow.Subscriber<ResultMessage>, Flow.Subscription {

  private final Executor ordered;
  private final Listener listener;
  private final InstantSource clock;

  private Flow.@Nullable Subscriber<? super ResultMessage> client;
  private Flow.@Nullable Subscription source;
  private long demandBeforeSource;

  /** What the client asked for and has not been sent. */
  private long demand;

  /** Since when the client has asked for nothing; null while it waits for something. */
  private @Nullable Instant stalledSince;

  private boolean ended;
  private @Nullable SluiceException error;

  /** Used by the ordered executor alone. */
  private boolean clientTold;

  ResultRelay(Executor executor, Listener listener, InstantSource clock) {
    this.ordered = MoreExecutors.newSequentialExecutor(executor);
    this.listener = listener;
    this.clock = clock;
    this.stalledSince = clock.instant();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ResultMessage> subscriber) {
    boolean first;
    boolean late;
    synchronized (this) {
      first = client == null;
      if (first) {
        client = subscriber;
      }
      late = ended;
    }
    if (!first) {
      throw new IllegalStateException("a result has one subscriber");
    }
    ordered.execute(() -> subscriber.onSubscribe(this));
    if (late) {
      ordered.execute(this::tellEnd);
    } else {
      listener.subscribed();
    }
  }

  @Override
  public void request(long n) {
    Flow.Subscription known;
    synchronized (this) {
      demand = sum(demand, n);
      stalledSince = null;
      known = source;
      if (known == null) {
        demandBeforeSource = sum(demandBeforeSource, n);
        return;
      }
    }
    known.request(n);
  }

  @Override
  public void cancel() {
    listener.canceledByClient();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    long early;
    boolean late;
    synchronized (this) {
      source = subscription;
      early = demandBeforeSource;
      demandBeforeSource = 0;
      late = ended;
    }
    if (late) {
      subscription.cancel();
    } else if (early > 0) {
      subscription.request(early);
    }
  }

  @Override
  public void onNext(ResultMessage message) {
    synchronized (this) {
      if (demand < Long.MAX_VALUE && --demand <= 0) {
        stalledSince = clock.instant();
      }
    }
    if (message instanceof ResultMessage.BatchMessage batch
        && !listener.admits(batch.rows(), batch.body().size())) {
      return;
    }
    ordered.execute(
        () -> {
          Flow.Subscriber<? super ResultMessage> subscriber = subscriber();
          if (clientTold || subscriber == null) {
            return;
          }
          try {
            subscriber.onNext(message);
          } catch (RuntimeException defect) {
            // Unsaid, the client would wait for ever.
            listener.failed(defect);
          }
        });
  }

  @Override
  public void onError(Throwable failure) {
    listener.failed(failure);
  }

  @Override
  public void onComplete() {
    listener.completed();
  }

  /** Returns since when the statement has waited for its client; empty when the client waits. */
  synchronized Optional<Instant> stalledSince() {
    return Optional.ofNullable(stalledSince);
  }

  /** Ends the client's side, after what was sent to it before, and stops the source. */
  void end(@Nullable SluiceException failure) {
    Flow.Subscription known;
    synchronized (this) {
      ended = true;
      error = failure;
      known = source;
    }
    if (known != null) {
      known.cancel();
    }
    ordered.execute(this::tellEnd);
  }

  private void tellEnd() {
    Flow.Subscriber<? super ResultMessage> subscriber = subscriber();
    if (clientTold || subscriber == null) {
      return;
    }
    clientTold = true;
    SluiceException failure;
    synchronized (this) {
      failure = error;
    }
    if (failure == null) {
      subscriber.onComplete();
    } else {
      subscriber.onError(failure);
    }
  }

  /** As {@link Flow.Subscription#request} has it: so much that it never runs out. */
  private static long sum(long before, long more) {
    return before + more < 0 ? Long.MAX_VALUE : before + more;
  }

  private synchronized Flow.@Nullable Subscriber<? super ResultMessage> subscriber() {
    return client;
  }

  /** What the statement learns from the relay. */
  interface Listener {
    void subscribed();

    /**
     * Counts a batch before it is sent.
     *
     * @return whether it may be sent; when not, the statement has ended
     */
    boolean admits(long rows, long bytes);

    void completed();

    void failed(Throwable failure);

    void canceledByClient();
  }
}
