package io.sluice.spark;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Takes the batches of one result apart. Spark sends each as a complete IPC stream (schema, record
 * batch, end); out come the schema once and the record batches, as slices. Batches without rows are
 * left out, since some readers take an empty one for the end.
 *
 * <p>The layout is Arrow's "Encapsulated message format": 0xFFFFFFFF, a 32-bit length, so many
 * bytes of Message flatbuffer, then its body; all little-endian.
 */
final class ArrowStreamSplitter {

  private static final int CONTINUATION = 0xFFFFFFFF;
  private static final int PREFIX = 8;

  private @Nullable ByteString schema;

  /**
   * Passes on what one batch holds.
   *
   * @param stream Spark's bytes
   * @param expectedRows how many rows Spark says are in it
   * @throws SluiceException if the bytes are not what Spark promises
   */
  void split(ByteString stream, long expectedRows, Consumer<ResultMessage> sink) {
    try {
      long rows = splitMessages(stream, sink);
      if (rows != expectedRows) {
        throw damaged("its row count is wrong");
      }
    } catch (IndexOutOfBoundsException e) {
      throw damaged("an offset lies outside it");
    }
  }

  private long splitMessages(ByteString stream, Consumer<ResultMessage> sink) {
    ByteBuffer bytes = stream.asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    boolean schemaSeen = false;
    long rows = 0;
    int at = 0;
    while (at < stream.size()) {
      if (stream.size() - at < PREFIX || bytes.getInt(at) != CONTINUATION) {
        throw damaged("a message does not start where it should");
      }
      int headerLength = bytes.getInt(at + 4);
      if (headerLength == 0) {
        break;
      }
      int headerStart = at + PREFIX;
      if (headerLength < 0 || headerLength > stream.size() - headerStart) {
        throw damaged("a header is longer than the batch");
      }
      int bodyStart = headerStart + headerLength;
      Message message =
          Message.getRootAsMessage(
              bytes.slice(headerStart, headerLength).order(ByteOrder.LITTLE_ENDIAN));
      long bodyLength = message.bodyLength();
      if (bodyLength < 0 || bodyLength > stream.size() - bodyStart) {
        throw damaged("a body is longer than the batch");
      }
      int end = bodyStart + (int) bodyLength;
      ByteString header = stream.substring(headerStart, bodyStart);
      switch (message.headerType()) {
        case MessageHeader.Schema -> {
          schemaSeen = true;
          schema(header, sink);
        }
        case MessageHeader.RecordBatch -> {
          if (!schemaSeen) {
            throw damaged("it has no schema");
          }
          long length = length(message);
          rows += length;
          if (length > 0) {
            sink.accept(new BatchMessage(header, stream.substring(bodyStart, end), length));
          }
        }
        default -> throw damaged("it holds a message of kind " + message.headerType());
      }
      at = end;
    }
    if (!schemaSeen) {
      throw damaged("it has no schema");
    }
    return rows;
  }

  private void schema(ByteString header, Consumer<ResultMessage> sink) {
    if (schema == null) {
      schema = header;
      sink.accept(new SchemaMessage(header));
    } else if (!schema.equals(header)) {
      throw damaged("its schema differs from that of the batches before");
    }
  }

  private static long length(Message message) {
    RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
    if (batch == null || batch.length() < 0) {
      throw damaged("it has no length");
    }
    return batch.length();
  }

  private static SluiceException damaged(String how) {
    return new SluiceException(
        ErrorCode.INTERNAL_ERROR, "Spark sent a result batch that cannot be read: " + how);
  }
}
