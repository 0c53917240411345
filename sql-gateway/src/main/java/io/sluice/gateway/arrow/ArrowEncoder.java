package io.sluice.gateway.arrow;

import com.google.protobuf.ByteString;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** Encodes schemas and vectors as Arrow IPC messages, and reads schemas back. */
public final class ArrowEncoder {

  private ArrowEncoder() {}

  /** Returns the message that begins a stream. */
  public static SchemaMessage schema(Schema schema) {
    return new SchemaMessage(
        ByteString.copyFrom(MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT)));
  }

  /** Returns a copy of the rows that the vectors hold, uncompressed. */
  public static BatchMessage batch(VectorSchemaRoot root) {
    try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      ByteBuffer header = MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT);
      ByteString.Output body = ByteString.newOutput(Math.toIntExact(batch.computeBodyLength()));
      MessageSerializer.writeBatchBuffers(new WriteChannel(Channels.newChannel(body)), batch);
      return new BatchMessage(ByteString.copyFrom(header), body.toByteString(), root.getRowCount());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a schema as the encapsulated IPC message that Flight puts into its own messages. */
  public static ByteString encapsulated(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  /**
   * Reads a schema message.
   *
   * @throws IllegalArgumentException if it is damaged or another message
   */
  public static Schema read(SchemaMessage message) {
    try {
      Message flatbuffer =
          Message.getRootAsMessage(ByteBuffer.wrap(message.header().toByteArray()));
      if (flatbuffer.headerType() != MessageHeader.Schema) {
        throw new IllegalArgumentException("not a schema message");
      }
      return MessageSerializer.deserializeSchema(flatbuffer);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("not an Arrow schema", e);
    }
  }
}
