package io.sluice.gateway.avatica;

import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.calcite.avatica.NoSuchConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * The open connections. Their ids are the clients' own choice, so each user has ids of their own:
 * that of another is one that there is not. Each has a session, whose limits and expiry are its
 * own.
 */
final class AvaticaConnections {

  private static final int LONGEST_ID = 200;

  private final Sessions sessions;
  private final HeldStatements statements;
  private final Map<Key, AvaticaConnection> connections = new ConcurrentHashMap<>();

  private record Key(String user, String connection) {}

  AvaticaConnections(Sessions sessions, HeldStatements statements) {
    this.sessions = sessions;
    this.statements = statements;
  }

  /**
   * Opens a connection; one that is open stays as it is.
   *
   * @param cluster where its statements run; empty for whatever the rules say
   * @throws SluiceException {@code PROTOCOL_VIOLATION} for an id that is none, or an open
   *     connection of another cluster; {@code QUEUE_FULL}, {@code CLUSTER_NOT_FOUND}
   */
  AvaticaConnection open(Caller caller, @Nullable String id, Optional<String> cluster) {
    if (id == null || id.isEmpty() || id.length() > LONGEST_ID) {
      throw new SluiceException(
          ErrorCode.PROTOCOL_VIOLATION,
          "A connection's id has from 1 to " + LONGEST_ID + " characters.");
    }
    try {
      AvaticaConnection known = find(caller, id);
      known.session().checkCluster(cluster);
      return known;
    } catch (NoSuchConnectionException isNew) {
      Session session = sessions.open(caller.principal(), caller.clientAddress(), cluster);
      AvaticaConnection opened = new AvaticaConnection(id, session);
      Key key = new Key(caller.principal().name(), id);
      AvaticaConnection first = connections.putIfAbsent(key, opened);
      if (first != null) {
        sessions.close(session.id());
        first.session().checkCluster(cluster);
        return first;
      }
      session.onClose(() -> forget(key, opened));
      return opened;
    }
  }

  /**
   * Returns a caller's connection, and keeps it from expiring.
   *
   * @throws NoSuchConnectionException if it is not there, or not the caller's
   */
  AvaticaConnection find(Caller caller, @Nullable String id) {
    String user = caller.principal().name();
    AvaticaConnection found = id == null ? null : connections.get(new Key(user, id));
    if (found == null || sessions.find(found.session().id(), user).isEmpty()) {
      throw new NoSuchConnectionException(id);
    }
    return found;
  }

  /**
   * Holds a statement for as long as its connection is open.
   *
   * @throws NoSuchConnectionException if it was closed meanwhile
   */
  void hold(AvaticaConnection connection, AvaticaStatement statement) {
    Key key = new Key(connection.user(), connection.id());
    statements.add(
        key.user(), key.connection(), statement, () -> connections.get(key) == connection);
  }

  /** Closes a connection with all that it holds; one that is not there was closed before. */
  void close(Caller caller, @Nullable String id) {
    AvaticaConnection found =
        id == null ? null : connections.get(new Key(caller.principal().name(), id));
    if (found != null) {
      sessions.close(found.session().id());
    }
  }

  /** Returns how many connections are open. */
  int size() {
    return connections.size();
  }

  private void forget(Key key, AvaticaConnection closed) {
    connections.remove(key, closed);
    statements.close(key.user(), key.connection());
  }
}
