package io.sluice.router;

import java.time.Duration;

/**
 * How much is let in.
 *
 * @param statementsPerSlot statements that run at once for each of a replica's task slots until the
 *     throughput tells better, at least 1
 * @param mostPerSlot the most that may for each; when it is {@code statementsPerSlot}, the number
 *     is fixed, otherwise it is adapted to the throughput, down to half of what it began with:
 *     {@link ConcurrencyLimit}
 * @param queueLength statements that may wait, over all users; at least 0
 * @param queueTimeout how long one may wait
 */
public record AdmissionLimits(
    int statementsPerSlot, int mostPerSlot, int queueLength, Duration queueTimeout) {

  public AdmissionLimits {
    if (statementsPerSlot < 1 || queueLength < 0 || queueTimeout.isNegative()) {
      throw new IllegalArgumentException("limits are positive");
    }
    if (mostPerSlot < statementsPerSlot) {
      throw new IllegalArgumentException("the most is at least what is begun with");
    }
  }

  /** Limits with a fixed number of statements for each task slot. */
  public AdmissionLimits(int statementsPerSlot, int queueLength, Duration queueTimeout) {
    this(statementsPerSlot, statementsPerSlot, queueLength, queueTimeout);
  }

  ConcurrencyLimit concurrency(int taskSlots) {
    int slots = Math.max(1, taskSlots);
    return new ConcurrencyLimit(
        statementsPerSlot == mostPerSlot
            ? statementsPerSlot * slots
            : Math.max(1, statementsPerSlot / 2) * slots,
        statementsPerSlot * slots,
        mostPerSlot * slots);
  }
}
