package io.sluice.gateway.flight;

import io.sluice.gateway.identity.Authenticator;
import io.sluice.gateway.identity.BearerTokens;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Finds or opens the session that a call belongs to. */
final class CallAuthentication {

  private static final String BASIC = "basic ";
  private static final String BEARER = "bearer ";

  private final Authenticator authenticator;
  private final BearerTokens tokens;
  private final Sessions sessions;

  CallAuthentication(Authenticator authenticator, BearerTokens tokens, Sessions sessions) {
    this.authenticator = authenticator;
    this.tokens = tokens;
    this.sessions = sessions;
  }

  /**
   * Logs in: a password opens a session, a token is looked at and given back. Either way the answer
   * carries the token.
   */
  CompletableFuture<Session> handshake(FlightCall call) {
    return after(BASIC, call)
        .map(credentials -> known(call, open(call, credentials)))
        .orElseGet(() -> session(call))
        .thenApply(session -> replied(call, session));
  }

  /**
   * Returns a call's session. The future fails with {@code UNAUTHENTICATED} or {@code
   * SESSION_CLOSED}, or with {@code PROTOCOL_VIOLATION} if the call names another cluster than its
   * session has; with a token it is complete at once.
   */
  CompletableFuture<Session> session(FlightCall call) {
    return known(call, found(call));
  }

  /** A login makes its connection no newcomer's any more. */
  private static CompletableFuture<Session> known(
      FlightCall call, CompletableFuture<Session> login) {
    return login.thenApply(
        session -> {
          call.connection().known();
          return session;
        });
  }

  private CompletableFuture<Session> found(FlightCall call) {
    Optional<String> bearer = after(BEARER, call);
    if (bearer.isPresent()) {
      return bearer(bearer.get(), call.cluster());
    }
    Optional<String> basic = after(BASIC, call);
    if (basic.isPresent()) {
      return connectionSession(call, basic.get());
    }
    return CompletableFuture.failedFuture(
        new SluiceException(
            ErrorCode.UNAUTHENTICATED,
            "Not logged in: connect with a user and a password, or send a bearer token"));
  }

  /** Ends what passwords opened on a connection that is gone. */
  void disconnected(FlightConnection connection) {
    connection.end(sessions);
  }

  private CompletableFuture<Session> bearer(String token, Optional<String> cluster) {
    try {
      BearerTokens.Bearer bearer = tokens.verify(token);
      Session session =
          sessions
              .find(bearer.session(), bearer.principalName())
              .orElseThrow(
                  () ->
                      new SluiceException(
                          ErrorCode.SESSION_CLOSED,
                          "The session was closed or has expired; connect again"));
      session.checkCluster(cluster);
      return CompletableFuture.completedFuture(session);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Session> connectionSession(FlightCall call, String credentials) {
    return call.connection()
        .session(
            // Clients of one proxy may share a connection and a login, but not a cluster.
            digest(credentials + '\n' + call.cluster().orElse("")),
            sessions,
            () -> open(call, credentials))
        .thenApply(session -> replied(call, session));
  }

  private CompletableFuture<Session> open(FlightCall call, String credentials) {
    String decoded;
    try {
      decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(malformed());
    }
    int colon = decoded.indexOf(':');
    if (colon < 0) {
      return CompletableFuture.failedFuture(malformed());
    }
    return authenticator
        .authenticate(
            decoded.substring(0, colon), decoded.substring(colon + 1), call.clientAddress())
        .thenApply(
            principal -> {
              Session session = sessions.open(principal, call.clientAddress(), call.cluster());
              session.callClient(call.clientName());
              return session;
            });
  }

  private Session replied(FlightCall call, Session session) {
    call.replyWith(tokens.issue(session.id(), session.principal().name()));
    return session;
  }

  private static Optional<String> after(String scheme, FlightCall call) {
    return call.authorization()
        .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(scheme))
        .map(value -> value.substring(scheme.length()).trim());
  }

  private static SluiceException malformed() {
    return new SluiceException(
        ErrorCode.UNAUTHENTICATED, "The authorization header is not a Basic user and password");
  }

  private static String digest(String credentials) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(credentials.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
