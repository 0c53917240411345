package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.spark.ResultMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Results for tests, encoded from vectors. */
final class Batches {

  static final ArrowType BIGINT = new ArrowType.Int(64, true);
  static final Schema NUMBERS = new Schema(List.of(field("n", BIGINT, false)));

  private Batches() {}

  static Field field(String name, ArrowType type, boolean nullable) {
    return new Field(name, new FieldType(nullable, type, null), List.of());
  }

  /** Returns one batch, filled by hand; the filler sets the row count. */
  static Flow.Publisher<ResultMessage> single(
      BufferAllocator allocator, Schema schema, Consumer<VectorSchemaRoot> fill) {
    List<ResultMessage> messages = new ArrayList<>();
    messages.add(ArrowEncoder.schema(schema));
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      fill.accept(root);
      messages.add(ArrowEncoder.batch(root));
    }
    return new DemandPublisher<>(messages.iterator());
  }

  /** Returns the numbers from 0 on, in so many batches of so many rows, made as they are asked. */
  static Flow.Publisher<ResultMessage> numbers(BufferAllocator allocator, int batches, int rows) {
    Iterator<ResultMessage> messages =
        Stream.concat(
                Stream.<ResultMessage>of(ArrowEncoder.schema(NUMBERS)),
                IntStream.range(0, batches)
                    .mapToObj(batch -> numberBatch(allocator, (long) batch * rows, rows)))
            .iterator();
    return new DemandPublisher<>(messages);
  }

  static ResultMessage numberBatch(BufferAllocator allocator, long first, int rows) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(NUMBERS, allocator)) {
      root.allocateNew();
      BigIntVector vector = (BigIntVector) root.getVector(0);
      for (int row = 0; row < rows; row++) {
        vector.setSafe(row, first + row);
      }
      root.setRowCount(rows);
      return ArrowEncoder.batch(root);
    }
  }
}
