package io.sluice.gateway.flight;

import java.util.HashMap;
import java.util.Map;

/**
 * How much clients may have the gateway hold for them together, as statements behind handles or as
 * parameters on their way, so that many sessions do not fill the heap. No user has more than a
 * quarter of it, so that none can take all.
 */
final class ClientMemory {

  private final long most;
  private final Map<String, Long> used = new HashMap<>();
  private long usedByAll;

  ClientMemory(long most) {
    this.most = most;
  }

  /**
   * Gives back so much of a user's and takes so much in its place, if that is there; nothing
   * changes otherwise.
   */
  synchronized boolean exchange(String user, long freed, long taken) {
    long ofUser = used.getOrDefault(user, 0L) - freed + taken;
    if (ofUser > most / 4 || usedByAll - freed + taken > most) {
      return false;
    }
    used.put(user, ofUser);
    usedByAll += taken - freed;
    return true;
  }

  synchronized void giveBack(String user, long weight) {
    used.computeIfPresent(user, (name, before) -> before == weight ? null : before - weight);
    usedByAll -= weight;
  }

  synchronized long used() {
    return usedByAll;
  }
}
