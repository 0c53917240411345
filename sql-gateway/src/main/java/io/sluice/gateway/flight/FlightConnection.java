package io.sluice.gateway.flight;

import io.grpc.Attributes;
import io.sluice.gateway.session.Session;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client connection. Calls that bring a password in place of a token share a session for as
 * long as their connection lasts, and the password is hashed once.
 */
final class FlightConnection {

  static final Attributes.Key<FlightConnection> ATTRIBUTE =
      Attributes.Key.create("sluice-flight-connection");

  private @Nullable Login login;
  private boolean ended;

  /** Returns the session that these very credentials opened on this connection. */
  synchronized Optional<Session> session(byte[] credentialsDigest) {
    Login last = login;
    return last != null && MessageDigest.isEqual(last.credentialsDigest(), credentialsDigest)
        ? Optional.of(last.session())
        : Optional.empty();
  }

  /**
   * Remembers a session; returns the one that is to be closed: the one that it takes the place of,
   * or itself when the connection has ended meanwhile.
   */
  synchronized Optional<Session> remember(byte[] credentialsDigest, Session session) {
    if (ended) {
      return Optional.of(session);
    }
    Optional<Session> previous = session();
    login = new Login(credentialsDigest.clone(), session);
    return previous;
  }

  /** Ends the connection; returns the session that was opened by password, if there is one. */
  synchronized Optional<Session> end() {
    ended = true;
    return session();
  }

  private Optional<Session> session() {
    return Optional.ofNullable(login).map(Login::session);
  }

  private record Login(byte[] credentialsDigest, Session session) {}
}
