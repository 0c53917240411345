package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.gateway.flight.SessionHandles.Prepared;
import io.sluice.gateway.flight.SessionHandles.Promise;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.StatementState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression.Literal;

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

  /**
   * Promises a query's result, and may set it running; completes with its ticket. Where the run
   * begins anyway, it tells the columns, and Spark is not asked for them before.
   */
  CompletableFuture<ByteString> promise(Session session, String sql) {
    SessionHandles held = handles.of(session);
    if (!held.hasHeadStart()) {
      return prepared(session, sql).thenApply(prepared -> promise(session, prepared));
    }
    return statements
        .prepareUnasked(session, sql)
        .thenCompose(
            known -> {
              if (known.isPresent()) {
                return CompletableFuture.completedFuture(promise(session, described(known.get())));
              }
              return held.takeHeadStart()
                  ? ahead(session, sql)
                  : prepared(session, sql).thenApply(prepared -> promise(session, prepared));
            });
  }

  /** Promises a result, and may set it running. */
  ByteString promise(Session session, Prepared prepared) {
    Promise promise = Promise.of(prepared);
    SessionHandles held = handles.of(session);
    if (!prepared.statement().read() || !held.takeHeadStart()) {
      return held.promise(promise);
    }
    StartedResult result = submit(session, promise.sql(), promise.parameters(), true);
    ByteString handle = hold(session, promise, result, true);
    result.start();
    return handle;
  }

  /** Where the run is late with the columns, or refused, it is as if it had not begun. */
  private CompletableFuture<ByteString> ahead(Session session, String sql) {
    StartedResult run = submit(session, sql, List.of(), true);
    return columns(run)
        .thenApply(columns -> hold(session, Promise.of(sql, List.of(), columns), run, true))
        .exceptionallyComposeAsync(
            failure -> {
              run.statement().cancel("it did not tell its columns at once");
              handles.of(session).returnHeadStart();
              return prepared(session, sql).thenApply(prepared -> promise(session, prepared));
            },
            calls);
  }

  /** Promises a query's result, which runs from now on; completes with its ticket. */
  CompletableFuture<ByteString> begin(Session session, String sql) {
    return statements
        .prepareUnasked(session, sql)
        .thenCompose(
            known ->
                known.isPresent()
                    ? CompletableFuture.completedFuture(begin(session, described(known.get())))
                    : beginUndescribed(session, sql));
  }

  /** A run that waits for its turn is not waited for: Spark is asked for its columns. */
  private CompletableFuture<ByteString> beginUndescribed(Session session, String sql) {
    StartedResult run = submit(session, sql, List.of(), false);
    return columns(run)
        .exceptionallyComposeAsync(
            failure -> prepared(session, sql).thenApply(prepared -> prepared.statement().schema()),
            calls)
        .thenApply(columns -> hold(session, Promise.of(sql, List.of(), columns), run, false))
        .whenComplete(
            (handle, failure) -> {
              if (failure != null) {
                run.statement().cancel("its result could not be promised");
              }
            });
  }

  /** Promises a result that runs from now on. */
  ByteString begin(Session session, Prepared prepared) {
    Promise promise = Promise.of(prepared);
    StartedResult result = submit(session, promise.sql(), promise.parameters(), false);
    ByteString handle = hold(session, promise, result, false);
    // Not before: what runs must be held by somebody.
    result.start();
    return handle;
  }

  /** Sets a query running; fails when it does not tell its columns at once. */
  private CompletableFuture<Schema> columns(StartedResult run) {
    CompletableFuture<Schema> columns = run.statement().columns();
    ScheduledFuture<?> limit =
        timer.schedule(
            () -> calls.execute(() -> columns.completeExceptionally(new TimeoutException())),
            LONGEST.toMillis(),
            TimeUnit.MILLISECONDS);
    run.start();
    return columns
        .whenComplete((told, failure) -> limit.cancel(false))
        .thenApply(ResultColumns::described);
  }

  private StartedResult submit(
      Session session, String sql, List<Literal> parameters, boolean unasked) {
    Statement statement = statements.submit(session, sql, parameters);
    if (unasked) {
      statement.staysComparable();
    }
    return StartedResult.of(statement);
  }

  private ByteString hold(Session session, Promise promise, StartedResult result, boolean unasked) {
    SessionHandles held = handles.of(session);
    ByteString handle;
    try {
      handle = held.promise(promise.begun(result, unasked));
    } catch (RuntimeException e) {
      if (unasked) {
        held.returnHeadStart();
      }
      result.statement().cancel("its result could not be promised");
      throw e;
    }
    if (unasked) {
      timer.schedule(
          () -> calls.execute(() -> held.giveUpHeadStart(handle)),
          LONGEST.toMillis(),
          TimeUnit.MILLISECONDS);
    }
    return handle;
  }

  private CompletableFuture<Prepared> prepared(Session session, String sql) {
    return statements.prepare(session, sql).thenApply(HeadStarts::described);
  }

  private static Prepared described(PreparedStatement statement) {
    return new Prepared(ResultColumns.described(statement), List.of());
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
