package io.sluice.gateway.statement;

import com.google.protobuf.ByteString;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.spark.ResultMessage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

/** An ingestion that keeps what it is given and ends when it is told to. */
public final class FakeIngestion implements Ingestion {

  public final IngestTarget target;
  public final List<ByteString> chunks = new CopyOnWriteArrayList<>();
  public volatile List<String> columns = List.of();
  private final CompletableFuture<Void> outcome = new CompletableFuture<>();
  private final FakeStatements.FakeStatement statement;

  FakeIngestion(Session session, IngestTarget target, Optional<SluiceException> refusal) {
    this.target = target;
    this.statement =
        new FakeStatements.FakeStatement(
            StatementId.random(),
            "ingest",
            session,
            List.of(),
            result(),
            CompletableFuture.completedFuture(false));
    refusal.ifPresent(this::fail);
    statement.canceled.thenAccept(
        reason ->
            outcome.completeExceptionally(
                new SluiceException(ErrorCode.OPERATION_CANCELED, reason)));
  }

  private Flow.Publisher<ResultMessage> result() {
    return subscriber -> {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
          });
      outcome.whenComplete(
          (done, failure) -> {
            if (failure == null) {
              subscriber.onComplete();
            } else {
              subscriber.onError(failure);
            }
          });
    };
  }

  @Override
  public Statement statement() {
    return statement;
  }

  @Override
  public CompletableFuture<Void> ready() {
    return outcome.isCompletedExceptionally() ? outcome : CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> add(ByteString arrowStream) {
    chunks.add(arrowStream);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void finish(List<String> columns) {
    this.columns = columns;
    outcome.complete(null);
    statement.ending.complete(StatementState.FINISHED);
  }

  @Override
  public void fail(Throwable failure) {
    outcome.completeExceptionally(failure);
    statement.ending.complete(StatementState.FAILED);
  }
}
