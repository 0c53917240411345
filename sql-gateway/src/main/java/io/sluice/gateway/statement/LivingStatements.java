package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The statements that have not ended, and what ends many of them at once. */
final class LivingStatements {

  private final Journal journal;
  private final StatementLimits limits;
  private final Executor work;
  private final InstantSource clock;
  private final Map<StatementId, ManagedStatement> living = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  LivingStatements(Journal journal, StatementLimits limits, Executor work, InstantSource clock) {
    this.journal = journal;
    this.limits = limits;
    this.work = work;
    this.clock = clock;
  }

  /**
   * Returns a new statement, which has ended already when it comes to a closed session or to a
   * gateway that stops.
   *
   * @param characters that its text has
   */
  ManagedStatement received(Session session, int characters) {
    ManagedStatement statement =
        make(StatementId.random(), session, limits.loweredBy(session.configuration()));
    statement.worked(session.takePreparation());
    journal.received(statement, characters);
    living.put(statement.id(), statement);
    statement.ending().thenRun(() -> living.remove(statement.id()));
    if (stopping) {
      statement.shutDown();
    } else if (session.isClosed()) {
      // One that is closed from now on finds this statement among those that it is to end.
      statement.failed(closed());
    }
    return statement;
  }

  /** Ends a statement in the journal that is refused before it was received. */
  void refused(StatementId id, Session session, int characters, SluiceException error) {
    ManagedStatement refused = make(id, session, limits);
    journal.received(refused, characters);
    refused.failed(error);
  }

  private ManagedStatement make(StatementId id, Session session, StatementLimits its) {
    return new ManagedStatement(id, session, its, journal, work, clock);
  }

  static SluiceException closed() {
    return new SluiceException(
        ErrorCode.SESSION_CLOSED, "The session was closed or has expired; connect again.");
  }

  void cancelAll(Predicate<Session> sessions, String reason) {
    List<ManagedStatement> all =
        living.values().stream().filter(statement -> sessions.test(statement.session())).toList();
    end(all, statement -> statement.cancel(reason));
  }

  void replicaLeaves(List<StatementId> statements) {
    for (StatementId id : statements) {
      Optional.ofNullable(living.get(id)).ifPresent(ManagedStatement::replicaLeaves);
    }
  }

  CompletableFuture<Void> drain() {
    stopping = true;
    List<ManagedStatement> all = List.copyOf(living.values());
    all.stream().filter(statement -> !statement.hasPermit()).forEach(ManagedStatement::shutDown);
    return CompletableFuture.allOf(
        all.stream().map(ManagedStatement::ending).toArray(CompletableFuture<?>[]::new));
  }

  boolean isStopping() {
    return stopping;
  }

  void shutDown() {
    stopping = true;
    end(List.copyOf(living.values()), ManagedStatement::shutDown);
  }

  /** Those without a permit first, or one of them would get the permit that another gives back. */
  private static void end(List<ManagedStatement> all, Consumer<ManagedStatement> ending) {
    all.stream().filter(s -> s.state() != StatementState.RUNNING).forEach(ending);
    all.forEach(ending);
  }

  void enforceLimits() {
    living.values().forEach(ManagedStatement::enforceLimits);
  }

  boolean isBusy(Session session) {
    return living.values().stream().anyMatch(s -> s.session().id().equals(session.id()));
  }

  int size() {
    return living.size();
  }
}
