package io.sluice.testkit;

import io.grpc.SynchronizationContext;
import io.sluice.model.SluiceException;
import io.sluice.spark.ArrowSchemas;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import io.sluice.spark.SparkRun;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** One run on a {@link FakeSpark}: sends what it holds as it is asked for. */
final class FakeRun implements SparkRun, Flow.Subscription {

  private final Consumer<FakeRun> starter;
  private final CompletableFuture<Void> freed = new CompletableFuture<>();
  private final CompletableFuture<Schema> columns = new CompletableFuture<>();
  private final AtomicBoolean subscribed = new AtomicBoolean();
  private final SynchronizationContext context =
      new SynchronizationContext(
          (thread, failure) -> {
            throw new IllegalStateException("a subscriber threw", failure);
          });

  // Touched in the context alone.
  private final Queue<ResultMessage> waiting = new ArrayDeque<>();
  private Flow.@Nullable Subscriber<? super ResultMessage> subscriber;
  private Runnable ending = () -> {};
  private Runnable onEnd = () -> {};
  private long demand;
  private boolean ended;

  FakeRun(Consumer<FakeRun> starter) {
    this.starter = starter;
  }

  void send(ResultMessage message) {
    waiting.add(message);
    if (message instanceof SchemaMessage schema) {
      columns.complete(ArrowSchemas.schema(schema.header()));
    }
  }

  /** What to do when all has been sent. */
  void atEnd(Runnable action) {
    ending = action;
  }

  /** What to do when the run is over, however it ended. */
  void onEnd(Runnable action) {
    onEnd = action;
  }

  void complete() {
    end(Flow.Subscriber::onComplete);
  }

  void fail(SluiceException failure) {
    end(target -> target.onError(failure));
  }

  private void end(Consumer<Flow.Subscriber<? super ResultMessage>> signal) {
    context.execute(
        () -> {
          if (!ended) {
            ended = true;
            onEnd.run();
            freed.complete(null);
            if (subscriber != null) {
              signal.accept(subscriber);
            }
          }
        });
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ResultMessage> newSubscriber) {
    if (!subscribed.compareAndSet(false, true)) {
      FakeRun refused = new FakeRun(run -> {});
      newSubscriber.onSubscribe(refused);
      newSubscriber.onError(new IllegalStateException("a run has one subscriber"));
      return;
    }
    context.execute(
        () -> {
          subscriber = newSubscriber;
          newSubscriber.onSubscribe(this);
        });
    context.execute(
        () -> {
          if (!ended) {
            starter.accept(this);
            deliver();
          }
        });
  }

  @Override
  public CompletableFuture<Void> freed() {
    return freed;
  }

  @Override
  public CompletableFuture<Schema> columns() {
    return columns;
  }

  @Override
  public void request(long messages) {
    if (messages <= 0) {
      end(target -> target.onError(new IllegalArgumentException("demand must be positive")));
      return;
    }
    context.execute(
        () -> {
          demand = demand + messages < 0 ? Long.MAX_VALUE : demand + messages;
          deliver();
        });
  }

  private void deliver() {
    while (!ended && subscriber != null && demand > 0 && !waiting.isEmpty()) {
      demand--;
      subscriber.onNext(waiting.remove());
    }
    if (!ended && waiting.isEmpty() && demand > 0) {
      ending.run();
    }
  }

  @Override
  public void cancel() {
    end(target -> {});
  }
}
