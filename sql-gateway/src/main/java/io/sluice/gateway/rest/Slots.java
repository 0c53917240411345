package io.sluice.gateway.rest;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** How much goes on at the same time, of all users and of one. */
final class Slots {

  private final int most;
  private final int mostOfOneUser;
  private final String refusal;
  private final Map<String, Integer> users = new HashMap<>();
  private int taken;

  /**
   * @param refusal a sentence for whoever finds none free
   */
  Slots(int most, int mostOfOneUser, String refusal) {
    this.most = most;
    this.mostOfOneUser = mostOfOneUser;
    this.refusal = refusal;
  }

  /**
   * Takes a slot.
   *
   * @return gives it back, once however often it is run
   * @throws SluiceException {@code QUEUE_FULL} if none is free
   */
  synchronized Runnable enter(String user) {
    int own = users.getOrDefault(user, 0);
    if (taken >= most || own >= mostOfOneUser) {
      throw new SluiceException(ErrorCode.QUEUE_FULL, refusal);
    }
    taken++;
    users.put(user, own + 1);
    AtomicBoolean left = new AtomicBoolean();
    return () -> {
      if (left.compareAndSet(false, true)) {
        leave(user);
      }
    };
  }

  private synchronized void leave(String user) {
    taken--;
    users.computeIfPresent(user, (name, own) -> own == 1 ? null : own - 1);
  }
}
