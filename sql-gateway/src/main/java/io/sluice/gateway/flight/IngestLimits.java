package io.sluice.gateway.flight;

import io.sluice.gateway.session.Shares;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.Optional;

/**
 * How much may be ingested: each ingest holds a few copies of one message here, and all of its rows
 * in the memory of Spark's driver. No user takes all places.
 */
final class IngestLimits {

  private final long mostBytes;
  private final int most;
  private final int mostOfOneUser;
  private final Shares places;

  /**
   * @param mostBytes of Arrow data in one ingest
   * @param most ingests at once
   * @param mostOfOneUser ingests of one user at once
   */
  IngestLimits(long mostBytes, int most, int mostOfOneUser) {
    this.mostBytes = mostBytes;
    this.most = most;
    this.mostOfOneUser = mostOfOneUser;
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
    Optional<Shares.Full> full = places.take(user, 1);
    if (full.isPresent()) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          full.get() == Shares.Full.OF_USER
              ? "The gateway takes "
                  + mostOfOneUser
                  + " bulk ingests of one user at a time; wait for one of yours"
              : "The gateway takes " + most + " bulk ingests at a time; try again later");
    }
  }

  void leave(String user) {
    places.giveBack(user, 1);
  }
}
