package io.sluice.gateway.rest;

import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.gateway.statement.Statement;
import io.sluice.gateway.statement.StatementService;
import io.sluice.planner.parse.Identifiers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;

/** Opens a session for one statement, in the catalog and schema that a request names. */
final class StatementSessions {

  private final StatementService statements;
  private final Sessions sessions;
  private final BufferAllocator allocator;

  StatementSessions(StatementService statements, Sessions sessions, BufferAllocator allocator) {
    this.statements = statements;
    this.sessions = sessions;
    this.allocator = allocator;
  }

  /**
   * An open session, for whoever asked for it to close.
   *
   * @param refused where the catalog or schema was refused, the statement that names it
   */
  record Entered(Session session, Optional<Refused> refused) {}

  /** The statement that was to enter a catalog or schema. */
  record Refused(Statement statement, Throwable failure) {}

  /**
   * Opens a session; fails with {@code QUEUE_FULL} if the caller has too many, and with {@code
   * CLUSTER_NOT_FOUND}.
   *
   * @param cluster where its statement runs; empty for what the rules say
   * @param tags of the session
   */
  CompletableFuture<Entered> enter(
      Caller caller,
      Optional<String> cluster,
      List<String> tags,
      Optional<String> catalog,
      Optional<String> schema) {
    Session session;
    try {
      session = sessions.open(caller.principal(), caller.clientAddress(), cluster);
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
    session.callClient(caller.clientName());
    session.tag(tags);
    Optional<String> use = use(catalog, schema);
    if (use.isEmpty()) {
      return CompletableFuture.completedFuture(new Entered(session, Optional.empty()));
    }
    Statement entering = statements.submit(session, use.get(), List.of());
    RowFetcher rows = RowFetcher.start(entering, allocator);
    return rows.ready()
        .handle(
            (done, failure) -> {
              rows.close();
              return new Entered(
                  session, Optional.ofNullable(failure).map(why -> new Refused(entering, why)));
            });
  }

  private static Optional<String> use(Optional<String> catalog, Optional<String> schema) {
    if (catalog.isPresent() && schema.isPresent()) {
      return Optional.of("USE " + Identifiers.quote(List.of(catalog.get(), schema.get())));
    }
    return catalog
        .map(name -> "SET CATALOG " + Identifiers.quote(name))
        .or(() -> schema.map(name -> "USE SCHEMA " + Identifiers.quote(name)));
  }

  void close(Session session) {
    sessions.close(session.id());
  }
}
