package io.sluice.gateway.statement;

import com.google.common.hash.Hashing;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a statement, for those who ask: its kind, its times, where it stands, its
 * columns and what it ran as. None of it decides how the statement goes on.
 */
abstract class DescribedStatement implements Statement {

  private static final Supplier<CompletableFuture<Boolean>> NOT_CURRENT =
      () -> CompletableFuture.completedFuture(false);

  private final StatementId id;
  private final Session session;
  private final InstantSource clock;
  private final CompletableFuture<Boolean> returnsRows = new CompletableFuture<>();
  private final CompletableFuture<Schema> columns = new CompletableFuture<>();
  private final LongAdder nanos = new LongAdder();
  private final Map<StatementState, Instant> reached = new EnumMap<>(StatementState.class);
  private volatile boolean columnsWanted;
  private volatile EndedStatement.Kind kind = EndedStatement.Kind.UNKNOWN;
  private volatile UnaryOperator<SluiceException> disclosure = Disclosure.withheld();
  private volatile Supplier<OptionalDouble> progress = OptionalDouble::empty;
  private volatile boolean tellsProgress;
  private volatile Supplier<Optional<QueuePlace>> place = Optional::empty;
  private volatile Supplier<Optional<StatementRoute>> route = Optional::empty;
  private volatile @Nullable String ranAs;
  private volatile Analysis.@Nullable SparkQuery authorized;
  private volatile Supplier<CompletableFuture<Boolean>> current = NOT_CURRENT;
  private volatile boolean comparable;

  DescribedStatement(StatementId id, Session session, InstantSource clock) {
    this.id = id;
    this.session = session;
    this.clock = clock;
  }

  @Override
  public StatementId id() {
    return id;
  }

  Session session() {
    return session;
  }

  /** Sets of what kind it is, and whether it has a result. */
  void analyzed(Analysis analysis) {
    if (!(analysis instanceof Analysis.SparkQuery onSpark)) {
      kind = EndedStatement.Kind.GATEWAY;
    } else {
      kind = onSpark.command() ? EndedStatement.Kind.COMMAND : EndedStatement.Kind.QUERY;
    }
    returnsRows.complete(
        analysis instanceof Analysis.Answer
            || analysis instanceof Analysis.SparkQuery query
                && (!query.command() || !query.columns().isEmpty()));
  }

  /** It takes rows of its client's. */
  void ingests() {
    kind = EndedStatement.Kind.INGEST;
  }

  EndedStatement.Kind kind() {
    return kind;
  }

  @Override
  public CompletableFuture<Boolean> returnsRows() {
    return returnsRows.copy();
  }

  /** It has ended: who was not told yet whether it has a result is told of that. */
  void returnsNoMore(@Nullable SluiceException error) {
    if (error == null) {
      returnsRows.complete(false);
    } else {
      returnsRows.completeExceptionally(error);
    }
  }

  /** Sets what its client is told of Spark's errors from now on. */
  void disclose(UnaryOperator<SluiceException> toClient) {
    disclosure = toClient;
  }

  UnaryOperator<SluiceException> disclosure() {
    return disclosure;
  }

  @Override
  public CompletableFuture<Schema> columns() {
    columnsWanted = true;
    ending()
        .thenRun(
            () ->
                columns.completeExceptionally(
                    new SluiceException(
                            ErrorCode.INTERNAL_ERROR,
                            "The statement ended without telling its columns.")
                        .ofStatement(id)));
    return columns.copy();
  }

  /** Returns whether its client waits to be told its columns. */
  boolean awaitsColumns() {
    return columnsWanted && !columns.isDone();
  }

  void tellColumns(Schema schema) {
    columns.complete(schema);
  }

  /** Notes when it came into a state; called under its lock. */
  void reach(StatementState state) {
    reached.put(state, clock.instant());
  }

  /** It was in these states in vain; called under its lock. */
  void unreach(Set<StatementState> states) {
    reached.keySet().removeAll(states);
  }

  @Override
  public synchronized Map<StatementState, Instant> reached() {
    return Map.copyOf(reached);
  }

  /** Counts time that the gateway itself takes for it, but for that until it runs. */
  void worked(Duration spent) {
    nanos.add(spent.toNanos());
  }

  /**
   * Returns how much of its time the gateway itself took: for its preparation, from its arrival
   * until it ran on Spark, the wait for a permit included, and to hand on what Spark gave; empty of
   * what did not run there.
   */
  synchronized Optional<Duration> inGateway() {
    Instant running = reached.get(StatementState.RUNNING);
    Instant received = reached.get(StatementState.RECEIVED);
    return running == null || received == null || ranAs == null
        ? Optional.empty()
        : Optional.of(Duration.between(received, running).plusNanos(nanos.sum()));
  }

  /** Sets what tells where it waits. */
  void waitsAt(Supplier<Optional<QueuePlace>> placeInQueue) {
    place = placeInQueue;
  }

  @Override
  public Optional<QueuePlace> place() {
    return state() == StatementState.QUEUED ? place.get() : Optional.empty();
  }

  /** Sets what tells where it runs or waits. */
  void routed(Supplier<StatementRoute> toCluster) {
    route = () -> Optional.of(toCluster.get());
  }

  @Override
  public Optional<StatementRoute> route() {
    return route.get();
  }

  /** Sets what tells how far Spark is with it. */
  void progresses(Supplier<OptionalDouble> onSpark) {
    progress = onSpark;
  }

  @Override
  public OptionalDouble progress() {
    return tellsProgress ? progress.get() : OptionalDouble.empty();
  }

  /** Sets what it runs as, with all that policy put into it. */
  void ranAs(Analysis.SparkQuery query) {
    // Its steps count the files and splits of rows that policy hides.
    tellsProgress = !query.restricted();
    ranAs = digest(query);
    authorized = query;
  }

  @Override
  public Optional<String> ranAs() {
    return Optional.ofNullable(ranAs);
  }

  static String digest(Analysis.SparkQuery query) {
    return Hashing.sha256().hashString(query.sql(), StandardCharsets.UTF_8).toString();
  }

  /** Returns as what it ran last, with all that policy put into it; empty before. */
  Optional<Analysis.SparkQuery> authorized() {
    return Optional.ofNullable(authorized);
  }

  /** Sets what tells whether it would run now as it does. */
  void isCurrentWhile(Supplier<CompletableFuture<Boolean>> asAnalyzed) {
    current = asAnalyzed;
  }

  @Override
  public CompletableFuture<Boolean> isCurrent() {
    return current.get();
  }

  @Override
  public void staysComparable() {
    comparable = true;
  }

  /** It has ended: who keeps the statement keeps neither its text nor its values. */
  void forget(@Nullable SluiceException error) {
    progress = OptionalDouble::empty;
    disclosure = Disclosure.withheld();
    place = Optional::empty;
    if (!comparable) {
      current = NOT_CURRENT;
      authorized = null;
    }
    if (error != null) {
      columns.completeExceptionally(error);
    }
  }
}
