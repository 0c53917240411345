package io.sluice.gateway.statement;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.router.Admission.Grant;
import io.sluice.router.Priority;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One statement's permit, from the cluster that it is routed to or, when that cannot start, from
 * the next one that its rule allows.
 */
final class RoutedPermit {

  private final List<Way> ways;
  private final Priority priority;
  private volatile int at;
  private volatile boolean left;

  /**
   * @param ways in the order in which they are tried; at least one
   * @param priority what the statement has in each queue
   */
  RoutedPermit(List<Way> ways, Priority priority) {
    this.ways = List.copyOf(ways);
    this.priority = priority;
  }

  /** A cluster, and the queue to wait for it in. */
  record Way(StatementRoute route, StatementQueue queue) {}

  /** Returns where the statement stands: the first cluster, or the one that it fell back to. */
  StatementRoute route() {
    return ways.get(at).route();
  }

  /**
   * Returns what the journal says of a permit that was granted, and of why it was not elsewhere.
   */
  String describe(Grant grant) {
    String granted = grant.replica() + ", " + grant.reason();
    return at == 0 ? granted : granted + "; " + route().text();
  }

  /**
   * Waits for a permit, which {@link #leave} must return, whatever became of the future.
   *
   * @return fails with {@code QUEUE_FULL}, {@code QUEUE_TIMEOUT} or {@code CLUSTER_UNAVAILABLE}
   */
  CompletableFuture<Grant> enter(StatementId statement, String user) {
    return enter(statement, queue -> queue.enter(statement, user, priority));
  }

  /** Waits again for a permit that was lost with its replica and returned. */
  CompletableFuture<Grant> enterAgain(StatementId statement, String user) {
    return enter(statement, queue -> queue.enterAgain(statement, user, priority));
  }

  private CompletableFuture<Grant> enter(
      StatementId statement, Function<StatementQueue, CompletableFuture<Grant>> entry) {
    StatementQueue queue = ways.get(at).queue();
    CompletableFuture<Grant> permit = entry.apply(queue);
    // Who left meanwhile may have left the queue before this one was entered.
    if (left) {
      queue.leave(statement);
    }
    return permit.exceptionallyCompose(
        failure -> {
          if (left || at + 1 == ways.size() || !cannotStart(failure)) {
            return CompletableFuture.failedFuture(failure);
          }
          at = at + 1;
          return enter(statement, entry);
        });
  }

  private static boolean cannotStart(Throwable failure) {
    return Failures.cause(failure) instanceof SluiceException known
        && known.code() == ErrorCode.CLUSTER_UNAVAILABLE;
  }

  /** Returns where the statement waits; empty if it does not. */
  Optional<QueuePlace> place(StatementId statement) {
    return ways.get(at).queue().place(statement);
  }

  /** Returns the permit, or gives up the place in the queue. */
  void leave(StatementId statement) {
    left = true;
    ways.get(at).queue().leave(statement);
  }

  /** Returns the way to another permit of the same kind, from where this one was given on. */
  RoutedPermit again() {
    return new RoutedPermit(ways.subList(at, ways.size()), priority);
  }
}
