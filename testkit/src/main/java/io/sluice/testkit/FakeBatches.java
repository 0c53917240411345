package io.sluice.testkit;

import com.google.protobuf.ByteString;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Encoded batches for fakes. */
public final class FakeBatches {

  private FakeBatches() {}

  /** Returns the schema of one {@code bigint not null} column. */
  public static Schema longSchema(String column) {
    return new Schema(
        List.of(new Field(column, FieldType.notNullable(new ArrowType.Int(64, true)), null)));
  }

  /** Returns the numbers from zero up to, not including, an end; in batches. */
  public static List<ResultMessage> longs(String column, int end, int rowsInBatch) {
    List<ResultMessage> batches = new ArrayList<>();
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(longSchema(column), allocator)) {
      BigIntVector vector = (BigIntVector) root.getVector(0);
      for (int start = 0; start < end; start += rowsInBatch) {
        int rows = Math.min(rowsInBatch, end - start);
        vector.allocateNew(rows);
        for (int row = 0; row < rows; row++) {
          vector.set(row, start + row);
        }
        root.setRowCount(rows);
        batches.add(encoded(root));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return batches;
  }

  private static BatchMessage encoded(VectorSchemaRoot root) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
      MessageSerializer.serialize(new WriteChannel(Channels.newChannel(bytes)), batch);
    }
    ByteString message = ByteString.copyFrom(bytes.toByteArray());
    int headerLength =
        ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    return new BatchMessage(
        message.substring(8, 8 + headerLength),
        message.substring(8 + headerLength),
        root.getRowCount());
  }
}
