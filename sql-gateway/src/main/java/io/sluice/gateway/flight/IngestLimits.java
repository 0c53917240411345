package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.HashMap;
import java.util.Map;

/**
 * How much may be ingested: each ingest holds a few copies of one message here, and all of its rows
 * in the memory of Spark's driver. No user takes all places.
 */
final class IngestLimits {

  private final long mostBytes;
  private final int most;
  private final int mostOfOneUser;
  private final Map<String, Integer> users = new HashMap<>();
  private int all;

  /**
   * @param mostBytes of Arrow data in one ingest
   * @param most ingests at once
   * @param mostOfOneUser ingests of one user at once
   */
  IngestLimits(long mostBytes, int most, int mostOfOneUser) {
    this.mostBytes = mostBytes;
    this.most = most;
    this.mostOfOneUser = mostOfOneUser;
  }

  long mostBytes() {
    return mostBytes;
  }

  /**
   * Takes a place; {@link #leave} must follow.
   *
   * @throws SluiceException {@code QUEUE_FULL}
   */
  synchronized void enter(String user) {
    int own = users.getOrDefault(user, 0);
    if (own >= mostOfOneUser) {
      throw full(mostOfOneUser + " bulk ingests of one user at a time; wait for one of yours");
    }
    if (all >= most) {
      throw full(most + " bulk ingests at a time; try again later");
    }
    users.put(user, own + 1);
    all++;
  }

  synchronized void leave(String user) {
    users.computeIfPresent(user, (name, own) -> own == 1 ? null : own - 1);
    all--;
  }

  private static SluiceException full(String what) {
    return new SluiceException(ErrorCode.QUEUE_FULL, "The gateway takes " + what);
  }
}
