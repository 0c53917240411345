package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * What one session's handles stand for. Clients forget to close handles, so beyond a number or a
 * weight, of this session's or of all sessions', this session's handles that were not used for
 * longest go first.
 */
final class BoundedHandles<V> implements AutoCloseable {

  private final int mostHandles;
  private final long mostWeight;
  private final String user;
  private final ClientMemory memory;
  private final ToLongFunction<V> weigher;
  private final Consumer<V> dropped;
  private final LinkedHashMap<UUID, V> values = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;
  private boolean closed;

  /**
   * @param dropped is given each value that goes to make room for another
   */
  BoundedHandles(
      int mostHandles,
      long mostWeight,
      String user,
      ClientMemory memory,
      ToLongFunction<V> weigher,
      Consumer<V> dropped) {
    this.user = user;
    this.mostHandles = mostHandles;
    this.mostWeight = mostWeight;
    this.memory = memory;
    this.weigher = weigher;
    this.dropped = dropped;
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
   * @throws SluiceException {@code QUEUE_FULL} if the other sessions leave no room for it, {@code
   *     SESSION_CLOSED}; all is as before then
   */
  void put(UUID id, V value) {
    makeRoom(id, value).forEach(dropped);
  }

  private synchronized List<V> makeRoom(UUID id, V value) {
    if (closed) {
      throw new SluiceException(
          ErrorCode.SESSION_CLOSED, "The session was closed or has expired; connect again");
    }
    Map<UUID, V> leaving = new HashMap<>();
    V before = values.get(id);
    long freed = before == null ? 0 : weigher.applyAsLong(before);
    int staying = values.size() - (before == null ? 0 : 1);
    long added = weigher.applyAsLong(value);
    Iterator<Map.Entry<UUID, V>> eldest = values.entrySet().iterator();
    while (staying > 0 && (staying >= mostHandles || weight - freed + added > mostWeight)
        || !memory.exchange(user, freed, added)) {
      if (staying == 0) {
        throw new SluiceException(
            ErrorCode.QUEUE_FULL,
            "The gateway holds as many statements for its clients as it can. Try again later, and"
                + " close statements that are not used.");
      }
      Map.Entry<UUID, V> next = eldest.next();
      if (!next.getKey().equals(id)) {
        leaving.put(next.getKey(), next.getValue());
        freed += weigher.applyAsLong(next.getValue());
        staying--;
      }
    }
    values.keySet().removeAll(leaving.keySet());
    values.put(id, value);
    weight += added - freed;
    return new ArrayList<>(leaving.values());
  }

  /**
   * Puts another value in the place of one that is there.
   *
   * @param change to a value of the same weight
   * @return whether there was one
   */
  synchronized boolean replace(UUID id, UnaryOperator<V> change) {
    return values.computeIfPresent(id, (same, before) -> change.apply(before)) != null;
  }

  /** Removes what fits, and returns it. */
  synchronized List<V> removeIf(Predicate<V> fits) {
    List<UUID> leaving = new ArrayList<>();
    values.forEach(
        (id, value) -> {
          if (fits.test(value)) {
            leaving.add(id);
          }
        });
    return leaving.stream().map(this::remove).flatMap(Optional::stream).toList();
  }

  synchronized Optional<V> get(UUID id) {
    return Optional.ofNullable(values.get(id));
  }

  synchronized Optional<V> remove(UUID id) {
    V value = values.remove(id);
    if (value != null) {
      long freed = weigher.applyAsLong(value);
      weight -= freed;
      memory.giveBack(user, freed);
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
}
