package io.sluice.gateway.flight;

import io.grpc.Attributes;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One client connection. Calls that bring a password in place of a token share a session for as
 * long as their connection lasts, those that come at once too, and the password is checked once.
 */
final class FlightConnection {

  static final Attributes.Key<FlightConnection> ATTRIBUTE =
      Attributes.Key.create("sluice-flight-connection");

  /** A connection may be shared by several users, as a proxy's is. */
  static final int MOST_SESSIONS = 16;

  /** Passwords that are being checked, by the digest of the credentials; they take no place. */
  private final Map<String, CompletableFuture<Session>> logins = new HashMap<>();

  /** What right passwords opened, by the digest of the credentials, least recently used first. */
  private final Map<String, Session> opened = new LinkedHashMap<>(16, 0.75f, true);

  private final Runnable known;
  private boolean ended;

  /**
   * @param known is told whenever somebody shows who they are
   */
  FlightConnection(Runnable known) {
    this.known = known;
  }

  /** Somebody has shown who they are. */
  void known() {
    known.run();
  }

  /**
   * Returns the session of these credentials: the one that they opened before on this connection,
   * if it is still open, or else a new one.
   *
   * @param login opens a session
   */
  CompletableFuture<Session> session(
      String digest, Sessions sessions, Supplier<CompletableFuture<Session>> login) {
    CompletableFuture<Session> mine = new CompletableFuture<>();
    synchronized (this) {
      if (ended) {
        return CompletableFuture.failedFuture(closed());
      }
      Session known = opened.get(digest);
      if (known != null && isOpen(known, sessions)) {
        return CompletableFuture.completedFuture(known);
      }
      CompletableFuture<Session> other = logins.putIfAbsent(digest, mine);
      if (other != null) {
        return other.copy();
      }
    }
    begun(login)
        .whenComplete(
            (session, failure) -> {
              if (failure == null) {
                keep(digest, session).forEach(leaving -> sessions.close(leaving.id()));
                mine.complete(session);
              } else {
                forget(digest);
                mine.completeExceptionally(failure);
              }
            });
    return mine.copy();
  }

  /** Ends the connection and what was opened on it by password. */
  void end(Sessions sessions) {
    List<Session> all;
    synchronized (this) {
      ended = true;
      all = List.copyOf(opened.values());
      opened.clear();
    }
    all.forEach(session -> sessions.close(session.id()));
  }

  private static CompletableFuture<Session> begun(Supplier<CompletableFuture<Session>> login) {
    try {
      return login.get();
    } catch (RuntimeException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
  }

  /** Returns the sessions that have no place: only a right password takes one from another. */
  private synchronized List<Session> keep(String digest, Session session) {
    logins.remove(digest);
    if (ended) {
      return List.of(session);
    }
    opened.put(digest, session);
    if (opened.size() <= MOST_SESSIONS) {
      return List.of();
    }
    Iterator<Session> eldest = opened.values().iterator();
    Session leaving = eldest.next();
    eldest.remove();
    return List.of(leaving);
  }

  private synchronized void forget(String digest) {
    logins.remove(digest);
  }

  private static boolean isOpen(Session session, Sessions sessions) {
    return sessions.find(session.id(), session.principal().name()).isPresent();
  }

  private static SluiceException closed() {
    return new SluiceException(ErrorCode.SESSION_CLOSED, "The connection was closed");
  }
}
