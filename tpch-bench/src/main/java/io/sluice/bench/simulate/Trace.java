package io.sluice.bench.simulate;

import java.util.Comparator;
import java.util.List;

/**
 * The statements that came to one cluster.
 *
 * @param name what it is called
 * @param statements in the order in which they came
 */
public record Trace(String name, List<TracedStatement> statements) {

  public Trace {
    statements =
        statements.stream()
            .sorted(Comparator.comparingLong(TracedStatement::arrivalMillis))
            .toList();
  }

  /**
   * A statement.
   *
   * @param arrivalMillis when it came, since the trace's beginning
   * @param durationMillis how long it runs once it has a permit
   * @param user who sent it
   */
  public record TracedStatement(long arrivalMillis, long durationMillis, String user) {

    public TracedStatement {
      if (arrivalMillis < 0 || durationMillis < 0) {
        throw new IllegalArgumentException("times are not negative");
      }
    }
  }

  /** Returns when the last statement came, since the beginning. */
  long lastMillis() {
    return statements.isEmpty() ? 0 : statements.get(statements.size() - 1).arrivalMillis();
  }
}
