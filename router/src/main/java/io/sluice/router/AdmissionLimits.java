package io.sluice.router;

import java.time.Duration;

/**
 * How much is let in.
 *
 * @param statementsPerSlot statements that may run at once for each of a replica's task slots, at
 *     least 1; Spark Connect loses throughput beyond its knee, which lies at four to eight
 * @param queueLength statements that may wait, over all users; at least 0
 * @param queueTimeout how long one may wait
 */
public record AdmissionLimits(int statementsPerSlot, int queueLength, Duration queueTimeout) {

  public AdmissionLimits {
    if (statementsPerSlot < 1 || queueLength < 0 || queueTimeout.isNegative()) {
      throw new IllegalArgumentException("limits are positive");
    }
  }
}
