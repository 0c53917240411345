package io.sluice.gateway.flight;

import io.grpc.Attributes;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
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
  static final int MOST_LOGINS = 16;

  /** What each password opened or is about to, by the digest of the credentials. */
  private final Map<String, CompletableFuture<Session>> logins =
      new LinkedHashMap<>(16, 0.75f, true);

  private boolean ended;

  /**
   * Returns the session of these credentials: the one that they opened before on this connection,
   * if it is still open, or else a new one.
   *
   * @param login opens a session
   */
  CompletableFuture<Session> session(
      String digest, Sessions sessions, Supplier<CompletableFuture<Session>> login) {
    CompletableFuture<Session> mine = new CompletableFuture<>();
    CompletableFuture<Session> known;
    CompletableFuture<Session> leaving = null;
    synchronized (this) {
      if (ended) {
        return CompletableFuture.failedFuture(closed());
      }
      known = logins.get(digest);
      if (known == null || isOver(known, sessions)) {
        known = mine;
        logins.put(digest, mine);
        leaving = logins.size() > MOST_LOGINS ? removeEldest() : null;
      }
    }
    if (leaving != null) {
      close(leaving, sessions);
    }
    if (known != mine) {
      return known.copy();
    }
    opened(login)
        .whenComplete(
            (session, failure) -> {
              if (failure == null) {
                mine.complete(session);
              } else {
                forget(digest, mine);
                mine.completeExceptionally(failure);
              }
            });
    return mine.copy();
  }

  /** Ends the connection and what was opened on it by password. */
  void end(Sessions sessions) {
    List<CompletableFuture<Session>> all;
    synchronized (this) {
      ended = true;
      all = List.copyOf(logins.values());
      logins.clear();
    }
    all.forEach(login -> close(login, sessions));
  }

  private static CompletableFuture<Session> opened(Supplier<CompletableFuture<Session>> login) {
    try {
      return login.get();
    } catch (RuntimeException refusal) {
      return CompletableFuture.failedFuture(refusal);
    }
  }

  private synchronized void forget(String digest, CompletableFuture<Session> login) {
    logins.remove(digest, login);
  }

  private CompletableFuture<Session> removeEldest() {
    Iterator<CompletableFuture<Session>> eldest = logins.values().iterator();
    CompletableFuture<Session> leaving = eldest.next();
    eldest.remove();
    return leaving;
  }

  /** One that is about to be opened is closed when it is. */
  private static void close(CompletableFuture<Session> login, Sessions sessions) {
    login.thenAccept(session -> sessions.close(session.id()));
  }

  private static boolean isOver(CompletableFuture<Session> login, Sessions sessions) {
    if (!login.isDone()) {
      return false;
    }
    return login.isCompletedExceptionally()
        || sessions.find(login.join().id(), login.join().principal().name()).isEmpty();
  }

  private static SluiceException closed() {
    return new SluiceException(ErrorCode.SESSION_CLOSED, "The connection was closed");
  }
}
