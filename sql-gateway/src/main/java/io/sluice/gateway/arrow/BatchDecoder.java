package io.sluice.gateway.arrow;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** Decodes the batches of one result, one at a time, into the same vectors. */
final class BatchDecoder implements AutoCloseable {

  private final BufferAllocator allocator;
  private final VectorSchemaRoot rows;
  private final VectorLoader loader;

  BatchDecoder(Schema schema, BufferAllocator allocator) {
    this.allocator = allocator;
    this.rows = VectorSchemaRoot.create(schema, allocator);
    this.loader = new VectorLoader(rows);
  }

  /** Returns the vectors, which hold the batch that was decoded last. */
  VectorSchemaRoot rows() {
    return rows;
  }

  /**
   * Decodes a batch in the place of the one before.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for a compressed one
   */
  void decode(BatchMessage message) {
    Message header = Message.getRootAsMessage(ByteBuffer.wrap(message.header().toByteArray()));
    if (!(header.header(new RecordBatch()) instanceof RecordBatch description)) {
      throw new IllegalArgumentException("not a record batch");
    }
    if (description.compression() != null) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          "This door reads rows out of results, which it cannot while the session has them"
              + " compressed; send RESET sluice.result.compression");
    }
    try (ArrowRecordBatch batch =
        MessageSerializer.deserializeRecordBatch(description, copy(message.body()))) {
      loader.load(batch);
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  /** The decoded batch takes over the one reference. */
  private ArrowBuf copy(ByteString body) {
    ArrowBuf buffer = allocator.buffer(Math.max(1, body.size()));
    long end = 0;
    for (ByteBuffer part : body.asReadOnlyByteBufferList()) {
      int size = part.remaining();
      buffer.setBytes(end, part);
      end += size;
    }
    buffer.writerIndex(end);
    return buffer;
  }

  @Override
  public void close() {
    rows.close();
  }
}
