package io.sluice.gateway.session;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much of one thing all users have together, and each of them, so that none takes it from all
 * others. Safe for many threads.
 */
public final class Shares {

  private final long most;
  private final long mostOfOneUser;
  private final Map<String, Long> users = new HashMap<>();
  private long taken;

  /** In whatever it is counted: bytes, places. */
  public Shares(long most, long mostOfOneUser) {
    this.most = most;
    this.mostOfOneUser = mostOfOneUser;
  }

  /** Whose share is full. */
  public enum Full {
    OF_USER,
    OF_ALL
  }

  /**
   * Takes so much for a user, or nothing.
   *
   * @param amount below zero gives back
   * @return why it was not taken; empty if it was, and {@link #giveBack} is to follow
   */
  public synchronized Optional<Full> take(String user, long amount) {
    long own = users.getOrDefault(user, 0L) + amount;
    if (own > mostOfOneUser) {
      return Optional.of(Full.OF_USER);
    }
    if (taken + amount > most) {
      return Optional.of(Full.OF_ALL);
    }
    add(user, amount);
    return Optional.empty();
  }

  /**
   * Takes so much for a user, or refuses.
   *
   * @param what of which there is only so much, as it is said after "of"
   * @param remedy a sentence: what the user can do
   * @throws SluiceException {@code QUEUE_FULL}; nothing is taken then
   */
  public void take(String user, long amount, String what, String remedy) {
    Optional<Full> full = take(user, amount);
    if (full.isPresent()) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          full.get() == Full.OF_USER
              ? "User ["
                  + user
                  + "] would have more than the "
                  + words(mostOfOneUser)
                  + " that one user gets of "
                  + what
                  + ". "
                  + remedy
              : "There would be more than the "
                  + words(most)
                  + " that all users together get of "
                  + what
                  + ". Try again in a moment.");
    }
  }

  /** Returns how an amount is said: in MiB where it is so many of them. */
  public static String words(long amount) {
    return amount > 0 && amount % (1 << 20) == 0 ? (amount >> 20) + " MiB" : "" + amount;
  }

  /** Gives back some of what was taken. */
  public synchronized void giveBack(String user, long amount) {
    add(user, -amount);
  }

  private void add(String user, long amount) {
    taken += amount;
    users.compute(
        user,
        (name, before) -> {
          long own = (before == null ? 0 : before) + amount;
          return own == 0 ? null : own;
        });
  }

  /** Returns how much a user has. */
  public synchronized long of(String user) {
    return users.getOrDefault(user, 0L);
  }

  /** Returns how much all have together. */
  public synchronized long taken() {
    return taken;
  }

  /** Returns how many users have some. */
  public synchronized int users() {
    return users.size();
  }
}
