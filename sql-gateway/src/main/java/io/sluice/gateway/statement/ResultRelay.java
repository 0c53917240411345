package io.sluice.gateway.statement;

import com.google.common.util.concurrent.MoreExecutors;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.time.Duration;
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
 *
 * <p>As long as the client was sent no row, another source may take the first one's place. The
 * client gets the schema once, so the other must have the same one.
 */
final class ResultRelay implements Flow.Publisher<ResultMessage>, Flow.Subscription {

  private final Executor ordered;
  private final Listener listener;
  private final InstantSource clock;

  private Flow.@Nullable Subscriber<? super ResultMessage> client;
  private @Nullable Source source;

  /** What no source has been asked for yet. */
  private long demandBeforeSource;

  /** What the client asked for and has not been sent. */
  private long demand;

  /** What the client was sent of this source; null before. */
  private @Nullable SchemaMessage schema;

  /** What it was sent of the source before, and this one has to send too; null if there is none. */
  private @Nullable SchemaMessage promised;

  private boolean rowsSent;

  /** Since when the client has asked for nothing; null while it waits for something. */
  private @Nullable Instant stalledSince;

  /** Whether the source has given all. */
  private boolean complete;

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
    Flow.@Nullable Subscription known;
    synchronized (this) {
      demand = sum(demand, n);
      stalledSince = null;
      known = source == null ? null : source.subscription;
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

  /** Returns what takes a source's messages, and none of the source before any more. */
  synchronized Flow.Subscriber<ResultMessage> source() {
    source = new Source();
    return source;
  }

  /**
   * Gives the source up, and keeps what the client asked for for the next one.
   *
   * @return what stops the source; empty when a row has been sent or all is over, and the source
   *     stays
   */
  synchronized Optional<Runnable> detach() {
    if (rowsSent || ended || complete) {
      return Optional.empty();
    }
    Flow.Subscription known = source == null ? null : source.subscription;
    source = null;
    demandBeforeSource = demand;
    promised = schema == null ? promised : schema;
    schema = null;
    return Optional.of(
        () -> {
          if (known != null) {
            known.cancel();
          }
        });
  }

  private void send(ResultMessage message, Instant came) {
    if (message instanceof BatchMessage batch
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
            listener.sent(Duration.between(came, clock.instant()));
          } catch (RuntimeException defect) {
            // Unsaid, the client would wait for ever.
            listener.failed(defect);
          }
        });
  }

  /** Returns since when the statement has waited for its client; empty when the client waits. */
  synchronized Optional<Instant> stalledSince() {
    return Optional.ofNullable(stalledSince);
  }

  /** Ends the client's side, after what was sent to it before, and stops the source. */
  void end(@Nullable SluiceException failure) {
    Flow.@Nullable Subscription known;
    synchronized (this) {
      ended = true;
      error = failure;
      known = source == null ? null : source.subscription;
      // Who keeps a result that is over does not keep its rows.
      source = null;
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

  /** One source's side. What comes of one that was given up goes nowhere. */
  private final class Source implements Flow.Subscriber<ResultMessage> {

    /** Guarded by the relay. */
    private Flow.@Nullable Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      long early = 0;
      boolean late;
      synchronized (ResultRelay.this) {
        late = ended || source != this;
        if (!late) {
          subscription = given;
          early = demandBeforeSource;
          demandBeforeSource = 0;
        }
      }
      if (late) {
        given.cancel();
      } else if (early > 0) {
        given.request(early);
      }
    }

    @Override
    public void onNext(ResultMessage message) {
      Instant came = clock.instant();
      SchemaMessage expected = null;
      Flow.@Nullable Subscription known;
      synchronized (ResultRelay.this) {
        if (source != this) {
          return;
        }
        known = subscription;
        if (message instanceof SchemaMessage first) {
          expected = promised;
          promised = null;
          schema = first;
        } else if (message instanceof BatchMessage batch && batch.rows() > 0) {
          rowsSent = true;
        }
        if (expected == null && demand < Long.MAX_VALUE && --demand <= 0) {
          stalledSince = came;
        }
      }
      if (expected == null) {
        send(message, came);
      } else if (!expected.equals(message)) {
        listener.failed(RunAuthorization.outdated());
      } else if (known != null) {
        known.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      if (isCurrent()) {
        listener.failed(failure);
      }
    }

    @Override
    public void onComplete() {
      synchronized (ResultRelay.this) {
        if (source != this) {
          return;
        }
        // From now on there is nothing to run again.
        complete = true;
      }
      // After what was sent, so that whoever is told of the ending can be told of that too.
      ordered.execute(listener::completed);
    }

    private boolean isCurrent() {
      synchronized (ResultRelay.this) {
        return source == this;
      }
    }
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

    /**
     * Learns of a message that the client has.
     *
     * @param after how long after the source gave it
     */
    default void sent(Duration after) {}

    void completed();

    void failed(Throwable failure);

    void canceledByClient();
  }
}
