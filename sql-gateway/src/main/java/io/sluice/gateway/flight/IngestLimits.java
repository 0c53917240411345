package io.sluice.gateway.flight;

import io.sluice.gateway.session.Shares;
import io.sluice.model.SluiceException;

/**
 * How much may be ingested: each ingest holds a few copies of one message here, and all of its rows
 * in the memory of Spark's driver. No user takes all places.
 */
final class IngestLimits {

  private final long mostBytes;
  private final Shares places;

  /**
   * @param mostBytes of Arrow data in one ingest
   * @param most ingests at once
   * @param mostOfOneUser ingests of one user at once
   */
  IngestLimits(long mostBytes, int most, int mostOfOneUser) {
    this.mostBytes = mostBytes;
    this.places = new Shares(most, mostOfOneUser);
  }

  long mostBytes() {
    return mostBytes;
  }

  /**
   * Takes a place; {@link #leave} must follow.
   *
   * @throws SluiceException {@code QUEUE_FULL}
   */
  void enter(String user) {
    places.take(user, 1, "bulk ingests at a time", "Wait for one of yours.");
  }

  void leave(String user) {
    places.giveBack(user, 1);
  }
}
