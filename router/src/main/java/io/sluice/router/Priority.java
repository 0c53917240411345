package io.sluice.router;

/**
 * How much of a cluster a statement gets beside those of others: the share of its user, by which
 * {@link Admission} tells whose turn it is, is divided by the weight.
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
