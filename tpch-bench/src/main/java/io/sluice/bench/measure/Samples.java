package io.sluice.bench.measure;

import java.util.Arrays;

/** Durations in nanoseconds, as many as come. Not safe for use by several threads. */
public final class Samples {

  private long[] values = new long[1024];
  private int size;

  /** Adds one. */
  public void add(long nanos) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = nanos;
  }

  /** Adds all of another. */
  public void addAll(Samples other) {
    for (int index = 0; index < other.size; index++) {
      add(other.values[index]);
    }
  }

  /** Returns the given number of them that came last. */
  public Samples last(int count) {
    Samples last = new Samples();
    for (int index = size - count; index < size; index++) {
      last.add(values[index]);
    }
    return last;
  }

  /** Returns how many there are. */
  public int size() {
    return size;
  }

  /**
   * Returns the smallest value that is not below the given share of all, in milliseconds (nearest
   * rank); NaN when there are none.
   *
   * @param share above 0 and at most 1, 0.5 for the median
   */
  public double millis(double share) {
    if (size == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    int rank = Math.max(1, (int) Math.ceil(share * size));
    return sorted[rank - 1] / 1e6;
  }
}
