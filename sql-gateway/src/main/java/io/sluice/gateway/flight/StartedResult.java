package io.sluice.gateway.flight;

import com.google.common.util.concurrent.MoreExecutors;
import io.sluice.gateway.statement.Statement;
import io.sluice.spark.ResultMessage;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A statement that was set running before its client fetches: a poll starts it, and a fetch carries
 * on. It asks for one message and holds that, no more, until the client is there. Signals of both
 * sides go through one ordered executor, and every field below it is touched there alone.
 */
final class StartedResult
    implements Flow.Publisher<ResultMessage>, Flow.Subscriber<ResultMessage>, Flow.Subscription {

  private final Statement statement;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

  /** Those that wait now; a future would remember all that ever did. */
  private final Set<CompletableFuture<Boolean>> waiting = ConcurrentHashMap.newKeySet();

  private final Executor ordered = MoreExecutors.newSequentialExecutor(Runnable::run);

  private Flow.@Nullable Subscriber<? super ResultMessage> client;
  private Flow.@Nullable Subscription source;
  private @Nullable ResultMessage held;
  private @Nullable Throwable failure;
  private boolean ended;
  private boolean told;

  private StartedResult(Statement statement) {
    this.statement = statement;
    ready.whenComplete((there, failure) -> waiting.forEach(this::tell));
  }

  /** Returns the result of a statement that does not run yet. */
  static StartedResult of(Statement statement) {
    return new StartedResult(statement);
  }

  /** Sets the statement running. */
  void start() {
    statement.result().subscribe(this);
  }

  Statement statement() {
    return statement;
  }

  /**
   * Returns what completes with true when there is something to fetch or the statement has ended
   * well, and fails as the statement does. Whoever waits no longer completes it.
   */
  CompletableFuture<Boolean> ready() {
    CompletableFuture<Boolean> waiter = new CompletableFuture<>();
    waiting.add(waiter);
    waiter.whenComplete((there, failure) -> waiting.remove(waiter));
    if (ready.isDone()) {
      tell(waiter);
    }
    return waiter;
  }

  /** Returns whether there is something to fetch, or the statement has ended. */
  boolean isReady() {
    return ready.isDone();
  }

  /** Returns how many wait. */
  int waiting() {
    return waiting.size();
  }

  private void tell(CompletableFuture<Boolean> waiter) {
    ready.whenComplete(
        (there, failure) -> {
          if (failure == null) {
            waiter.complete(there);
          } else {
            waiter.completeExceptionally(failure);
          }
        });
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ResultMessage> subscriber) {
    ordered.execute(
        () -> {
          client = subscriber;
          subscriber.onSubscribe(this);
          tellEnd();
        });
  }

  @Override
  public void request(long messages) {
    ordered.execute(
        () -> {
          Flow.Subscriber<? super ResultMessage> subscriber = client;
          ResultMessage first = held;
          long more = messages;
          if (subscriber != null && first != null) {
            held = null;
            more--;
            subscriber.onNext(first);
            tellEnd();
          }
          Flow.Subscription upstream = source;
          if (more > 0 && upstream != null && !ended) {
            upstream.request(more);
          }
        });
  }

  @Override
  public void cancel() {
    ordered.execute(
        () -> {
          told = true;
          held = null;
          Flow.Subscription upstream = source;
          if (upstream != null) {
            upstream.cancel();
          }
        });
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    ordered.execute(() -> source = subscription);
    subscription.request(1);
  }

  @Override
  public void onNext(ResultMessage message) {
    ordered.execute(
        () -> {
          Flow.Subscriber<? super ResultMessage> subscriber = client;
          if (subscriber != null && !told) {
            subscriber.onNext(message);
          } else if (!told) {
            held = message;
          }
        });
    ready.complete(true);
  }

  @Override
  public void onError(Throwable problem) {
    end(problem);
    ready.completeExceptionally(problem);
  }

  @Override
  public void onComplete() {
    end(null);
    ready.complete(true);
  }

  private void end(@Nullable Throwable problem) {
    ordered.execute(
        () -> {
          ended = true;
          failure = problem;
          if (problem != null) {
            held = null;
          }
          tellEnd();
        });
  }

  /** The end comes after what was held; a failure does not wait for demand. */
  private void tellEnd() {
    Flow.Subscriber<? super ResultMessage> subscriber = client;
    Throwable problem = failure;
    if (!ended || told || subscriber == null || (held != null && problem == null)) {
      return;
    }
    told = true;
    held = null;
    if (problem == null) {
      subscriber.onComplete();
    } else {
      subscriber.onError(problem);
    }
  }
}
