package io.sluice.gateway.flight;

import io.sluice.gateway.session.Shares;

/**
 * How much clients may have the gateway hold for them together, as statements behind handles or as
 * parameters on their way, so that many sessions do not fill the heap. No user has more than a
 * quarter of it, so that none can take all.
 */
final class ClientMemory {

  private final Shares shares;

  ClientMemory(long most) {
    this.shares = new Shares(most, most / 4);
  }

  /**
   * Gives back so much of a user's and takes so much in its place, if that is there; nothing
   * changes otherwise.
   */
  boolean exchange(String user, long freed, long taken) {
    return shares.take(user, taken - freed).isEmpty();
  }

  void giveBack(String user, long weight) {
    shares.giveBack(user, weight);
  }

  long used() {
    return shares.taken();
  }
}
