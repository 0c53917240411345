package io.sluice.gateway.avatica;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.calcite.avatica.NoSuchConnectionException;

/**
 * The statements of all connections. Of one user there are only so many, and they hold only so
 * much: beyond that the ones that were not used for longest are closed, whose clients then make
 * them anew.
 */
final class HeldStatements {

  /** Of one user. */
  static final int MOST = 1_000;

  /** What those of one user may hold, in bytes of texts, last frames and rows not sent yet. */
  static final long MOST_BYTES = 64L << 20;

  private final Map<String, LinkedHashMap<Key, AvaticaStatement>> users = new HashMap<>();

  private record Key(String connection, int statement) {}

  /**
   * Holds a statement unless its connection was closed while it was made, which would never take it
   * along.
   *
   * @param isOpen whether the connection is open; turns false before {@link #close(String, String)}
   *     is called
   * @throws NoSuchConnectionException if it is not
   */
  void add(String user, String connection, AvaticaStatement statement, BooleanSupplier isOpen) {
    synchronized (this) {
      if (!isOpen.getAsBoolean()) {
        throw new NoSuchConnectionException(connection);
      }
      users
          .computeIfAbsent(user, name -> new LinkedHashMap<>(16, 0.75f, true))
          .put(new Key(connection, statement.id()), statement);
    }
    shrink(user);
  }

  /** Returns a statement if it is there. */
  synchronized Optional<AvaticaStatement> find(String user, String connection, int statement) {
    return Optional.ofNullable(of(user).get(new Key(connection, statement)));
  }

  /** Closes a statement; one that is not there was closed before. */
  void close(String user, String connection, int statement) {
    AvaticaStatement closing;
    synchronized (this) {
      closing = of(user).remove(new Key(connection, statement));
      forgetIfEmpty(user);
    }
    if (closing != null) {
      closing.close();
    }
  }

  /** Closes the statements of a connection. */
  void close(String user, String connection) {
    List<AvaticaStatement> closing = new ArrayList<>();
    synchronized (this) {
      of(user)
          .entrySet()
          .removeIf(
              entry -> {
                boolean its = entry.getKey().connection().equals(connection);
                if (its) {
                  closing.add(entry.getValue());
                }
                return its;
              });
      forgetIfEmpty(user);
    }
    closing.forEach(AvaticaStatement::close);
  }

  /** Closes what a user holds beyond the limits, but for the statement that was used last. */
  void shrink(String user) {
    List<AvaticaStatement> closing = new ArrayList<>();
    synchronized (this) {
      Map<Key, AvaticaStatement> own = of(user);
      long weight = own.values().stream().mapToLong(AvaticaStatement::weight).sum();
      Iterator<AvaticaStatement> eldest = List.copyOf(own.values()).iterator();
      while (own.size() > 1 && (own.size() > MOST || weight > MOST_BYTES)) {
        AvaticaStatement statement = eldest.next();
        weight -= statement.weight();
        own.values().remove(statement);
        closing.add(statement);
      }
    }
    closing.forEach(AvaticaStatement::close);
  }

  /** Returns how many statements are held. */
  synchronized int size() {
    return users.values().stream().mapToInt(Map::size).sum();
  }

  private Map<Key, AvaticaStatement> of(String user) {
    LinkedHashMap<Key, AvaticaStatement> own = users.get(user);
    return own == null ? new HashMap<>() : own;
  }

  private void forgetIfEmpty(String user) {
    users.computeIfPresent(user, (name, own) -> own.isEmpty() ? null : own);
  }
}
