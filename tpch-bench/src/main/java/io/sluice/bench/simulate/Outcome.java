package io.sluice.bench.simulate;

import io.sluice.bench.measure.Samples;

/** What a simulation came to. */
public final class Outcome {

  private final Samples waits = new Samples();
  private long overOneSecond;
  private long paidMillis;
  private int starts;
  private int interruptedDrains;

  void waited(long millis) {
    waits.add(millis * 1_000_000);
    if (millis > 1000) {
      overOneSecond++;
    }
  }

  void paid(long millis) {
    paidMillis += millis;
  }

  void started() {
    starts++;
  }

  void interruptedDrain() {
    interruptedDrains++;
  }

  /** Returns how many statements got a permit. */
  public int statements() {
    return waits.size();
  }

  /** Returns the wait, in seconds, that such a share of the statements did not exceed. */
  public double waitSeconds(double share) {
    return waits.size() == 0 ? 0 : waits.millis(share) / 1e3;
  }

  /** Returns which share of the statements waited for more than a second. */
  public double shareOverOneSecond() {
    return waits.size() == 0 ? 0 : (double) overOneSecond / waits.size();
  }

  /** Returns what was paid for, from each replica's request to its end, the warm pool included. */
  public double replicaHours() {
    return paidMillis / 3.6e6;
  }

  /** Returns how many replicas were started. */
  public int starts() {
    return starts;
  }

  /** Returns how many replicas had their statements ended because they took too long to drain. */
  public int interruptedDrains() {
    return interruptedDrains;
  }

  /** Returns whether another is better in wait or cost and worse in neither. */
  boolean isDominatedBy(Outcome other) {
    double wait = waitSeconds(0.95);
    double otherWait = other.waitSeconds(0.95);
    return otherWait <= wait
        && other.replicaHours() <= replicaHours()
        && (otherWait < wait || other.replicaHours() < replicaHours());
  }
}
