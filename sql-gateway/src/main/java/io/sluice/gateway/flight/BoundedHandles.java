package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToLongFunction;

/**
 * What one session's handles stand for. Clients forget to close handles, so beyond a number or a
 * weight, of this session's or of all sessions', this session's handles that were not used for
 * longest go first.
 */
final class BoundedHandles<V> implements AutoCloseable {

  private final int mostHandles;
  private final long mostWeight;
  private final String user;
  private final HandleMemory memory;
  private final ToLongFunction<V> weigher;
  private final LinkedHashMap<UUID, V> values = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;
  private boolean closed;

  BoundedHandles(
      int mostHandles,
      long mostWeight,
      String user,
      HandleMemory memory,
      ToLongFunction<V> weigher) {
    this.user = user;
    this.mostHandles = mostHandles;
    this.mostWeight = mostWeight;
    this.memory = memory;
    this.weigher = weigher;
  }

  /** Adds a value under a fresh id. */
  UUID add(V value) {
    UUID id = UUID.randomUUID();
    put(id, value);
    return id;
  }

  /**
   * Adds or replaces a value; it stays even when it is heavier than this session's may be.
   *
   * @throws SluiceException {@code QUEUE_FULL} if the other sessions leave no room for it; what it
   *     was to replace is gone then. {@code SESSION_CLOSED}
   */
  synchronized void put(UUID id, V value) {
    if (closed) {
      throw new SluiceException(
          ErrorCode.SESSION_CLOSED, "The session was closed or has expired; connect again");
    }
    remove(id);
    long added = weigher.applyAsLong(value);
    while (!values.isEmpty() && (values.size() >= mostHandles || weight + added > mostWeight)) {
      removeEldest();
    }
    while (!memory.take(user, added)) {
      if (values.isEmpty()) {
        throw new SluiceException(
            ErrorCode.QUEUE_FULL,
            "The gateway holds as many statements for its clients as it can. Try again later, and"
                + " close statements that are not used.");
      }
      removeEldest();
    }
    values.put(id, value);
    weight += added;
  }

  synchronized Optional<V> get(UUID id) {
    return Optional.ofNullable(values.get(id));
  }

  synchronized Optional<V> remove(UUID id) {
    V value = values.remove(id);
    if (value != null) {
      forget(value);
    }
    return Optional.ofNullable(value);
  }

  /** Forgets everything, for good. */
  @Override
  public synchronized void close() {
    closed = true;
    values.clear();
    memory.giveBack(user, weight);
    weight = 0;
  }

  private void removeEldest() {
    Iterator<Map.Entry<UUID, V>> eldest = values.entrySet().iterator();
    V value = eldest.next().getValue();
    eldest.remove();
    forget(value);
  }

  private void forget(V value) {
    long freed = weigher.applyAsLong(value);
    weight -= freed;
    memory.giveBack(user, freed);
  }
}
