package io.sluice.gateway.flight;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.ToLongFunction;

/**
 * What one session's handles stand for. Clients forget to close handles, so beyond a number or a
 * weight the ones that were not used for longest go first.
 */
final class BoundedHandles<V> {

  private final int mostHandles;
  private final long mostWeight;
  private final ToLongFunction<V> weigher;
  private final LinkedHashMap<UUID, V> values = new LinkedHashMap<>(16, 0.75f, true);
  private long weight;

  BoundedHandles(int mostHandles, long mostWeight, ToLongFunction<V> weigher) {
    this.mostHandles = mostHandles;
    this.mostWeight = mostWeight;
    this.weigher = weigher;
  }

  /** Adds a value under a fresh id. */
  UUID add(V value) {
    UUID id = UUID.randomUUID();
    put(id, value);
    return id;
  }

  /** Adds or replaces a value; it stays even when it is heavier than all together may be. */
  synchronized void put(UUID id, V value) {
    remove(id);
    values.put(id, value);
    weight += weigher.applyAsLong(value);
    Iterator<Map.Entry<UUID, V>> eldest = values.entrySet().iterator();
    while (values.size() > 1 && (values.size() > mostHandles || weight > mostWeight)) {
      weight -= weigher.applyAsLong(eldest.next().getValue());
      eldest.remove();
    }
  }

  synchronized Optional<V> get(UUID id) {
    return Optional.ofNullable(values.get(id));
  }

  synchronized Optional<V> remove(UUID id) {
    V value = values.remove(id);
    if (value != null) {
      weight -= weigher.applyAsLong(value);
    }
    return Optional.ofNullable(value);
  }
}
