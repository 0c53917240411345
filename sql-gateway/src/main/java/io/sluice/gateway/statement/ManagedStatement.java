package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.SparkRun;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
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
final class ManagedStatement extends DescribedStatement implements ResultRelay.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(ManagedStatement.class);

  private final Journal journal;
  private final ResultRelay relay;
  private final Allowance allowance;
  private final CompletableFuture<StatementState> ending = new CompletableFuture<>();
  private final CompletableFuture<Void> subscribed = new CompletableFuture<>();
  private StatementState state = StatementState.RECEIVED;
  private Runnable beforeTold = () -> {};
  private Holdings holdings;
  private boolean changing;
  private @Nullable Runnable runAgain;
  private volatile Runnable noteLoss = () -> {};
  private UUID operation;
  private volatile CompletableFuture<Void> freed = CompletableFuture.completedFuture(null);

  ManagedStatement(
      StatementId id,
      Session session,
      StatementLimits limits,
      Journal journal,
      Executor executor,
      InstantSource clock) {
    super(id, session, clock);
    this.operation = id.value();
    this.holdings = new Holdings(id);
    this.journal = journal;
    this.relay = new ResultRelay(executor, this, clock);
    this.allowance = new Allowance(limits, clock);
    reach(state);
  }

  ResultRelay relay() {
    return relay;
  }

  /** Completes when a client waits for the result. */
  CompletableFuture<Void> whenSubscribed() {
    return subscribed;
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
      ranAs(query);
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
    return !operation().equals(id().value());
  }

  /** Tells the columns of a run, unless another has taken its place. */
  void tellColumns(UUID run, Schema schema) {
    if (operation().equals(run)) {
      tellColumns(schema);
    }
  }

  /** Returns when a first row went to its client. */
  Optional<Instant> firstRow() {
    return allowance.firstRow();
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
      unreach(Set.of(StatementState.ROUTED, StatementState.RUNNING));
      allowance.queued();
      progresses(OptionalDouble::empty);
      held = holdings;
      holdings = new Holdings(id());
      letGo = freed;
      freed = CompletableFuture.completedFuture(null);
    }
    LOG.info("statement {}: runs again: {}", id(), reason);
    journal.moved(this, StatementState.QUEUED, "again: " + reason);
    stop.run();
    held.giveBack(letGo).thenRun(again);
    return true;
  }

  private synchronized boolean move(StatementState next) {
    if (state.isTerminal()) {
      return false;
    }
    if (!state.next().contains(next)) {
      throw new IllegalStateException(state + " cannot become " + next);
    }
    state = next;
    reach(next);
    if (next == StatementState.RUNNING && !allowance.isPermitted()) {
      allowance.permitted();
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

  /** Its time runs from now on. */
  void permitted() {
    allowance.permitted();
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
    progresses(run::progress);
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
  void takesRows() {
    ingests();
    allowance.takesRows();
  }

  /** It waits for its client to send rows. */
  void waitsForRows() {
    allowance.waitsForRows();
  }

  /** Ends the statement if it has passed a limit of time. */
  void enforceLimits() {
    allowance.exceeded(relay.stalledSince()).ifPresent(this::end);
  }

  /** Ends the statement because the gateway stops. */
  void shutDown() {
    end(Failures.shuttingDown());
  }

  /** Returns whether it has been granted a permit, or runs without one. */
  synchronized boolean hasPermit() {
    return allowance.isPermitted();
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
      end(Failures.replicaTaken());
    }
  }

  private void end(SluiceException error) {
    finish(StatementState.CANCELED, error.ofStatement(id()), String.valueOf(error.getMessage()));
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
  public synchronized boolean isCommand() {
    return changing;
  }

  @Override
  public void cancel(String reason) {
    end(new SluiceException(ErrorCode.OPERATION_CANCELED, reason));
  }

  @Override
  public void subscribed() {
    subscribed.complete(null);
  }

  /** What has been carried out is not undone by the length of what it tells. */
  @Override
  public boolean admits(long batchRows, long batchBytes) {
    Optional<SluiceException> refusal = allowance.take(batchRows, batchBytes, !isCommand());
    refusal.ifPresent(this::failed);
    return refusal.isEmpty();
  }

  @Override
  public void sent(Duration after) {
    worked(after);
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
    SluiceException error = Failures.forClient(failure, disclosure(), id());
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
        error = Failures.outcomeUnknown().ofStatement(id());
      }
      state = terminal;
      reach(terminal);
      held = holdings;
      letGo = freed;
      runAgain = null;
      effect = beforeTold;
    }
    effect.run();
    returnsNoMore(error);
    relay.end(error);
    var unused = held.giveBack(letGo);
    journal.ended(this, terminal, error, why, allowance.rows(), allowance.bytes());
    noteLoss = () -> {};
    forget(error);
    ending.complete(terminal);
  }
}
