package io.sluice.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class ArrowStreamSplitterTest {

  private final ArrowStreamSplitter splitter = new ArrowStreamSplitter();

  private static Schema schema(String column) {
    return new Schema(
        List.of(new Field(column, FieldType.notNullable(new ArrowType.Int(64, true)), null)));
  }

  private static ByteString stream(String column, int rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(schema(column), allocator);
        ArrowStreamWriter writer = new ArrowStreamWriter(root, null, bytes)) {
      ((BigIntVector) root.getVector(0)).allocateNew(rows);
      root.setRowCount(rows);
      writer.start();
      writer.writeBatch();
      writer.end();
    }
    return ByteString.copyFrom(bytes.toByteArray());
  }

  private List<ResultMessage> split(ByteString stream, long rows) {
    List<ResultMessage> messages = new ArrayList<>();
    splitter.split(stream, rows, messages::add);
    return messages;
  }

  @Test
  void theSchemaIsPassedOnOnceAndBatchesAsSlices() throws IOException {
    ByteString stream = stream("a", 10);
    List<ResultMessage> first = split(stream, 10);
    assertThat(first).hasSize(2);
    assertThat(((SchemaMessage) first.get(0)).header()).isEqualTo(ArrowSchemas.header(schema("a")));
    assertThat(((BatchMessage) first.get(1)).rows()).isEqualTo(10);
    assertThat(split(stream, 10)).singleElement().isInstanceOf(BatchMessage.class);
  }

  @Test
  void sliceOfALargerArrayIsReadFromItsOwnStart() throws IOException {
    ByteString padded = ByteString.copyFromUtf8("12345").concat(stream("a", 3));
    ByteString slice = ByteString.copyFrom(padded.toByteArray()).substring(5);
    assertThat(split(slice, 3)).hasSize(2);
  }

  @Test
  void emptyBatchesAreLeftOut() throws IOException {
    assertThat(split(stream("a", 0), 0)).singleElement().isInstanceOf(SchemaMessage.class);
    assertThat(split(stream("a", 0), 0)).isEmpty();
  }

  @Test
  void anotherSchemaInTheMiddleIsRefused() throws IOException {
    split(stream("a", 1), 1);
    ByteString other = stream("b", 1);
    assertThatThrownBy(() -> split(other, 1)).isInstanceOf(SluiceException.class);
  }

  @Test
  void aWrongRowCountIsRefused() throws IOException {
    ByteString stream = stream("a", 2);
    assertThatThrownBy(() -> split(stream, 3)).isInstanceOf(SluiceException.class);
  }

  @Test
  void damagedBytesGiveOneErrorAndNothingElse() throws IOException {
    byte[] good = stream("a", 5).toByteArray();
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] bad = good.clone();
      if (random.nextBoolean()) {
        bad = Arrays.copyOf(bad, random.nextInt(good.length));
      }
      for (int flips = random.nextInt(4); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      ByteString stream = ByteString.copyFrom(bad);
      try {
        new ArrowStreamSplitter().split(stream, 5, message -> {});
      } catch (SluiceException e) {
        assertThat(e).hasMessageStartingWith("Spark sent a result batch that cannot be read");
      }
    }
    assertThatThrownBy(() -> split(ByteString.EMPTY, 0)).isInstanceOf(SluiceException.class);
  }
}
