package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.gateway.flight.SessionHandles.Prepared;
import io.sluice.gateway.flight.SessionHandles.Promise;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.StatementState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Reads that begin when their result is promised: GetFlightInfo is answered and DoGet asked while
 * Spark works. A session whose last result was fetched at once gets a head start for its next read.
 * Where the fetch does not come in time the run ends, the ticket is as if it had not begun, and
 * there is none until the client has fetched at once again. A run that would not be {@linkplain
 * Statement#isCurrent just the same} by the time of the fetch is thrown away for a new one, and so
 * is one that has failed.
 */
final class HeadStarts {

  /** How long a run may be ahead of its fetch. */
  static final Duration LONGEST = Duration.ofSeconds(1);

  private final StatementService statements;
  private final HandleRegistry handles;
  private final ScheduledExecutorService timer;
  private final Executor calls;

  /**
   * @param timer ends head starts
   * @param calls does what is due
   */
  HeadStarts(
      StatementService statements,
      HandleRegistry handles,
      ScheduledExecutorService timer,
      Executor calls) {
    this.statements = statements;
    this.handles = handles;
    this.timer = timer;
    this.calls = calls;
  }

  /** Promises a result, and may set it running. */
  ByteString promise(Session session, Prepared prepared) {
    Promise promise = Promise.of(prepared);
    SessionHandles held = handles.of(session);
    if (!prepared.statement().read() || !held.takeHeadStart()) {
      return held.promise(promise);
    }
    ByteString handle = begin(session, promise, true);
    timer.schedule(
        () -> calls.execute(() -> held.giveUpHeadStart(handle)),
        LONGEST.toMillis(),
        TimeUnit.MILLISECONDS);
    return handle;
  }

  /** Promises a result that runs from now on. */
  ByteString begin(Session session, Promise promise, boolean unasked) {
    Statement statement = statements.submit(session, promise.sql(), promise.parameters());
    if (unasked) {
      statement.staysComparable();
    }
    StartedResult result = StartedResult.of(statement);
    ByteString handle;
    try {
      handle = handles.of(session).promise(promise.begun(result, unasked));
    } catch (RuntimeException e) {
      statement.cancel("its result could not be promised");
      throw e;
    }
    // Not before: what runs must be held by somebody.
    result.start();
    return handle;
  }

  /** Returns the run that a fetch carries on with, if there is one and it is still right. */
  CompletableFuture<Optional<StartedResult>> run(Promise promise) {
    if (promise.started().isEmpty() || !promise.unasked()) {
      return CompletableFuture.completedFuture(promise.started());
    }
    StartedResult run = promise.started().get();
    Statement statement = run.statement();
    if (statement.state() == StatementState.FAILED) {
      // Nobody had asked for it; the fetch tells what is wrong now.
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return statement
        .isCurrent()
        .handle(
            (current, failure) -> {
              boolean canceled = statement.state() == StatementState.CANCELED;
              if (canceled || (failure == null && current)) {
                return Optional.of(run);
              }
              statement.cancel("what it reads, or may read, has changed since it began");
              return Optional.empty();
            });
  }
}
