package io.sluice.bench.command;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Holds what was measured against limits, and says in a line what misses one. */
final class Limits {

  private final PrintStream output;
  private boolean missed;

  Limits(PrintStream output) {
    this.output = output;
  }

  /** A value is at most its limit; one that could not be measured misses it. */
  void most(String what, double value, @Nullable Double limit) {
    if (limit != null && !(value <= limit)) {
      miss(what, value, "at most", limit);
    }
  }

  /** A value is at least its limit; one that could not be measured misses it. */
  void least(String what, double value, @Nullable Double limit) {
    if (limit != null && !(value >= limit)) {
      miss(what, value, "at least", limit);
    }
  }

  private void miss(String what, double value, String side, double limit) {
    missed = true;
    output.printf(Locale.ROOT, "%s: %.2f; its limit is %s %.2f.%n", what, value, side, limit);
  }

  /** Returns the command's status: 1 when one was missed, else 0. */
  int status() {
    return missed ? 1 : 0;
  }
}
