package io.sluice.gateway.hive;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Namespace;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hive.service.rpc.thrift.TOperationHandle;
import org.apache.hive.service.rpc.thrift.TProtocolVersion;
import org.jspecify.annotations.Nullable;

/** One client's session on this door, and the operations that it has not closed. */
final class HiveSession {

  /** Drivers close an operation with its statement; one that does not keeps so many. */
  static final int MOST_OPERATIONS = 64;

  private final HiveHandle handle;
  private final Session session;
  private final TProtocolVersion protocol;
  private final Namespace home;
  private final Map<String, HiveOperation> operations = new LinkedHashMap<>();
  private boolean closed;

  HiveSession(HiveHandle handle, Session session, TProtocolVersion protocol) {
    this.handle = handle;
    this.session = session;
    this.protocol = protocol;
    this.home = session.namespace();
  }

  HiveHandle handle() {
    return handle;
  }

  Session session() {
    return session;
  }

  /** Returns where the session stood when it was opened. */
  Namespace home() {
    return home;
  }

  /** Returns whether results go by columns, as from V6 on. */
  boolean isColumnar() {
    return protocol.compareTo(TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V6) >= 0;
  }

  /** Returns whether the client knows that an operation may run out of time. */
  boolean knowsTimeOut() {
    return protocol.compareTo(TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V8) > 0;
  }

  /** Returns whether the client is of the protocol that PyHive speaks. */
  boolean isPyHive() {
    return protocol == TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V6;
  }

  /**
   * Keeps an operation. One too many puts out the eldest whose client has taken all of it.
   *
   * @throws SluiceException {@code QUEUE_FULL} if there are too many; {@code SESSION_CLOSED}
   */
  void add(HiveOperation operation) {
    HiveOperation leaving = null;
    SluiceException refusal = null;
    synchronized (this) {
      if (closed) {
        refusal = HiveSessions.unknownSession();
      } else if (operations.size() >= MOST_OPERATIONS) {
        leaving =
            operations.values().stream()
                .filter(HiveOperation::isExhausted)
                .min(Comparator.comparing(HiveOperation::started))
                .orElse(null);
        refusal = leaving == null ? tooMany() : null;
      }
      if (leaving != null) {
        operations.remove(leaving.handle().name());
      }
      if (refusal == null) {
        operations.put(operation.handle().name(), operation);
      }
    }
    if (leaving != null) {
      leaving.close();
    }
    if (refusal != null) {
      operation.close();
      throw refusal;
    }
  }

  /** Returns an operation of this session. */
  synchronized Optional<HiveOperation> find(TOperationHandle wanted) {
    return Optional.ofNullable(operations.get(HiveHandle.nameIn(wanted.getOperationId())))
        .filter(known -> known.handle().matches(wanted.getOperationId()));
  }

  /** Forgets an operation; null if it is not there any more. */
  synchronized @Nullable HiveOperation remove(HiveOperation operation) {
    return operations.remove(operation.handle().name());
  }

  synchronized List<HiveOperation> operations() {
    return List.copyOf(operations.values());
  }

  /** Returns about how many bytes are held of results that wait to be fetched. */
  synchronized long heldBytes() {
    return operations.values().stream().mapToLong(HiveOperation::heldBytes).sum();
  }

  /** Ends all operations. */
  void close() {
    List<HiveOperation> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(operations.values());
      operations.clear();
    }
    all.forEach(HiveOperation::close);
  }

  private static SluiceException tooMany() {
    return new SluiceException(
        ErrorCode.QUEUE_FULL,
        "The session has "
            + MOST_OPERATIONS
            + " statements and metadata calls whose results were not fetched to their end, the"
            + " most that are allowed. Close one first.");
  }
}
