package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import io.sluice.spark.SparkSession;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes a result that the gateway itself needs: of a few values, or of none. */
final class SmallResult implements Flow.Subscriber<ResultMessage> {

  /** Bytes. */
  private static final long LARGEST = 1024 * 1024;

  private final List<ResultMessage> messages = new ArrayList<>();
  private final CompletableFuture<List<ResultMessage>> all = new CompletableFuture<>();
  private final boolean kept;
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean canceled;
  private long bytes;

  private SmallResult(boolean kept) {
    this.kept = kept;
  }

  /** Runs a statement for its values. */
  static SmallResult of(SparkRun run) {
    SmallResult result = new SmallResult(true);
    run.subscribe(result);
    return result;
  }

  /** Runs a statement whatever it returns. */
  static SmallResult ignoring(SparkRun run) {
    SmallResult result = new SmallResult(false);
    run.subscribe(result);
    return result;
  }

  /** Runs a statement of the gateway's own for its effect. */
  static CompletableFuture<Void> run(SparkBackend backend, SparkSession session, String sql) {
    return ignoring(backend.execute(new ExecuteRequest(session, UUID.randomUUID(), sql, List.of())))
        .messages()
        .thenApply(done -> null);
  }

  /** Returns all messages; fails as the run does. */
  CompletableFuture<List<ResultMessage>> messages() {
    return all;
  }

  /** Ends the run. */
  void cancel() {
    canceled = true;
    Flow.Subscription known = subscription;
    if (known != null) {
      known.cancel();
    }
    all.completeExceptionally(
        new SluiceException(ErrorCode.OPERATION_CANCELED, "The statement has ended."));
  }

  @Override
  public void onSubscribe(Flow.Subscription next) {
    subscription = next;
    if (canceled) {
      next.cancel();
    } else {
      next.request(1);
    }
  }

  @Override
  public void onNext(ResultMessage message) {
    if (kept) {
      messages.add(message);
      bytes += message instanceof BatchMessage batch ? batch.body().size() : 0;
      if (bytes > LARGEST) {
        all.completeExceptionally(
            new SluiceException(
                ErrorCode.STATEMENT_TOO_LARGE,
                "A session variable holds at most 1 MiB; keep such a value in a table."));
        cancel();
        return;
      }
    }
    Flow.Subscription known = subscription;
    if (known != null) {
      known.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    all.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    all.complete(List.copyOf(messages));
  }
}
