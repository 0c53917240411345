package io.sluice.gateway.arrow;

import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Encodes rows that the gateway itself gives: cells are String, byte[], Boolean, Short, Integer,
 * Long, a list of String, or null. In place of a large byte[] stands a Supplier of it, which is
 * asked when its batch is encoded.
 */
public final class RowEncoder {

  private static final int ROWS_PER_BATCH = 500;

  /**
   * Ends a batch early: some clients take messages of 16 MiB at most, and 500 schemas of wide
   * tables are more.
   */
  static final int BYTES_PER_BATCH = 4 << 20;

  private final BufferAllocator allocator;

  public RowEncoder(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  /** Returns the rows as a result: the schema, then batches, encoded as they are requested. */
  public Flow.Publisher<ResultMessage> publisher(
      Schema schema, List<? extends List<@Nullable Object>> rows) {
    return new DemandPublisher<>(new Messages(schema, rows));
  }

  private final class Messages implements Iterator<ResultMessage> {
    private final Schema schema;
    private final List<? extends List<@Nullable Object>> rows;
    private int position = -1;

    Messages(Schema schema, List<? extends List<@Nullable Object>> rows) {
      this.schema = schema;
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return position < rows.size();
    }

    @Override
    public ResultMessage next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (position < 0) {
        position = 0;
        return ArrowEncoder.schema(schema);
      }
      int end = Math.min(rows.size(), position + ROWS_PER_BATCH);
      BatchMessage batch = encode(schema, rows.subList(position, end));
      position += Math.toIntExact(batch.rows());
      return batch;
    }
  }

  /** Encodes the first of these rows, at least one if there is any. */
  private BatchMessage encode(Schema schema, List<? extends List<@Nullable Object>> rows) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      int row = 0;
      long bytes = 0;
      while (row < rows.size() && bytes < BYTES_PER_BATCH) {
        List<@Nullable Object> cells = rows.get(row);
        for (int column = 0; column < cells.size(); column++) {
          bytes += set(root.getVector(column), row, cells.get(column));
        }
        row++;
      }
      root.setRowCount(row);
      return ArrowEncoder.batch(root);
    }
  }

  /** Sets a cell, and returns how many bytes it has if it may have many. */
  private static int set(FieldVector vector, int row, @Nullable Object cell) {
    if (cell instanceof String text && vector instanceof VarCharVector texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      texts.setSafe(row, bytes);
      return bytes.length;
    }
    if (cell != null && vector instanceof VarBinaryVector binary) {
      byte[] bytes = (byte[]) (cell instanceof Supplier<?> later ? later.get() : cell);
      binary.setSafe(row, bytes);
      return bytes.length;
    }
    setSmall(vector, row, cell);
    return 0;
  }

  private static void setSmall(FieldVector vector, int row, @Nullable Object cell) {
    if (cell == null) {
      if (!vector.getField().isNullable()) {
        throw new IllegalArgumentException(
            "column " + vector.getName() + " of an answer is never null");
      }
      vector.setNull(row);
    } else if (vector instanceof BitVector bit) {
      bit.setSafe(row, (Boolean) cell ? 1 : 0);
    } else if (vector instanceof SmallIntVector number) {
      number.setSafe(row, (Short) cell);
    } else if (vector instanceof IntVector number) {
      number.setSafe(row, (Integer) cell);
    } else if (vector instanceof BigIntVector number) {
      number.setSafe(row, (Long) cell);
    } else if (vector instanceof ListVector list) {
      setList(list, row, (List<?>) cell);
    } else {
      throw new IllegalArgumentException("answers have no " + vector.getMinorType() + " columns");
    }
  }

  private static void setList(ListVector list, int row, List<?> items) {
    VarCharVector child = (VarCharVector) list.getDataVector();
    int start = list.startNewValue(row);
    for (int i = 0; i < items.size(); i++) {
      child.setSafe(start + i, ((String) items.get(i)).getBytes(StandardCharsets.UTF_8));
    }
    list.endValue(row, items.size());
  }
}
