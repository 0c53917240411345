package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Namespace;
import io.sluice.spark.ResultMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;

/**
 * A statement service that knows some texts by heart and refuses all others, for the tests of every
 * door; it counts what its results are asked for.
 */
public final class FakeStatements implements StatementService {

  private static final Schema NO_COLUMNS = new Schema(List.of());

  public final List<FakeStatement> submitted = new CopyOnWriteArrayList<>();
  public final List<String> prepared = new CopyOnWriteArrayList<>();
  public final List<FakeIngestion> ingestions = new CopyOnWriteArrayList<>();
  public volatile Optional<SluiceException> ingestRefusal = Optional.empty();

  /** Of which texts somebody asked what Spark would run now, and in which place. */
  public final List<String> authorizedAnew = new CopyOnWriteArrayList<>();

  /** What Spark is given for any text; may refuse. */
  public volatile Supplier<String> rewritten = () -> "as before";

  /** Where every statement waits. */
  public volatile Optional<QueuePlace> place = Optional.empty();

  public volatile Optional<StatementRoute> route = Optional.empty();

  /** Of texts whose columns their runs tell: what they tell. */
  public final Map<String, CompletableFuture<Schema>> columns = new ConcurrentHashMap<>();

  private final Set<String> commands = ConcurrentHashMap.newKeySet();
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private volatile Function<String, Optional<Script>> others = sql -> Optional.empty();

  /**
   * What becomes of a text.
   *
   * @param refusal when it is prepared
   * @param result of each run
   */
  public record Script(
      PreparedStatement prepared,
      Optional<RuntimeException> refusal,
      Supplier<Flow.Publisher<ResultMessage>> result) {}

  /** Makes a text return rows. */
  public void query(
      String sql,
      Schema schema,
      List<Optional<String>> parameters,
      Supplier<Flow.Publisher<ResultMessage>> result) {
    scripts.put(
        sql,
        new Script(new PreparedStatement(sql, true, schema, parameters), Optional.empty(), result));
  }

  /** Makes a text a read of Spark's: one that may begin before it is fetched. */
  public void read(String sql, Schema schema, Supplier<Flow.Publisher<ResultMessage>> result) {
    scripts.put(
        sql,
        new Script(
            new PreparedStatement(sql, true, schema, List.of(), List.of(), List.of(), true),
            Optional.empty(),
            result));
  }

  /** Makes a text return rows for whoever does not prepare it. */
  public void result(String sql, Supplier<Flow.Publisher<ResultMessage>> result) {
    query(sql, NO_COLUMNS, List.of(), result);
  }

  /** Makes a text one that runs until it is canceled. */
  public void endless(String sql) {
    result(sql, FakeStatements::never);
  }

  /** Makes a text one that has an effect and rows. */
  public void call(String sql, Schema schema, Supplier<Flow.Publisher<ResultMessage>> result) {
    query(sql, schema, List.of(), result);
    commands.add(sql);
  }

  /** Makes a text one that has an effect and no rows. */
  public void update(
      String sql,
      List<Optional<String>> parameters,
      Supplier<Flow.Publisher<ResultMessage>> result) {
    scripts.put(
        sql,
        new Script(
            new PreparedStatement(sql, false, NO_COLUMNS, parameters), Optional.empty(), result));
  }

  /** Makes a text one that has had its effect at once. */
  public void effect(String sql) {
    update(sql, List.of(), FakeStatements::nothing);
  }

  /** Makes a text fail when it is prepared or run. */
  public void refusal(String sql, RuntimeException failure) {
    scripts.put(
        sql,
        new Script(
            new PreparedStatement(sql, true, NO_COLUMNS, List.of()),
            Optional.of(failure),
            () -> failing(failure)));
  }

  /** Tells what becomes of the texts of which nothing else is said. */
  public void others(Function<String, Optional<Script>> scripts) {
    others = scripts;
  }

  /** Returns a result that fails at once. */
  public static Flow.Publisher<ResultMessage> failing(RuntimeException failure) {
    return subscriber -> {
      subscriber.onSubscribe(new Silent());
      subscriber.onError(failure);
    };
  }

  /** Returns a result that never comes. */
  public static Flow.Publisher<ResultMessage> never() {
    return subscriber -> subscriber.onSubscribe(new Silent());
  }

  /** Returns a result that is over at once. */
  public static Flow.Publisher<ResultMessage> nothing() {
    return subscriber -> {
      subscriber.onSubscribe(new Silent());
      subscriber.onComplete();
    };
  }

  private Optional<Script> script(String sql) {
    return Optional.ofNullable(scripts.get(sql)).or(() -> others.apply(sql));
  }

  private static SluiceException unknown(String sql) {
    return new SluiceException(
        ErrorCode.PARSE_SYNTAX_ERROR, "Syntax error in a text of " + sql.length());
  }

  @Override
  public CompletableFuture<PreparedStatement> prepare(Session session, String sql) {
    prepared.add(sql);
    return script(sql)
        .map(
            script ->
                script.refusal().isPresent()
                    ? CompletableFuture.<PreparedStatement>failedFuture(script.refusal().get())
                    : CompletableFuture.completedFuture(script.prepared()))
        .orElseGet(() -> CompletableFuture.failedFuture(unknown(sql)));
  }

  @Override
  public CompletableFuture<Optional<PreparedStatement>> prepareUnasked(
      Session session, String sql) {
    return columns.containsKey(sql)
        ? CompletableFuture.completedFuture(Optional.empty())
        : prepare(session, sql).thenApply(Optional::of);
  }

  @Override
  public Statement submit(Session session, String sql, Parameters parameters) {
    Optional<Script> script = script(sql);
    StatementId id = StatementId.random();
    SluiceException unknown = unknown(sql).ofStatement(id);
    CompletableFuture<Boolean> returnsRows =
        script.isEmpty()
            ? CompletableFuture.failedFuture(unknown)
            : script
                .get()
                .refusal()
                .<CompletableFuture<Boolean>>map(CompletableFuture::failedFuture)
                .orElseGet(
                    () -> CompletableFuture.completedFuture(script.get().prepared().returnsRows()));
    FakeStatement statement =
        new FakeStatement(
            id,
            sql,
            session,
            parameters.positional(),
            script.isEmpty() ? failing(unknown) : script.get().result().get(),
            returnsRows);
    statement.command = commands.contains(sql);
    statement.columns = columns.getOrDefault(sql, new CompletableFuture<>());
    String text = rewritten.get();
    statement.ranAs = Optional.of(text);
    statement.current = () -> rewritten.get().equals(text);
    statement.place = place;
    statement.route = route;
    submitted.add(statement);
    return statement;
  }

  @Override
  public CompletableFuture<Optional<String>> wouldRunAs(
      Principal principal, String clientAddress, Namespace namespace, String sql) {
    authorizedAnew.add(principal.name() + " in " + namespace + ": " + sql);
    try {
      return CompletableFuture.completedFuture(Optional.of(rewritten.get()));
    } catch (SluiceException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
  }

  @Override
  public Ingestion ingest(Session session, IngestTarget target) {
    FakeIngestion ingestion = new FakeIngestion(session, target, ingestRefusal);
    ingestions.add(ingestion);
    return ingestion;
  }

  public FakeStatement last() {
    return submitted.get(submitted.size() - 1);
  }

  /** Returns what was submitted, in order. */
  public List<String> texts() {
    return submitted.stream().map(statement -> statement.sql).toList();
  }

  private static final class Silent implements Flow.Subscription {
    @Override
    public void request(long count) {}

    @Override
    public void cancel() {}
  }

  /** A submitted statement, and what happened to it. */
  public static final class FakeStatement implements Statement {
    public final String sql;
    public final Session session;
    public final List<Expression.Literal> parameters;
    public final AtomicLong messagesRequested = new AtomicLong();
    public final CompletableFuture<StatementState> ending = new CompletableFuture<>();

    /** That its subscriber wanted no more. */
    public final CompletableFuture<Void> resultCanceled = new CompletableFuture<>();

    /** Why it was ended from elsewhere. */
    public final CompletableFuture<String> canceled = new CompletableFuture<>();

    volatile boolean command;
    volatile CompletableFuture<Schema> columns = new CompletableFuture<>();
    volatile Optional<QueuePlace> place = Optional.empty();
    volatile Optional<StatementRoute> route = Optional.empty();
    volatile Optional<String> ranAs = Optional.empty();
    volatile BooleanSupplier current = () -> false;
    private final StatementId id;
    private final Flow.Publisher<ResultMessage> result;
    private final CompletableFuture<Boolean> returnsRows;
    private final CompletableFuture<Counted> client = new CompletableFuture<>();

    FakeStatement(
        StatementId id,
        String sql,
        Session session,
        List<Expression.Literal> parameters,
        Flow.Publisher<ResultMessage> result,
        CompletableFuture<Boolean> returnsRows) {
      this.id = id;
      this.sql = sql;
      this.session = session;
      this.parameters = parameters;
      this.result = result;
      this.returnsRows = returnsRows;
    }

    @Override
    public CompletableFuture<Boolean> isCurrent() {
      try {
        return CompletableFuture.completedFuture(current.getAsBoolean());
      } catch (SluiceException refusal) {
        return CompletableFuture.failedFuture(refusal);
      }
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
        Counted counted = new Counted(subscriber);
        client.complete(counted);
        result.subscribe(counted);
      };
    }

    @Override
    public CompletableFuture<StatementState> ending() {
      return ending;
    }

    @Override
    public CompletableFuture<Boolean> returnsRows() {
      return returnsRows;
    }

    @Override
    public CompletableFuture<Schema> columns() {
      return columns;
    }

    @Override
    public boolean isCommand() {
      return command;
    }

    @Override
    public Optional<String> ranAs() {
      return ranAs;
    }

    @Override
    public Optional<StatementRoute> route() {
      return route;
    }

    @Override
    public Optional<QueuePlace> place() {
      return place;
    }

    @Override
    public OptionalDouble progress() {
      return OptionalDouble.of(0.25);
    }

    @Override
    public Map<StatementState, Instant> reached() {
      Instant first = Instant.parse("2026-01-01T00:00:00Z");
      return Map.of(
          StatementState.RECEIVED,
          first,
          StatementState.ANALYZED,
          first.plusMillis(250),
          StatementState.QUEUED,
          first.plusMillis(250),
          StatementState.ROUTED,
          first.plusMillis(500),
          StatementState.RUNNING,
          first.plusMillis(750));
    }

    @Override
    public void cancel(String reason) {
      if (canceled.complete(reason) && ending.complete(StatementState.CANCELED)) {
        client.thenAccept(
            subscriber ->
                subscriber.onError(
                    new SluiceException(ErrorCode.OPERATION_CANCELED, reason).ofStatement(id)));
      }
    }

    private final class Counted implements Flow.Subscriber<ResultMessage> {
      private final Flow.Subscriber<? super ResultMessage> subscriber;
      private final AtomicBoolean ended = new AtomicBoolean();

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
        if (ended.compareAndSet(false, true)) {
          ending.complete(StatementState.FAILED);
          subscriber.onError(failure);
        }
      }

      @Override
      public void onComplete() {
        if (ended.compareAndSet(false, true)) {
          ending.complete(StatementState.FINISHED);
          subscriber.onComplete();
        }
      }
    }
  }
}
