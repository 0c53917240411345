package io.sluice.gateway.arrow;

import io.sluice.spark.ResultMessage;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Flow;
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
 * Long, a list of String, or null.
 */
public final class RowEncoder {

  /** Bounds a message: rows of table schemas are some kilobytes each. */
  private static final int ROWS_PER_BATCH = 500;

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
      List<? extends List<@Nullable Object>> part = rows.subList(position, end);
      position = end;
      return encode(schema, part);
    }
  }

  private ResultMessage encode(Schema schema, List<? extends List<@Nullable Object>> rows) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      for (int row = 0; row < rows.size(); row++) {
        List<@Nullable Object> cells = rows.get(row);
        for (int column = 0; column < cells.size(); column++) {
          set(root.getVector(column), row, cells.get(column));
        }
      }
      root.setRowCount(rows.size());
      return ArrowEncoder.batch(root);
    }
  }

  private static void set(FieldVector vector, int row, @Nullable Object cell) {
    if (cell == null) {
      if (!vector.getField().isNullable()) {
        throw new IllegalArgumentException(
            "column " + vector.getName() + " of an answer is never null");
      }
      vector.setNull(row);
    } else if (vector instanceof VarCharVector text) {
      text.setSafe(row, ((String) cell).getBytes(StandardCharsets.UTF_8));
    } else if (vector instanceof VarBinaryVector binary) {
      binary.setSafe(row, (byte[]) cell);
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
