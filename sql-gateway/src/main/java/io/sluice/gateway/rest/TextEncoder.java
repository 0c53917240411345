package io.sluice.gateway.rest;

import io.sluice.gateway.arrow.BatchDecoder;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes rows as text, row by row; one batch is decoded at a time. */
final class TextEncoder implements ChunkEncoder {

  /** How a text has rows. */
  interface Rows {

    /** Writes what stands before the rows of a chunk. */
    void head(List<FieldVector> columns, boolean firstChunk, ByteArrayOutputStream out);

    /** Writes a row. */
    void row(List<FieldVector> columns, int row, boolean firstInChunk, ByteArrayOutputStream out);

    /** Writes what stands behind the rows of a chunk. */
    void tail(ByteArrayOutputStream out);
  }

  private final BatchDecoder decoder;
  private final Rows rows;
  private final Sink sink;
  private boolean firstInChunk;

  TextEncoder(Schema schema, BufferAllocator allocator, Rows rows, Sink sink) {
    this.decoder = new BatchDecoder(schema, allocator);
    this.rows = rows;
    this.sink = sink;
  }

  @Override
  public void begin(boolean first) {
    Buffer text = new Buffer();
    rows.head(decoder.rows().getFieldVectors(), first, text);
    text.moveTo(sink);
    firstInChunk = true;
  }

  @Override
  public Written write(BatchMessage batch, long mostRows, long mostBytes) {
    decoder.decode(batch);
    VectorSchemaRoot vectors = decoder.rows();
    try {
      Buffer text = new Buffer();
      long count = Math.min(vectors.getRowCount(), mostRows);
      long bytes = 0;
      for (int row = 0; row < count; row++) {
        rows.row(vectors.getFieldVectors(), row, firstInChunk, text);
        if (text.size() > mostBytes - bytes) {
          return new Written(row, bytes);
        }
        firstInChunk = false;
        bytes += text.size();
        text.moveTo(sink);
      }
      return new Written(count, bytes);
    } finally {
      vectors.clear();
    }
  }

  @Override
  public void end() {
    Buffer text = new Buffer();
    rows.tail(text);
    text.moveTo(sink);
  }

  @Override
  public void close() {
    decoder.close();
  }

  /** Hands its bytes over without a copy. */
  private static final class Buffer extends ByteArrayOutputStream {
    void moveTo(Sink sink) {
      sink.write(buf, 0, count);
      reset();
    }
  }
}
