package io.sluice.gateway.rest;

import com.google.protobuf.ByteString;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.BatchDecoder;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Writes each chunk as an Arrow IPC stream. A batch keeps Spark's encoding; only one that a limit
 * cuts is decoded.
 */
final class ArrowStreamEncoder implements ChunkEncoder {

  private static final int ALIGNMENT = 8;
  private static final int CONTINUATION = -1;
  private static final int END = 0;

  private final SchemaMessage schema;
  private final BufferAllocator allocator;
  private final Sink sink;

  ArrowStreamEncoder(SchemaMessage schema, BufferAllocator allocator, Sink sink) {
    this.schema = schema;
    this.allocator = allocator;
    this.sink = sink;
  }

  @Override
  public void begin(boolean first) {
    send(schema.header(), ByteString.EMPTY);
  }

  @Override
  public Written write(BatchMessage batch, long mostRows, long mostBytes) {
    if (batch.rows() <= mostRows && batch.body().size() <= mostBytes) {
      send(batch.header(), batch.body());
      return new Written(batch.rows(), batch.body().size());
    }
    long rows = Math.min(batch.rows(), mostRows);
    try (BatchDecoder decoder = new BatchDecoder(ArrowEncoder.read(schema), allocator)) {
      decoder.decode(batch);
      while (rows > 0) {
        BatchMessage part = first(decoder.rows(), Math.toIntExact(rows));
        if (part.body().size() <= mostBytes) {
          send(part.header(), part.body());
          return new Written(rows, part.body().size());
        }
        rows /= 2;
      }
    }
    return new Written(0, 0);
  }

  private static BatchMessage first(VectorSchemaRoot vectors, int rows) {
    try (VectorSchemaRoot slice = vectors.slice(0, rows)) {
      return ArrowEncoder.batch(slice);
    }
  }

  @Override
  public void end() {
    write(framing(END));
  }

  @Override
  public void close() {}

  /** IPC's framing: a mark, the header's length, the header filled up, the body. */
  private void send(ByteString header, ByteString body) {
    int padding = Math.floorMod(-header.size(), ALIGNMENT);
    write(framing(header.size() + padding));
    write(header.toByteArray());
    write(new byte[padding]);
    for (ByteBuffer part : body.asReadOnlyByteBufferList()) {
      byte[] bytes = new byte[part.remaining()];
      part.get(bytes);
      write(bytes);
    }
  }

  private static byte[] framing(int length) {
    return ByteBuffer.allocate(2 * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(CONTINUATION)
        .putInt(length)
        .array();
  }

  private void write(byte[] bytes) {
    sink.write(bytes, 0, bytes.length);
  }
}
