package io.sluice.gateway.statement;

import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkSession;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A query of the gateway's own on a server that has just started: the first one loads and compiles
 * most of what Spark needs, and no client should wait for that. It is nobody's statement: it has no
 * permit, no entry in the journal and a Spark session of its own, and its rows are thrown away.
 */
public final class WarmUp implements Flow.Subscriber<ResultMessage> {

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /** The name that Spark knows the gateway itself by. */
  private static final String OWN_NAME = "sluice";

  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private WarmUp() {}

  /** Runs a query; completes when it has ended, never exceptionally. */
  public static CompletableFuture<Void> run(SparkBackend backend, String sql) {
    SparkSession session = new SparkSession(UUID.randomUUID(), OWN_NAME);
    WarmUp run = new WarmUp();
    return backend
        .analyze(session, sql, List.of())
        .thenCompose(
            schema -> {
              backend
                  .execute(new ExecuteRequest(session, UUID.randomUUID(), sql, List.of()))
                  .subscribe(run);
              return run.ended;
            })
        .handle(
            (done, failure) -> {
              if (failure != null) {
                LOG.info("Spark was not warmed up: {}", failure.getMessage());
              }
              backend.releaseSession(session);
              return null;
            });
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(ResultMessage message) {}

  @Override
  public void onError(Throwable failure) {
    ended.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    ended.complete(null);
  }
}
