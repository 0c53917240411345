package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.statement.Statement;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Runs a statement for its effect. The rows that a command returns, as CALL does, are let go; a
 * query is canceled and refused, as it has no effect.
 */
final class UpdateRun implements Flow.Subscriber<ResultMessage> {

  private final Statement statement;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile Flow.@Nullable Subscription subscription;

  private UpdateRun(Statement statement) {
    this.statement = statement;
  }

  /**
   * Completes when the statement has been carried out; how many rows it changed Spark does not say.
   */
  static CompletableFuture<Void> run(Statement statement) {
    UpdateRun run = new UpdateRun(statement);
    statement.result().subscribe(run);
    return run.done;
  }

  @Override
  public void onSubscribe(Flow.Subscription next) {
    subscription = next;
    next.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ResultMessage message) {
    // What Spark answers to a command has no columns, and may come as an empty batch.
    boolean rows =
        message instanceof SchemaMessage schema && !ArrowEncoder.read(schema).getFields().isEmpty();
    Flow.Subscription upstream = subscription;
    if (rows && upstream != null && !statement.isCommand()) {
      upstream.cancel();
      done.completeExceptionally(
          new SluiceException(
              ErrorCode.NOT_SUPPORTED,
              "The statement returns rows; run it as a query, not as an update"));
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    done.complete(null);
  }
}
