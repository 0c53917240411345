package io.sluice.gateway.flight;

import io.sluice.gateway.session.Shares;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What clients have not taken of results that have ended: so many bytes of all users, and half of
 * them of one. No statement stands for them any more, whose permit would bound them. Beyond it
 * those go that have waited for longest, of that user or of the one who has most. Safe for many
 * threads.
 */
final class UntakenResults {

  private final long mostOfOneUser;
  private final Shares shares;

  /** Those that have waited for longest first. */
  private final Set<Rest> waiting = new LinkedHashSet<>();

  /** In bytes. */
  UntakenResults(long most) {
    this.mostOfOneUser = most / 2;
    this.shares = new Shares(most, mostOfOneUser);
  }

  /**
   * Keeps the rest of one more result, which stays even when it alone is more than a user may have;
   * {@link #remove} is to follow when it has been taken.
   *
   * @param bytes at most so many wait
   * @param drop frees them; not run under a lock
   */
  Rest add(String user, long bytes, Runnable drop) {
    Rest rest = new Rest(user, Math.min(bytes, mostOfOneUser), drop);
    makeRoom(rest).forEach(leaving -> leaving.drop.run());
    return rest;
  }

  private synchronized List<Rest> makeRoom(Rest rest) {
    List<Rest> leaving = new ArrayList<>();
    for (Optional<Shares.Full> full = shares.take(rest.user, rest.bytes);
        full.isPresent();
        full = shares.take(rest.user, rest.bytes)) {
      leaving.add(removeEldest(full.get() == Shares.Full.OF_USER ? rest.user : whoHasMost()));
    }
    waiting.add(rest);
    return leaving;
  }

  /** One rest alone fits, so where something is full another one is there. */
  private Rest removeEldest(String user) {
    Rest eldest = waiting.stream().filter(each -> each.user.equals(user)).findFirst().orElseThrow();
    remove(eldest);
    return eldest;
  }

  private String whoHasMost() {
    return waiting.stream()
        .map(each -> each.user)
        .max(Comparator.comparingLong(shares::of))
        .orElseThrow();
  }

  /** It has been taken, or was dropped. */
  synchronized void remove(Rest rest) {
    if (waiting.remove(rest)) {
      shares.giveBack(rest.user, rest.bytes);
    }
  }

  /** Returns how many bytes wait. */
  long bytes() {
    return shares.taken();
  }

  /** The rest of one result. */
  static final class Rest {
    private final String user;
    private final long bytes;
    private final Runnable drop;

    private Rest(String user, long bytes, Runnable drop) {
      this.user = user;
      this.bytes = bytes;
      this.drop = drop;
    }
  }
}
