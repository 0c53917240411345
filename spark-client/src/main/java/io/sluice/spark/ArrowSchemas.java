package io.sluice.spark;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;

/** A schema as the header of its IPC message, and back. */
public final class ArrowSchemas {

  private ArrowSchemas() {}

  /**
   * Returns the Message flatbuffer, without IPC's continuation and length, padded to eight bytes as
   * in an IPC stream: the very bytes that Spark sends for this schema.
   */
  public static ByteString header(Schema schema) {
    ByteBuffer message = MessageSerializer.serializeMetadata(schema).slice();
    byte[] padded = new byte[(message.remaining() + 7) / 8 * 8];
    message.get(padded, 0, message.remaining());
    return UnsafeByteOperations.unsafeWrap(padded);
  }

  /**
   * Reads what {@link #header} or Spark wrote.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Schema schema(ByteString header) {
    ByteBuffer buffer = header.asReadOnlyByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    try {
      Message message = Message.getRootAsMessage(buffer);
      if (message.headerType() != MessageHeader.Schema) {
        throw new IllegalArgumentException("not the header of a schema message");
      }
      return MessageSerializer.deserializeSchema(message);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("not the header of a schema message", e);
    }
  }
}
