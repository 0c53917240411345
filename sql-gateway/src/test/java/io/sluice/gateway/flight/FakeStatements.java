package io.sluice.gateway.flight;

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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/**
 * A statement service that knows some texts by heart, and counts what its results are asked for.
 */
final class FakeStatements implements StatementService {

  final List<FakeStatement> submitted = new CopyOnWriteArrayList<>();
  final List<String> prepared = new CopyOnWriteArrayList<>();
  final List<FakeIngestion> ingestions = new CopyOnWriteArrayList<>();
  volatile Optional<SluiceException> ingestRefusal = Optional.empty();
  private final Set<String> commands = ConcurrentHashMap.newKeySet();
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();

  /** Makes a text return rows. */
  void query(
      String sql,
      Schema schema,
      List<Optional<String>> parameters,
      Supplier<Flow.Publisher<ResultMessage>> result) {
    scripts.put(
        sql,
        new Script(new PreparedStatement(sql, true, schema, parameters), Optional.empty(), result));
  }

  /** Makes a text one that has an effect and rows. */
  void call(String sql, Schema schema, Supplier<Flow.Publisher<ResultMessage>> result) {
    query(sql, schema, List.of(), result);
    commands.add(sql);
  }

  /** Makes a text one that has an effect and no rows. */
  void update(
      String sql,
      List<Optional<String>> parameters,
      Supplier<Flow.Publisher<ResultMessage>> result) {
    scripts.put(
        sql,
        new Script(
            new PreparedStatement(sql, false, new Schema(List.of()), parameters),
            Optional.empty(),
            result));
  }

  /** Makes a text fail when it is prepared. */
  void refusal(String sql, RuntimeException failure) {
    scripts.put(
        sql,
        new Script(
            new PreparedStatement(sql, true, new Schema(List.of()), List.of()),
            Optional.of(failure),
            () -> failing(failure)));
  }

  /** Returns a result that fails at once. */
  static Flow.Publisher<ResultMessage> failing(RuntimeException failure) {
    return subscriber -> {
      subscriber.onSubscribe(new Silent());
      subscriber.onError(failure);
    };
  }

  /** Returns a result that never comes. */
  static Flow.Publisher<ResultMessage> never() {
    return subscriber -> subscriber.onSubscribe(new Silent());
  }

  @Override
  public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
    prepared.add(sql);
    Script script = scripts.get(sql);
    if (script == null) {
      return CompletableFuture.failedFuture(
          new SluiceException(
              ErrorCode.PARSE_SYNTAX_ERROR, "Syntax error in a text of " + sql.length()));
    }
    return script.refusal().isPresent()
        ? CompletableFuture.failedFuture(script.refusal().get())
        : CompletableFuture.completedFuture(script.prepared());
  }

  @Override
  public Statement submit(Session session, String sql, Parameters parameters) {
    Script script = scripts.get(sql);
    Flow.Publisher<ResultMessage> result =
        script == null
            ? failing(new SluiceException(ErrorCode.PARSE_SYNTAX_ERROR, "Syntax error"))
            : script.result().get();
    FakeStatement statement = new FakeStatement(sql, session, parameters.positional(), result);
    statement.command = commands.contains(sql);
    submitted.add(statement);
    return statement;
  }

  @Override
  public Ingestion ingest(Session session, IngestTarget target) {
    FakeIngestion ingestion = new FakeIngestion(session, target, ingestRefusal);
    ingestions.add(ingestion);
    return ingestion;
  }

  FakeStatement last() {
    return submitted.get(submitted.size() - 1);
  }

  private record Script(
      PreparedStatement prepared,
      Optional<RuntimeException> refusal,
      Supplier<Flow.Publisher<ResultMessage>> result) {}

  private static final class Silent implements Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }

  /** A submitted statement, and what happened to it. */
  static final class FakeStatement implements Statement {
    final String sql;
    final Session session;
    final List<Expression.Literal> parameters;
    final AtomicLong messagesRequested = new AtomicLong();
    final CompletableFuture<StatementState> ending = new CompletableFuture<>();
    final CompletableFuture<Void> resultCanceled = new CompletableFuture<>();
    final CompletableFuture<String> canceled = new CompletableFuture<>();
    volatile boolean command;
    private final StatementId id = StatementId.random();
    private final Flow.Publisher<ResultMessage> result;

    FakeStatement(
        String sql,
        Session session,
        List<Expression.Literal> parameters,
        Flow.Publisher<ResultMessage> result) {
      this.sql = sql;
      this.session = session;
      this.parameters = parameters;
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
      return subscriber -> result.subscribe(new Counted(subscriber));
    }

    @Override
    public CompletableFuture<StatementState> ending() {
      return ending;
    }

    @Override
    public boolean isCommand() {
      return command;
    }

    @Override
    public OptionalDouble progress() {
      return OptionalDouble.of(0.25);
    }

    @Override
    public void cancel(String reason) {
      canceled.complete(reason);
      ending.complete(StatementState.CANCELED);
    }

    private final class Counted implements Flow.Subscriber<ResultMessage> {
      private final Flow.Subscriber<? super ResultMessage> subscriber;

      Counted(Flow.Subscriber<? super ResultMessage> subscriber) {
        this.subscriber = subscriber;
      }

      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        subscriber.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long count) {
                messagesRequested.addAndGet(count);
                subscription.request(count);
              }

              @Override
              public void cancel() {
                subscription.cancel();
                resultCanceled.complete(null);
                ending.complete(StatementState.CANCELED);
              }
            });
      }

      @Override
      public void onNext(ResultMessage message) {
        subscriber.onNext(message);
      }

      @Override
      public void onError(Throwable failure) {
        ending.complete(StatementState.FAILED);
        subscriber.onError(failure);
      }

      @Override
      public void onComplete() {
        ending.complete(StatementState.FINISHED);
        subscriber.onComplete();
      }
    }
  }
}
