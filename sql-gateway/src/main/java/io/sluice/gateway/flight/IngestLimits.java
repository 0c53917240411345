package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.concurrent.Semaphore;

/**
 * How much may be ingested: each ingest holds a few copies of one message here, and all of its rows
 * in the memory of Spark's driver.
 */
final class IngestLimits {

  private final long mostBytes;
  private final int most;
  private final Semaphore free;

  /**
   * @param mostBytes of Arrow data in one ingest
   * @param most ingests at once
   */
  IngestLimits(long mostBytes, int most) {
    this.mostBytes = mostBytes;
    this.most = most;
    this.free = new Semaphore(most);
  }

  long mostBytes() {
    return mostBytes;
  }

  /**
   * Takes a place; {@link #leave} must follow.
   *
   * @throws SluiceException {@code QUEUE_FULL}
   */
  void enter() {
    if (!free.tryAcquire()) {
      throw new SluiceException(
          ErrorCode.QUEUE_FULL,
          "The gateway takes " + most + " bulk ingests at a time; try again later");
    }
  }

  void leave() {
    free.release();
  }
}
