package io.sluice.router;

/**
 * How much of a cluster a user's statements get beside those of others. A user's share is what runs
 * of theirs divided by the weight, so that a lower priority waits longer but never for ever.
 */
public enum Priority {
  /** What nobody waits for. */
  LOW(1),
  /** What a person or a dashboard asks. */
  NORMAL(4),
  /** What must not wait for the others. */
  HIGH(16);

  private final int weight;

  Priority(int weight) {
    this.weight = weight;
  }

  int weight() {
    return weight;
  }
}
