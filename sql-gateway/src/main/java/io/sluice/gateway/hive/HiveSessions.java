package io.sluice.gateway.hive;

import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.Sessions;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.apache.hive.service.rpc.thrift.TSessionHandle;

/**
 * The sessions of this door by their handles. A handle holds for its session's principal alone, on
 * any connection, and as long as the session is open.
 */
final class HiveSessions {

  private final Sessions sessions;
  private final SecureRandom random;
  private final long mostBytes;
  private final Map<String, HiveSession> open = new ConcurrentHashMap<>();
  private final Map<String, Set<HiveSession>> ofUsers = new ConcurrentHashMap<>();

  /** Where each operation belongs; the handle of an operation does not tell. */
  private final Map<String, HiveSession> owners = new ConcurrentHashMap<>();

  private final AtomicLong uses = new AtomicLong();

  /**
   * @param mostBytes how much one user's results that wait to be fetched may hold; beyond it the
   *     least recently used are closed
   */
  HiveSessions(Sessions sessions, SecureRandom random, long mostBytes) {
    this.mostBytes = mostBytes;
    this.sessions = sessions;
    this.random = random;
  }

  HiveSession open(
      Principal principal,
      String clientAddress,
      Optional<String> cluster,
      TProtocolVersion protocol) {
    Session session = sessions.open(principal, clientAddress, cluster);
    HiveSession opened = new HiveSession(HiveHandle.random(random), session, protocol);
    open.put(opened.handle().name(), opened);
    ofUsers.compute(
        principal.name(),
        (user, own) -> {
          Set<HiveSession> all = own == null ? ConcurrentHashMap.newKeySet() : own;
          all.add(opened);
          return all;
        });
    session.onClose(
        () -> {
          open.remove(opened.handle().name());
          ofUsers.computeIfPresent(
              principal.name(),
              (user, own) -> {
                own.remove(opened);
                return own.isEmpty() ? null : own;
              });
          opened.close();
        });
    return opened;
  }

  /**
   * Returns a session, and keeps it from expiring.
   *
   * @throws SluiceException {@code SESSION_CLOSED}, of a session of somebody else's too; {@code
   *     PROTOCOL_VIOLATION} if the client's request names another cluster than the session's
   */
  HiveSession find(TSessionHandle wanted, HiveClient client) {
    HiveSession session =
        Optional.ofNullable(open.get(HiveHandle.nameIn(wanted.getSessionId())))
            .filter(known -> known.handle().matches(wanted.getSessionId()))
            .filter(known -> isOf(known, client.principal()))
            .orElseThrow(HiveSessions::unknownSession);
    session.session().checkCluster(client.cluster());
    return session;
  }

  /**
   * Returns an operation with its session, and keeps the session from expiring.
   *
   * @throws SluiceException {@code INVALID_HANDLE}, of an operation of somebody else's too; {@code
   *     PROTOCOL_VIOLATION} if the client's request names another cluster than the session's
   */
  Owned find(TOperationHandle wanted, HiveClient client) {
    HiveSession session = owners.get(HiveHandle.nameIn(wanted.getOperationId()));
    if (session != null && isOf(session, client.principal())) {
      Optional<HiveOperation> operation = session.find(wanted);
      if (operation.isPresent()) {
        session.session().checkCluster(client.cluster());
        return new Owned(session, operation.get());
      }
    }
    throw unknownOperation();
  }

  /** Keeps an operation as long as its session, unless it is closed before. */
  void add(HiveSession session, HiveOperation operation) {
    operation.use(uses.incrementAndGet());
    makeRoom(session, operation);
    owners.put(operation.handle().name(), session);
    operation.over().thenRun(() -> owners.remove(operation.handle().name()));
    session.add(operation);
    operation.ready().thenRun(() -> makeRoom(session, operation));
  }

  /** Notes that some of an operation's result was fetched. */
  void fetched(Owned owned) {
    owned.operation().use(uses.incrementAndGet());
    makeRoom(owned.session(), owned.operation());
  }

  /**
   * Lets go of what a user's other results hold, as far as it is too much: of all first pages, then
   * of results that wait to be fetched, those that nobody fetches before those being fetched, the
   * least recently used first.
   */
  private void makeRoom(HiveSession used, HiveOperation spared) {
    Set<HiveSession> own = ofUsers.getOrDefault(used.session().principal().name(), Set.of());
    if (held(own) <= mostBytes) {
      return;
    }
    own.stream()
        .flatMap(session -> session.operations().stream())
        .filter(operation -> operation != spared)
        .forEach(HiveOperation::letGoOfFirstPage);
    long held = held(own);
    List<Result> results =
        own.stream()
            .flatMap(session -> session.operations().stream().map(each -> Result.of(session, each)))
            .filter(result -> result.bytes > 0 && result.operation != spared)
            .sorted(Comparator.comparing(Result::fetching).thenComparingLong(Result::lastUse))
            .toList();
    for (Result result : results) {
      if (held <= mostBytes) {
        return;
      }
      held -= result.bytes;
      result.session.remove(result.operation);
      result.operation.close();
    }
  }

  private static long held(Set<HiveSession> own) {
    return own.stream().mapToLong(HiveSession::heldBytes).sum();
  }

  /** A result that waits, as it is at one moment: others use it meanwhile. */
  private record Result(
      HiveSession session, HiveOperation operation, boolean fetching, long lastUse, long bytes) {

    static Result of(HiveSession session, HiveOperation operation) {
      return new Result(
          session, operation, operation.isFetching(), operation.lastUse(), operation.heldBytes());
    }
  }

  void close(HiveSession session) {
    sessions.close(session.session().id());
  }

  HiveHandle newHandle() {
    return HiveHandle.random(random);
  }

  /** Returns how many sessions and operations are held. */
  int size() {
    return open.size() + owners.size();
  }

  private boolean isOf(HiveSession session, Optional<Principal> principal) {
    return principal.isPresent()
        && sessions.find(session.session().id(), principal.get().name()).isPresent();
  }

  static SluiceException unknownSession() {
    return new SluiceException(
        ErrorCode.SESSION_CLOSED, "The session was closed or has expired; connect again.");
  }

  private static SluiceException unknownOperation() {
    return new SluiceException(
        ErrorCode.INVALID_HANDLE,
        "The statement is not known: it was closed, or its session was, or it is another user's."
            + " Run it again.");
  }

  /** An operation and the session that it belongs to. */
  record Owned(HiveSession session, HiveOperation operation) {}
}
