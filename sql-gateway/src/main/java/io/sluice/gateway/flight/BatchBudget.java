package io.sluice.gateway.flight;

import org.apache.arrow.flatbuf.RecordBatch;

/**
 * Counts what a stranger's record batch unfolds to: its columns may all claim the same bytes, and a
 * list may claim values that take none.
 */
final class BatchBudget {

  private BatchBudget() {}

  /**
   * Sees that the buffers together are no longer than what has come, as they are where no two of
   * them share bytes.
   *
   * @throws IllegalArgumentException if they are
   */
  static void check(RecordBatch batch, long bodyBytes) {
    long bytes = 0;
    for (int buffer = 0; buffer < batch.buffersLength(); buffer++) {
      long length = batch.buffers(buffer).length();
      bytes += length;
      if (length < 0 || bytes > bodyBytes) {
        throw new IllegalArgumentException("the buffers are longer than the message");
      }
    }
  }

  /** Returns how many values there are inside of others, beyond one for each row. */
  static long nestedValues(RecordBatch batch) {
    long values = 0;
    for (int node = 0; node < batch.nodesLength(); node++) {
      long length = batch.nodes(node).length();
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("a column has an impossible number of values");
      }
      values += Math.max(0, length - batch.length());
    }
    return values;
  }
}
