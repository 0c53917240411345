package io.sluice.gateway.rest;

import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.concurrent.atomic.AtomicBoolean;

/** How much goes on at the same time, of all users and of one. */
final class Slots {

  private final Shares shares;
  private final String refusal;

  /**
   * @param refusal a sentence for whoever finds none free
   */
  Slots(int most, int mostOfOneUser, String refusal) {
    this.shares = new Shares(most, mostOfOneUser);
    this.refusal = refusal;
  }

  /**
   * Takes a slot.
   *
   * @return gives it back, once however often it is run
   * @throws SluiceException {@code QUEUE_FULL} if none is free
   */
  Runnable enter(String user) {
    if (shares.take(user, 1).isPresent()) {
      throw new SluiceException(ErrorCode.QUEUE_FULL, refusal);
    }
    AtomicBoolean left = new AtomicBoolean();
    return () -> {
      if (left.compareAndSet(false, true)) {
        shares.giveBack(user, 1);
      }
    };
  }
}
