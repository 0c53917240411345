package io.sluice.gateway.statement;

import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.spark.ResultMessage;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.apache.arrow.vector.types.pojo.Schema;

/** A submitted statement, the refused ones too. */
public interface Statement {

  /** Returns its id, which errors and the journal name. */
  StatementId id();

  /** Returns where it stands. */
  StatementState state();

  /**
   * Returns its result, for one subscriber: a schema message and batches, as they are requested;
   * none for a statement without rows. A refusal or failure is the publisher's error, always a
   * {@link io.sluice.model.SluiceException}. Cancelling the subscription cancels the statement.
   */
  Flow.Publisher<ResultMessage> result();

  /** Completes, never exceptionally, with the terminal state. */
  CompletableFuture<StatementState> ending();

  /**
   * Completes with whether it has a result, before any of it is there; fails as the statement does
   * when it is refused. By default a statement may have one.
   */
  default CompletableFuture<Boolean> returnsRows() {
    return CompletableFuture.completedFuture(true);
  }

  /**
   * Completes with its result's columns when Spark has told them, before any row is there; fails as
   * the statement does, and where it ends without having told them. For a query that Spark runs and
   * that has no parameters; to be asked before its result is subscribed to.
   */
  CompletableFuture<Schema> columns();

  /**
   * Returns whether it is run for its effect, even where rows come of it, as of CALL; known once
   * the first message of its result has come.
   */
  boolean isCommand();

  /**
   * Returns which part of the work Spark has done, from 0 to 1, as far as it knows; empty while
   * nothing is known, and of what policy restricts, whose size it would tell.
   */
  OptionalDouble progress();

  /** Returns where it stands in the queue; by default, and when it does not wait, empty. */
  default Optional<QueuePlace> place() {
    return Optional.empty();
  }

  /** Returns where it runs, and why there; empty before that is known, and off Spark. */
  default Optional<StatementRoute> route() {
    return Optional.empty();
  }

  /** Returns when it came into each state that it has been in; by default not known. */
  default Map<StatementState, Instant> reached() {
    return Map.of();
  }

  /**
   * Returns a digest of the text that Spark was given, with all that policy put into it; empty
   * before that, and where Spark runs nothing.
   */
  default Optional<String> ranAs() {
    return Optional.empty();
  }

  /**
   * Completes with whether it would run now just as it does: its session's settings, views,
   * functions and variables are the same, none of the session's statements has changed tables or
   * schemas meanwhile, and it would be authorised for the same tables in the same way. Fails as the
   * statement would. By default it would not, nor once it has ended, but after {@link
   * #staysComparable}.
   */
  default CompletableFuture<Boolean> isCurrent() {
    return CompletableFuture.completedFuture(false);
  }

  /** Keeps its text after it has ended, for {@link #isCurrent}. */
  default void staysComparable() {}

  /**
   * Ends it if it has not ended: Spark is interrupted and the subscriber gets an error.
   *
   * @param reason a sentence of the gateway's own, for the subscriber and the journal
   */
  void cancel(String reason);
}
