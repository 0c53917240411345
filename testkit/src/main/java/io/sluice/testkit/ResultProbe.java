package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A subscriber that a test drives by hand: it asks for nothing by itself. */
public final class ResultProbe implements Flow.Subscriber<ResultMessage> {

  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final BlockingQueue<ResultMessage> messages = new LinkedBlockingQueue<>();
  private final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();

  /** Subscribes a new probe. */
  public static ResultProbe of(Flow.Publisher<ResultMessage> publisher) {
    ResultProbe probe = new ResultProbe();
    publisher.subscribe(probe);
    return probe;
  }

  /** Asks for so many more messages. */
  public ResultProbe request(long count) {
    await(subscription).request(count);
    return this;
  }

  /** Gives the result up. */
  public void cancel() {
    await(subscription).cancel();
  }

  /** Waits for the next message. */
  public ResultMessage next() {
    try {
      ResultMessage message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("no message came; end: " + end.getNow(null));
      }
      return message;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Returns how many messages came that were not taken. */
  public int untaken() {
    return messages.size();
  }

  /** Returns whether the result completed or failed. */
  public boolean hasEnded() {
    return end.isDone();
  }

  /** Asks for all, waits for the end, and returns what had not been taken. */
  public List<ResultMessage> rest() {
    request(Long.MAX_VALUE);
    await(end)
        .ifPresent(
            failure -> {
              throw new AssertionError("the result failed", failure);
            });
    List<ResultMessage> rest = new ArrayList<>();
    messages.drainTo(rest);
    return rest;
  }

  /** Asks for all, waits for the failure, and returns it. */
  public Throwable failure() {
    request(Long.MAX_VALUE);
    return await(end).orElseThrow(() -> new AssertionError("the result did not fail"));
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("waited in vain", e);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    assertThat(subscription.complete(newSubscription)).as("the first onSubscribe").isTrue();
  }

  @Override
  public void onNext(ResultMessage message) {
    assertThat(end).as("no message after the end").isNotDone();
    messages.add(message);
  }

  @Override
  public void onError(Throwable failure) {
    assertThat(end.complete(Optional.of(failure))).as("one end").isTrue();
  }

  @Override
  public void onComplete() {
    assertThat(end.complete(Optional.empty())).as("one end").isTrue();
  }
}
