package io.sluice.gateway.statement;

import io.sluice.spark.ResultMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/** A client that records its signals and demands what the test tells it to. */
class RecordingClient implements Flow.Subscriber<ResultMessage> {

  final List<ResultMessage> messages = new ArrayList<>();
  Flow.Subscription subscription;
  Throwable error;
  int completions;
  int errors;

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
  }

  @Override
  public void onNext(ResultMessage message) {
    messages.add(message);
  }

  @Override
  public void onError(Throwable failure) {
    error = failure;
    errors++;
  }

  @Override
  public void onComplete() {
    completions++;
  }

  int endings() {
    return completions + errors;
  }
}
