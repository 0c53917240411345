package io.sluice.gateway.rest;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.rest.spool.Spool;
import io.sluice.gateway.rest.spool.SpoolFile;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.planner.Namespace;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The statements that clients know by their ids. Each runs in a session of its own, which is closed
 * when it ends. Statements and what is kept of them are bounded and expire, at once where the login
 * that they came by holds no longer.
 */
final class StatementRegistry {

  private final StatementService statements;
  private final StatementSessions sessions;
  private final Spool spool;
  private final BufferAllocator allocator;
  private final Executor blocking;
  private final RestSettings settings;
  private final ResultAuthorization results;
  private final Predicate<Principal> current;
  private final InstantSource clock;
  private final Map<StatementId, RestStatement> known = new ConcurrentHashMap<>();
  private final Map<Key, Keyed> keys = new ConcurrentHashMap<>();

  StatementRegistry(
      StatementService statements,
      StatementSessions sessions,
      Spool spool,
      BufferAllocator allocator,
      Executor blocking,
      RestSettings settings,
      ResultAuthorization results,
      Predicate<Principal> current,
      InstantSource clock) {
    this.statements = statements;
    this.sessions = sessions;
    this.spool = spool;
    this.allocator = allocator;
    this.blocking = blocking;
    this.settings = settings;
    this.results = results;
    this.current = current;
    this.clock = clock;
  }

  /**
   * Sets a statement on its way, or returns the one that the same request began before under the
   * same key. Fails with {@link SluiceException} {@code QUEUE_FULL}, or with {@link
   * IdempotencyConflict}.
   */
  CompletableFuture<Submitted> submit(Caller caller, StatementRequest request) {
    if (request.idempotencyKey().isEmpty()) {
      return start(caller, request).thenApply(statement -> new Submitted(statement, false));
    }
    Key key = new Key(caller.principal().name(), request.idempotencyKey().get());
    Keyed mine = new Keyed(request.fingerprint(), new CompletableFuture<>());
    Keyed before = keys.putIfAbsent(key, mine);
    if (before != null) {
      return before.fingerprint().equals(mine.fingerprint())
          ? before.statement().thenApply(statement -> new Submitted(statement, true))
          : CompletableFuture.failedFuture(new IdempotencyConflict());
    }
    start(caller, request)
        .whenComplete(
            (statement, failure) -> {
              if (failure == null) {
                mine.statement().complete(statement);
              } else {
                keys.remove(key);
                mine.statement().completeExceptionally(failure);
              }
            });
    return mine.statement().thenApply(statement -> new Submitted(statement, false));
  }

  /**
   * A statement that was asked for.
   *
   * @param again whether an earlier request had set it on its way
   */
  record Submitted(RestStatement statement, boolean again) {}

  private CompletableFuture<RestStatement> start(Caller caller, StatementRequest request) {
    try {
      makeRoom(caller.principal());
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
    return sessions
        .enter(caller, request.cluster(), request.tags(), request.catalog(), request.schema())
        .thenApply(
            entered ->
                entered
                    .refused()
                    .map(use -> refused(use, entered.session(), request))
                    .orElseGet(() -> run(entered.session(), request)));
  }

  /** A statement whose catalog or schema is not there has failed before it was run. */
  private RestStatement refused(
      StatementSessions.Refused use, Session session, StatementRequest request) {
    RestStatement refused =
        keep(
            use.statement(),
            session,
            origin(session, session.namespace(), Optional.empty()),
            request);
    refused.end(null, use.failure());
    return refused;
  }

  private RestStatement run(Session session, StatementRequest request) {
    // Before it is authorised: what changes meanwhile counts as later.
    Optional<String> policies = results.version();
    Namespace namespace = session.namespace();
    Statement statement = statements.submit(session, request.statement(), request.parameters());
    RestStatement kept = keep(statement, session, origin(session, namespace, policies), request);
    new ResultCollector(
            statement,
            request.statement(),
            request.format(),
            request.limits(),
            kept.file(),
            allocator,
            blocking)
        .collect()
        .whenComplete(kept::end);
    return kept;
  }

  private static Origin origin(Session session, Namespace namespace, Optional<String> policies) {
    return new Origin(session.principal(), namespace, policies);
  }

  private RestStatement keep(
      Statement statement, Session session, Origin origin, StatementRequest request) {
    SpoolFile file = spool.open(session.principal().name());
    RestStatement kept =
        new RestStatement(
            statement,
            origin,
            request.statement(),
            request.format(),
            request.externalLinks(),
            file,
            clock);
    known.put(kept.id(), kept);
    kept.ended().thenRun(() -> sessions.close(session));
    return kept;
  }

  /** Forgets what ended longest ago where there is no room for another statement. */
  private void makeRoom(Principal principal) {
    List<RestStatement> own =
        known.values().stream().filter(statement -> isOf(principal, statement)).toList();
    if (own.size() >= settings.mostOfOneUser()) {
      forgetOldest(own);
    } else if (known.size() >= settings.mostStatements()) {
      forgetOldest(List.copyOf(known.values()));
    }
  }

  private void forgetOldest(List<RestStatement> of) {
    of.stream()
        .filter(statement -> statement.endedAt().isPresent())
        .min(Comparator.comparing(statement -> statement.endedAt().orElseThrow()))
        .ifPresentOrElse(
            this::forget,
            () -> {
              throw new SluiceException(
                  ErrorCode.QUEUE_FULL,
                  "Too many statements have not ended. Wait for one, or cancel one.");
            });
  }

  /** Returns a statement, if it is this principal's. */
  Optional<RestStatement> find(StatementId id, Principal principal) {
    Optional<RestStatement> found = look(id, principal);
    found.ifPresent(RestStatement::asked);
    return found;
  }

  /** Returns the same, which does not count as asking for it. */
  Optional<RestStatement> look(StatementId id, Principal principal) {
    return find(id).filter(statement -> isOf(principal, statement));
  }

  /** Returns a statement for whoever has a link to it. */
  Optional<RestStatement> find(StatementId id) {
    return Optional.ofNullable(known.get(id))
        .filter(statement -> current.test(statement.principal()));
  }

  private static boolean isOf(Principal principal, RestStatement statement) {
    return statement.principal().name().equals(principal.name());
  }

  /** Ends what nobody asks for and forgets what was kept for long enough. */
  void expire() {
    Instant now = clock.instant();
    for (RestStatement statement : known.values()) {
      Optional<Instant> ended = statement.endedAt();
      if (!current.test(statement.principal())) {
        forget(statement);
      } else if (ended.isEmpty()) {
        if (!statement.askedAt().plus(settings.abandoned()).isAfter(now)) {
          statement.cancel(
              "Nobody asked for the statement for "
                  + settings.abandoned().toMinutes()
                  + " min, so it was ended. Ask for its status at least so often.");
        }
      } else if (!ended.get().plus(settings.kept()).isAfter(now)) {
        forget(statement);
      }
    }
  }

  private void forget(RestStatement statement) {
    known.remove(statement.id());
    keys.values().removeIf(keyed -> statement.equals(keyed.statement().getNow(null)));
    statement.close();
  }

  /** Returns how many statements are kept. */
  int size() {
    return known.size();
  }

  private record Key(String principal, String key) {}

  private record Keyed(String fingerprint, CompletableFuture<RestStatement> statement) {}

  /** The key was used with another request. */
  static final class IdempotencyConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
