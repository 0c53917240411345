package io.sluice.gateway.arrow;

import com.google.protobuf.ByteString;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/** Decodes small results that the gateway itself asked for. */
public final class ResultReader {

  private static final int ALIGNMENT = 8;

  private final BufferAllocator allocator;

  public ResultReader(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  /**
   * Decodes the first batch that has rows, or an empty one.
   *
   * @param messages a whole result
   * @param reading what is done with the rows, which it may not keep
   * @throws IllegalArgumentException if it is damaged
   */
  public <T> T read(List<ResultMessage> messages, Function<VectorSchemaRoot, T> reading) {
    ByteString.Output stream = ByteString.newOutput();
    try {
      for (ResultMessage message : messages) {
        if (message instanceof SchemaMessage schema) {
          write(schema.header(), ByteString.EMPTY, stream);
        } else if (message instanceof BatchMessage batch) {
          write(batch.header(), batch.body(), stream);
        }
      }
      try (ArrowStreamReader reader =
          new ArrowStreamReader(stream.toByteString().newInput(), allocator)) {
        VectorSchemaRoot rows = reader.getVectorSchemaRoot();
        while (reader.loadNextBatch() && rows.getRowCount() == 0) {
          // Spark may begin with empty batches.
        }
        return reading.apply(rows);
      }
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  /** IPC's framing: a mark, the header's length, the header filled up, the body. */
  private static void write(ByteString header, ByteString body, ByteString.Output stream)
      throws IOException {
    int padding = Math.floorMod(-header.size(), ALIGNMENT);
    ByteBuffer prefix = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    prefix.putInt(-1).putInt(header.size() + padding);
    stream.write(prefix.array());
    header.writeTo(stream);
    stream.write(new byte[padding]);
    body.writeTo(stream);
  }
}
