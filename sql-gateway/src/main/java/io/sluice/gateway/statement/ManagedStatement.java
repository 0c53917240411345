package io.sluice.gateway.statement;

import com.google.common.hash.Hashing;
import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.SessionSettings;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkRun;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One statement's state. Every ending goes through {@link #finish}: the terminal state first, which
 * one caller wins; then what the statement holds is released, last taken first; then its client and
 * the journal are told.
 *
 * <p>One that is lost with its replica goes back to the queue once, if nothing can have come of it:
 * its client was sent no row, and it changes nothing or was not given to Spark yet. What it holds
 * is released as at an ending, and taken anew. The relay and the state are asked under the one
 * lock, so that a row on its way, an ending and the way back have one winner too.
 */
final class ManagedStatement implements Statement, ResultRelay.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(ManagedStatement.class);

  private static final Supplier<CompletableFuture<Boolean>> NOT_CURRENT =
      () -> CompletableFuture.completedFuture(false);

  private final StatementId id;
  private final Session session;
  private final StatementLimits limits;
  private final Journal journal;
  private final InstantSource clock;
  private final ResultRelay relay;
  private final CompletableFuture<StatementState> ending = new CompletableFuture<>();
  private final CompletableFuture<Void> subscribed = new CompletableFuture<>();
  private final CompletableFuture<Boolean> returnsRows = new CompletableFuture<>();
  private final LongAdder rows = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final Map<StatementState, Instant> reached = new EnumMap<>(StatementState.class);
  private StatementState state = StatementState.RECEIVED;
  private Runnable beforeTold = () -> {};
  private Holdings holdings;
  private boolean changing;
  private @Nullable Runnable runAgain;
  private volatile Runnable noteLoss = () -> {};
  private UUID operation;
  private @Nullable Instant permittedAt;
  private volatile UnaryOperator<SluiceException> disclosure = Disclosure.withheld();
  private boolean takesRows;
  private @Nullable Instant waitsForRowsSince;
  private volatile Supplier<OptionalDouble> progress = OptionalDouble::empty;
  private volatile boolean tellsProgress;
  private volatile Supplier<Optional<QueuePlace>> place = Optional::empty;
  private volatile @Nullable String ranAs;
  private volatile Analysis.@Nullable SparkQuery authorized;
  private volatile EndedStatement.Kind kind = EndedStatement.Kind.UNKNOWN;
  private volatile @Nullable Instant firstRow;
  private volatile Supplier<CompletableFuture<Boolean>> current = NOT_CURRENT;
  private volatile boolean comparable;
  private volatile Supplier<Optional<StatementRoute>> route = Optional::empty;
  private final CompletableFuture<Schema> columns = new CompletableFuture<>();
  private volatile boolean columnsWanted;
  private volatile CompletableFuture<Void> freed = CompletableFuture.completedFuture(null);

  ManagedStatement(
      StatementId id,
      Session session,
      StatementLimits limits,
      Journal journal,
      Executor executor,
      InstantSource clock) {
    this.id = id;
    this.operation = id.value();
    this.holdings = new Holdings(id);
    this.session = session;
    this.limits = limits;
    this.journal = journal;
    this.clock = clock;
    this.relay = new ResultRelay(executor, this, clock);
    reached.put(state, clock.instant());
  }

  Session session() {
    return session;
  }

  ResultRelay relay() {
    return relay;
  }

  /** Completes when a client waits for the result. */
  CompletableFuture<Void> whenSubscribed() {
    return subscribed;
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

  /** Sets what its client is told of Spark's errors from now on. */
  void disclose(UnaryOperator<SluiceException> toClient) {
    disclosure = toClient;
  }

  /** Moves on; false when the statement has ended meanwhile, and the caller must stop. */
  boolean advance(StatementState next, String detail) {
    boolean moved = move(next);
    if (moved) {
      journal.moved(this, next, detail);
    }
    return moved;
  }

  /** Moves on to run on Spark; false as for {@link #advance}. */
  boolean runs(Analysis.SparkQuery query, ReplicaId replica) {
    return runs(query, replica, null);
  }

  /**
   * The same, with the run, which is not subscribed to before: whatever ends the statement from now
   * on finds it.
   */
  boolean runs(Analysis.SparkQuery query, ReplicaId replica, @Nullable SparkRun run) {
    UUID runsAs;
    synchronized (this) {
      if (!move(StatementState.RUNNING)) {
        return false;
      }
      // Its steps count the files and splits of rows that policy hides.
      tellsProgress = !query.restricted();
      ranAs = digest(query);
      authorized = query;
      if (run != null) {
        runsAs(run);
      }
      runsAs = operation;
    }
    journal.runs(this, replica.value(), query, runsAs);
    return true;
  }

  /** Returns the id for a run of it on Spark: its own, and another one for a second run. */
  synchronized UUID operation() {
    return operation;
  }

  /** Returns whether it was sent back to the queue. */
  boolean ranAgain() {
    return !operation().equals(id.value());
  }

  @Override
  public CompletableFuture<Schema> columns() {
    columnsWanted = true;
    ending.thenRun(
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

  /** Tells those of a run, unless another has taken its place. */
  void tellColumns(UUID run, Schema schema) {
    if (operation().equals(run)) {
      columns.complete(schema);
    }
  }

  /** Returns as what it ran last, with all that policy put into it; empty before. */
  Optional<Analysis.SparkQuery> authorized() {
    return Optional.ofNullable(authorized);
  }

  EndedStatement.Kind kind() {
    return kind;
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

  /** Returns when a first row went to its client. */
  Optional<Instant> firstRow() {
    return Optional.ofNullable(firstRow);
  }

  /**
   * Sets what runs it once more if it is lost with the replica that it was given to; called with
   * nothing held of the run before. It counts until {@link #changes} or {@link #runsOnce}, and
   * until a row was sent.
   */
  synchronized void onLoss(Runnable again) {
    runAgain = again;
  }

  /** Sets what is told when it is lost with its replica and not run again. */
  void tellLoss(Runnable told) {
    noteLoss = told;
  }

  /** From now on it is not run again. */
  synchronized void runsOnce() {
    runAgain = null;
  }

  /**
   * Takes it back to the queue.
   *
   * @return whether that can be and the caller has nothing more to do
   */
  private boolean runsAgain(String reason) {
    Runnable again;
    Runnable stop;
    Holdings held;
    CompletableFuture<Void> letGo;
    synchronized (this) {
      again = runAgain;
      if (again == null || !state.next().contains(StatementState.QUEUED)) {
        return false;
      }
      Optional<Runnable> detached = relay.detach();
      if (detached.isEmpty()) {
        return false;
      }
      stop = detached.get();
      runAgain = null;
      operation = UUID.randomUUID();
      move(StatementState.QUEUED);
      reached.keySet().removeAll(Set.of(StatementState.ROUTED, StatementState.RUNNING));
      permittedAt = null;
      progress = OptionalDouble::empty;
      held = holdings;
      holdings = new Holdings(id);
      letGo = freed;
      freed = CompletableFuture.completedFuture(null);
    }
    LOG.info("statement {}: runs again: {}", id, reason);
    journal.moved(this, StatementState.QUEUED, "again: " + reason);
    stop.run();
    held.giveBack(letGo).thenRun(again);
    return true;
  }

  @Override
  public Optional<String> ranAs() {
    return Optional.ofNullable(ranAs);
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

  static String digest(Analysis.SparkQuery query) {
    return Hashing.sha256().hashString(query.sql(), StandardCharsets.UTF_8).toString();
  }

  private synchronized boolean move(StatementState next) {
    if (state.isTerminal()) {
      return false;
    }
    if (!state.next().contains(next)) {
      throw new IllegalStateException(state + " cannot become " + next);
    }
    state = next;
    reached.put(next, clock.instant());
    if (permittedAt == null && next == StatementState.RUNNING) {
      permittedAt = clock.instant();
    }
    return true;
  }

  /** Has something released when the statement ends; at once if it has ended. */
  void onEnd(Runnable release) {
    synchronized (this) {
      if (!state.isTerminal()) {
        holdings.untilEnd(release);
        return;
      }
    }
    release.run();
  }

  /** Sets what tells where it waits. */
  void waitsAt(Supplier<Optional<QueuePlace>> placeInQueue) {
    place = placeInQueue;
  }

  /** Sets what tells where it runs or waits. */
  void routed(Supplier<StatementRoute> toCluster) {
    route = () -> Optional.of(toCluster.get());
  }

  @Override
  public Optional<StatementRoute> route() {
    return route.get();
  }

  @Override
  public Optional<QueuePlace> place() {
    return state() == StatementState.QUEUED ? place.get() : Optional.empty();
  }

  /** Its time runs from now on. */
  synchronized void permitted() {
    permittedAt = clock.instant();
  }

  /** Has something released when the statement has ended and Spark does not work on it any more. */
  void onceFreed(Runnable release) {
    CompletableFuture<Void> known;
    synchronized (this) {
      if (!state.isTerminal()) {
        holdings.untilFreed(release);
        return;
      }
      known = freed;
    }
    known.whenComplete((done, failure) -> release.run());
  }

  /** Has a run on Spark. */
  void runsAs(SparkRun run) {
    freed = run.freed();
    progress = run::progress;
  }

  /**
   * From now on a run of it may change something.
   *
   * @param effect is run when the statement ends, before its client is told
   */
  synchronized void changes(Runnable effect) {
    changing = true;
    beforeTold = effect;
    runsOnce();
  }

  /** Its client does not fetch rows but sends them; no clock runs until it is waited for. */
  synchronized void takesRows() {
    kind = EndedStatement.Kind.INGEST;
    takesRows = true;
    waitsForRowsSince = null;
  }

  /** It waits for its client to send rows. */
  synchronized void waitsForRows() {
    waitsForRowsSince = clock.instant();
  }

  private synchronized boolean sendsRows() {
    return takesRows;
  }

  private synchronized Optional<Instant> stalledSince() {
    return takesRows ? Optional.ofNullable(waitsForRowsSince) : relay.stalledSince();
  }

  /** Ends the statement if it has passed a limit of time. */
  void enforceLimits() {
    Instant now = clock.instant();
    Optional<Instant> stalled = stalledSince();
    if (stalled.isPresent() && passed(stalled.get(), limits.clientStall(), now)) {
      end(
          ClientStall::error,
          sendsRows()
              ? "Its client sent nothing for "
                  + StatementLimits.words(limits.clientStall())
                  + ", so the ingest was ended, and no row was written."
              : "Its client took nothing of the result for "
                  + StatementLimits.words(limits.clientStall())
                  + ", so the statement was ended. Fetch a result as soon as it is there, or ask"
                  + " for less.");
      return;
    }
    Optional<Instant> permitted;
    synchronized (this) {
      permitted = Optional.ofNullable(permittedAt);
    }
    if (permitted.isPresent() && passed(permitted.get(), limits.runTime(), now)) {
      end(
          ErrorCode.STATEMENT_TIMEOUT,
          "The statement ran for "
              + StatementLimits.words(limits.runTime())
              + ", the longest that is allowed, and was ended. Ask for less at a time.");
    }
  }

  /** Ends the statement because the gateway stops. */
  void shutDown() {
    SluiceException stops = shuttingDown();
    end(stops.code(), String.valueOf(stops.getMessage()));
  }

  static SluiceException shuttingDown() {
    return new SluiceException(
        ErrorCode.SHUTTING_DOWN,
        "The gateway is stopping. Send the statement again when it is back.");
  }

  /** Returns whether it has been granted a permit, or runs without one. */
  synchronized boolean hasPermit() {
    return permittedAt != null;
  }

  /**
   * Its replica is taken away and has waited for it long enough: it runs elsewhere if it can, and
   * is ended if not.
   */
  void replicaLeaves() {
    synchronized (this) {
      // One on its way to the replica goes elsewhere when that is gone, which is soon.
      if (state == StatementState.QUEUED || state == StatementState.ROUTED && runAgain != null) {
        return;
      }
    }
    if (!runsAgain("its replica leaves")) {
      end(
          ErrorCode.REPLICA_LOST,
          "The cluster became smaller, and the Spark server that ran the statement could wait no"
              + " longer for it. Send the statement again.");
    }
  }

  private static boolean passed(Instant since, Duration limit, Instant now) {
    return Duration.between(since, now).compareTo(limit) >= 0;
  }

  private void end(ErrorCode code, String reason) {
    end(text -> new SluiceException(code, text), reason);
  }

  private void end(Function<String, SluiceException> error, String reason) {
    finish(StatementState.CANCELED, error.apply(reason).ofStatement(id), reason);
  }

  @Override
  public StatementId id() {
    return id;
  }

  @Override
  public synchronized StatementState state() {
    return state;
  }

  @Override
  public Flow.Publisher<ResultMessage> result() {
    return relay;
  }

  @Override
  public CompletableFuture<StatementState> ending() {
    return ending.copy();
  }

  @Override
  public CompletableFuture<Boolean> returnsRows() {
    return returnsRows.copy();
  }

  @Override
  public synchronized boolean isCommand() {
    return changing;
  }

  @Override
  public OptionalDouble progress() {
    return tellsProgress ? progress.get() : OptionalDouble.empty();
  }

  @Override
  public synchronized Map<StatementState, Instant> reached() {
    return Map.copyOf(reached);
  }

  @Override
  public void cancel(String reason) {
    end(ErrorCode.OPERATION_CANCELED, reason);
  }

  @Override
  public void subscribed() {
    subscribed.complete(null);
  }

  /** What has been carried out is not undone by the length of what it tells. */
  @Override
  public boolean admits(long batchRows, long batchBytes) {
    boolean limited = !isCommand();
    if (limited && batchRows > limits.rows() - rows.sum()) {
      failed(tooLarge(limits.rows(), "rows", SessionSettings.MAX_ROWS));
      return false;
    }
    if (limited && batchBytes > limits.bytes() - bytes.sum()) {
      failed(tooLarge(limits.bytes(), "bytes", SessionSettings.MAX_BYTES));
      return false;
    }
    if (batchRows > 0 && firstRow == null) {
      firstRow = clock.instant();
    }
    rows.add(batchRows);
    bytes.add(batchBytes);
    return true;
  }

  @Override
  public void sent(Duration after) {
    worked(after);
  }

  private static SluiceException tooLarge(long limit, String what, String setting) {
    return new SluiceException(
        ErrorCode.RESULT_TOO_LARGE,
        String.format(
            Locale.ROOT,
            "The result has more than %,d %s, the most that the server or the session's setting %s"
                + " allows, and was ended there. Ask for less, for example with LIMIT, a filter or"
                + " an aggregate.",
            limit,
            what,
            setting));
  }

  @Override
  public void completed() {
    finish(StatementState.FINISHED, null, "");
  }

  @Override
  public void failed(Throwable failure) {
    if (Failures.isReplicaLost(failure)) {
      if (runsAgain("its replica was lost")) {
        return;
      }
      noteLoss.run();
    }
    SluiceException error = Failures.forClient(failure, disclosure, id);
    finish(StatementState.FAILED, error, error.errorClass());
  }

  @Override
  public void canceledByClient() {
    cancel("The client ended the statement.");
  }

  private void finish(StatementState terminal, @Nullable SluiceException failure, String why) {
    Holdings held;
    CompletableFuture<Void> letGo;
    Runnable effect;
    SluiceException error = failure;
    synchronized (this) {
      if (state.isTerminal()) {
        return;
      }
      if (failure != null
          && failure.code().isRetryable()
          && changing
          && state == StatementState.RUNNING) {
        error = outcomeUnknown();
      }
      state = terminal;
      reached.put(terminal, clock.instant());
      held = holdings;
      letGo = freed;
      runAgain = null;
      effect = beforeTold;
    }
    effect.run();
    if (error == null) {
      returnsRows.complete(false);
    } else {
      returnsRows.completeExceptionally(error);
    }
    relay.end(error);
    var unused = held.giveBack(letGo);
    journal.ended(this, terminal, error, why, rows.sum(), bytes.sum());
    // Who keeps the statement keeps neither its text nor its values.
    progress = OptionalDouble::empty;
    disclosure = Disclosure.withheld();
    noteLoss = () -> {};
    place = Optional::empty;
    if (!comparable) {
      current = NOT_CURRENT;
      authorized = null;
    }
    if (error != null) {
      columns.completeExceptionally(error);
    }
    ending.complete(terminal);
  }

  /** What may have been carried out once must not be sent again without a look. */
  private SluiceException outcomeUnknown() {
    return new SluiceException(
            ErrorCode.OUTCOME_UNKNOWN,
            "The Spark server or the gateway went away while it ran the statement, and it cannot be"
                + " told whether the statement was carried out. Look at what it changes before you"
                + " send it again.")
        .ofStatement(id);
  }
}
