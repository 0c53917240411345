package io.sluice.planner.corpus;

/**
 * A statement of the corpus, changed.
 *
 * @param number with the seed, all that is needed to make it again
 * @param origin the statement as it was
 * @param text as it is now
 */
record Mutation(long number, String origin, String text) {

  @Override
  public String toString() {
    return "mutation %d (seed %d)\n  origin:  %s\n  text:    %s\n  escaped: %s"
        .formatted(number, Mutator.SEED, origin, text, escaped());
  }

  /** What cannot be seen in a report matters here. */
  private String escaped() {
    StringBuilder escaped = new StringBuilder();
    for (char unit : text.toCharArray()) {
      if (unit >= ' ' && unit <= '~') {
        escaped.append(unit);
      } else {
        escaped.append("\\u%04x".formatted((int) unit));
      }
    }
    return escaped.toString();
  }
}
