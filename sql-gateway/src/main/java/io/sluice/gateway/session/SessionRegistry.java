package io.sluice.gateway.session;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SessionId;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The open sessions of this gateway, in memory. An idle session holds no thread and no Spark
 * session.
 */
public final class SessionRegistry {

  /**
   * Of those that no connection stands for, more than any tool uses; beyond it the one that was not
   * used for longest is closed. Connections are bounded by their doors.
   */
  public static final int MOST_PER_PRINCIPAL = 1000;

  private final Namespace home;
  private final Duration idleExpiry;
  private final InstantSource clock;
  private final Predicate<Session> busy;
  private final BiConsumer<Principal, String> clusters;
  private final Predicate<Principal> current;
  private final ConcurrentMap<SessionId, Entry> sessions = new ConcurrentHashMap<>();
  private final List<Consumer<Session>> closeListeners = new CopyOnWriteArrayList<>();

  /**
   * @param home the namespace of a new session
   * @param idleExpiry how long after its last use a session that runs nothing is closed
   * @param busy whether a session has a statement that has not ended
   */
  public SessionRegistry(
      Namespace home, Duration idleExpiry, InstantSource clock, Predicate<Session> busy) {
    this(home, idleExpiry, clock, busy, (principal, cluster) -> {}, principal -> true);
  }

  /**
   * @param home the namespace of a new session
   * @param idleExpiry how long after its last use a session that runs nothing is closed
   * @param busy whether a session has a statement that has not ended
   * @param clusters refuses a cluster that a user may not use with a {@link SluiceException}
   * @param current whether the login that gave a principal still holds
   */
  public SessionRegistry(
      Namespace home,
      Duration idleExpiry,
      InstantSource clock,
      Predicate<Session> busy,
      BiConsumer<Principal, String> clusters,
      Predicate<Principal> current) {
    this.clusters = clusters;
    this.current = current;
    this.home = home;
    this.idleExpiry = idleExpiry;
    this.clock = clock;
    this.busy = busy;
  }

  /** Adds what is called with each session after it was closed. */
  public void onClose(Consumer<Session> listener) {
    closeListeners.add(listener);
  }

  /** Returns the sessions as one door has them: those that it opens are its own. */
  public Sessions at(Door door) {
    return new Sessions() {
      @Override
      public Session open(Principal principal, String clientAddress, Optional<String> cluster) {
        return SessionRegistry.this.open(door, principal, clientAddress, cluster);
      }

      @Override
      public Optional<Session> find(SessionId id, String principalName) {
        return SessionRegistry.this.find(id, principalName);
      }

      @Override
      public void close(SessionId id) {
        SessionRegistry.this.close(id);
      }
    };
  }

  private Session open(
      Door door, Principal principal, String clientAddress, Optional<String> cluster) {
    cluster.ifPresent(name -> clusters.accept(principal, name));
    List<Entry> open =
        sessions.values().stream()
            .filter(entry -> entry.session.principal().name().equals(principal.name()))
            .filter(entry -> !entry.session.isTiedToConnection())
            .toList();
    if (open.size() >= MOST_PER_PRINCIPAL) {
      // Drivers that do not close their sessions leave them behind.
      Entry unused =
          open.stream()
              .filter(entry -> !busy.test(entry.session))
              .min(Comparator.comparing(entry -> entry.lastUse))
              .orElseThrow(() -> tooMany(principal, open.size()));
      close(unused.session.id());
    }
    Session session =
        new Session(SessionId.random(), principal, clientAddress, home, cluster, door);
    sessions.put(session.id(), new Entry(session, clock.instant()));
    // Only now: a change before this is seen here, and one after it finds the session.
    if (!current.test(principal)) {
      close(session.id());
      throw new SluiceException(
          ErrorCode.UNAUTHENTICATED,
          "The user was changed or taken away since the login; log in again.");
    }
    return session;
  }

  private static SluiceException tooMany(Principal principal, int open) {
    return new SluiceException(
        ErrorCode.QUEUE_FULL,
        "User ["
            + principal.name()
            + "] has "
            + open
            + " sessions with statements that have not ended, the most that are allowed.");
  }

  /** As {@link Sessions#find}, at whatever door it was opened. */
  public Optional<Session> find(SessionId id, String principalName) {
    Entry entry = sessions.get(id);
    if (entry == null
        || !entry.session.principal().name().equals(principalName)
        || !current.test(entry.session.principal())) {
      return Optional.empty();
    }
    entry.lastUse = clock.instant();
    return Optional.of(entry.session);
  }

  /** As {@link Sessions#close}, at whatever door it was opened. */
  public void close(SessionId id) {
    Entry entry = sessions.remove(id);
    if (entry != null) {
      entry.session.close();
      closeListeners.forEach(listener -> listener.accept(entry.session));
    }
  }

  /** Closes the sessions that some users opened by logins that hold no longer. */
  public void closeFormer(Set<String> users) {
    for (Entry entry : sessions.values()) {
      Principal principal = entry.session.principal();
      if (users.contains(principal.name()) && !current.test(principal)) {
        close(entry.session.id());
      }
    }
  }

  /** Closes what has been idle for too long; to be called every so often. */
  public void expire() {
    Instant oldest = clock.instant().minus(idleExpiry);
    for (Entry entry : sessions.values()) {
      if (entry.lastUse.isBefore(oldest) && !busy.test(entry.session)) {
        close(entry.session.id());
      }
    }
  }

  /** Returns how many sessions are open. */
  public int size() {
    return sessions.size();
  }

  /** Returns how many are open at each door. */
  public Map<Door, Integer> sizes() {
    Map<Door, Integer> sizes = new EnumMap<>(Door.class);
    for (Door door : Door.values()) {
      sizes.put(door, 0);
    }
    sessions.values().forEach(entry -> sizes.merge(entry.session.door(), 1, Integer::sum));
    return sizes;
  }

  private static final class Entry {
    private final Session session;
    private volatile Instant lastUse;

    Entry(Session session, Instant lastUse) {
      this.session = session;
      this.lastUse = lastUse;
    }
  }
}
