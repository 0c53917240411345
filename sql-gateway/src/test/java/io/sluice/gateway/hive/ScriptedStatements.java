package io.sluice.gateway.hive;

import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.IngestTarget;
import io.sluice.gateway.statement.Ingestion;
import io.sluice.gateway.statement.Parameters;
import io.sluice.gateway.statement.PreparedStatement;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.spark.ResultMessage;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/** A statement service that knows the results of some texts; it refuses all others. */
final class ScriptedStatements implements StatementService {

  final List<Submitted> submitted = new CopyOnWriteArrayList<>();
  private final Map<String, Supplier<Flow.Publisher<ResultMessage>>> results =
      new ConcurrentHashMap<>();

  void result(String sql, Supplier<Flow.Publisher<ResultMessage>> result) {
    results.put(sql, result);
  }

  /** Makes a text one that runs until it is canceled. */
  void endless(String sql) {
    result(sql, () -> subscriber -> subscriber.onSubscribe(new Silent()));
  }

  /** Makes a text one that has an effect and no rows. */
  void effect(String sql) {
    result(
        sql,
        () ->
            subscriber -> {
              subscriber.onSubscribe(new Silent());
              subscriber.onComplete();
            });
  }

  List<String> texts() {
    return submitted.stream().map(statement -> statement.sql).toList();
  }

  Submitted last() {
    return submitted.get(submitted.size() - 1);
  }

  @Override
  public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
    throw new UnsupportedOperationException("the door prepares nothing");
  }

  @Override
  public Ingestion ingest(Session session, IngestTarget target) {
    throw new UnsupportedOperationException("the door takes no rows");
  }

  @Override
  public Statement submit(Session session, String sql, Parameters parameters) {
    Submitted statement = new Submitted(session, sql, results.get(sql));
    submitted.add(statement);
    return statement;
  }

  private static final class Silent implements Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }

  /** A submitted statement, and whether it was canceled. */
  static final class Submitted implements Statement {
    final Session session;
    final String sql;
    final CompletableFuture<String> canceled = new CompletableFuture<>();
    private final CompletableFuture<Flow.Subscriber<? super ResultMessage>> client =
        new CompletableFuture<>();
    private final CompletableFuture<StatementState> ending = new CompletableFuture<>();
    private final StatementId id = StatementId.random();
    private final Supplier<Flow.Publisher<ResultMessage>> result;

    Submitted(Session session, String sql, Supplier<Flow.Publisher<ResultMessage>> result) {
      this.session = session;
      this.sql = sql;
      this.result = result;
    }

    @Override
    public StatementId id() {
      return id;
    }

    @Override
    public StatementState state() {
      return ending.getNow(StatementState.RUNNING);
    }

    @Override
    public Flow.Publisher<ResultMessage> result() {
      return subscriber -> {
        client.complete(subscriber);
        if (result == null) {
          subscriber.onSubscribe(new Silent());
          subscriber.onError(refusal());
        } else {
          result.get().subscribe(subscriber);
        }
      };
    }

    @Override
    public CompletableFuture<StatementState> ending() {
      return ending;
    }

    @Override
    public CompletableFuture<Boolean> returnsRows() {
      return result == null
          ? CompletableFuture.failedFuture(refusal())
          : CompletableFuture.completedFuture(sql.startsWith("select") || sql.startsWith("SHOW"));
    }

    private SluiceException refusal() {
      return new SluiceException(ErrorCode.TABLE_OR_VIEW_NOT_FOUND, "No such table.")
          .ofStatement(id);
    }

    @Override
    public boolean isCommand() {
      return false;
    }

    @Override
    public OptionalDouble progress() {
      return OptionalDouble.of(0.25);
    }

    @Override
    public void cancel(String reason) {
      if (canceled.complete(reason)) {
        ending.complete(StatementState.CANCELED);
        client.thenAccept(
            subscriber ->
                subscriber.onError(
                    new SluiceException(ErrorCode.OPERATION_CANCELED, reason).ofStatement(id)));
      }
    }
  }
}
