package io.sluice.gateway.rest;

import io.sluice.spark.ResultMessage.BatchMessage;

/** Writes the batches of one result as the chunks of a format; used by one thread at a time. */
interface ChunkEncoder extends AutoCloseable {

  /** Where the bytes go. */
  interface Sink {
    void write(byte[] bytes, int offset, int length);
  }

  /** Begins a chunk. */
  void begin(boolean first);

  /**
   * Writes the rows of a batch, or the first ones.
   *
   * @param mostRows at least 0
   * @param mostBytes at least 0: of text, or of Arrow's buffers
   * @return how much was written; fewer rows than the batch has when a limit was met
   */
  Written write(BatchMessage batch, long mostRows, long mostBytes);

  /** Ends a chunk. */
  void end();

  /** Frees what it holds. */
  @Override
  void close();

  /** What was written of a batch. */
  record Written(long rows, long bytes) {}
}
