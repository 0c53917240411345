package io.sluice.gateway.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sluice.planner.AnswerTable;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.AnswerTable.AnswerType;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Flow;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ReadChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArrowEncoderTest {

  private static final List<AnswerColumn> COLUMNS =
      List.of(
          new AnswerColumn("name", AnswerType.STRING, true),
          new AnswerColumn("flag", AnswerType.BOOLEAN, false),
          new AnswerColumn("count", AnswerType.INT, false),
          new AnswerColumn("size", AnswerType.BIGINT, true));

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void everythingIsReleased() {
    allocator.close();
  }

  @Test
  void anAnswerReadsBackAsItWas() throws Exception {
    List<List<Object>> rows = new ArrayList<>();
    for (int row = 0; row < 1_201; row++) {
      rows.add(Arrays.asList(row % 3 == 0 ? null : "n" + row, row % 2 == 0, row, (long) row));
    }
    List<ResultMessage> messages =
        collect(
            new AnswerTables(new RowEncoder(allocator)).publisher(new AnswerTable(COLUMNS, rows)));
    assertThat(messages).hasSize(4).first().isInstanceOf(SchemaMessage.class);
    assertThat(read(messages)).isEqualTo(rows);
  }

  @Test
  void anEmptyAnswerIsItsSchemaAlone() {
    AnswerTable empty = new AnswerTable(COLUMNS, List.of());
    List<ResultMessage> messages =
        collect(new AnswerTables(new RowEncoder(allocator)).publisher(empty));
    assertThat(messages).hasSize(1);
    assertThat(messages.get(0)).isEqualTo(ArrowEncoder.schema(AnswerTables.schema(empty)));
    assertThat(ArrowEncoder.read((SchemaMessage) messages.get(0)))
        .isEqualTo(AnswerTables.schema(empty));
  }

  @Test
  void aNullInAColumnWithoutNullsIsADefect() {
    AnswerTable broken =
        new AnswerTable(
            COLUMNS, List.of(Collections.unmodifiableList(Arrays.asList("a", null, 1, 1L))));
    assertThatThrownBy(() -> collect(new AnswerTables(new RowEncoder(allocator)).publisher(broken)))
        .hasMessageContaining("flag");
  }

  @Test
  void schemasReadBackAndDamagedOnesAreRefused() throws Exception {
    Schema schema = new Schema(List.of(Field.nullable("x", ArrowType.Utf8.INSTANCE)));
    assertThat(ArrowEncoder.read(ArrowEncoder.schema(schema))).isEqualTo(schema);
    ReadChannel encapsulated =
        new ReadChannel(Channels.newChannel(ArrowEncoder.encapsulated(schema).newInput()));
    assertThat(MessageSerializer.deserializeSchema(encapsulated)).isEqualTo(schema);
    assertThatThrownBy(() -> ArrowEncoder.read(new SchemaMessage(ByteString.EMPTY)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<ResultMessage> collect(Flow.Publisher<ResultMessage> publisher) {
    List<ResultMessage> messages = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    publisher.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(ResultMessage message) {
            messages.add(message);
          }

          @Override
          public void onError(Throwable failure) {
            failures.add(failure);
          }

          @Override
          public void onComplete() {}
        });
    if (!failures.isEmpty()) {
      throw new AssertionError(failures.get(0).getMessage(), failures.get(0));
    }
    return messages;
  }

  private List<List<Object>> read(List<ResultMessage> messages) throws Exception {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    for (ResultMessage message : messages) {
      ByteString header =
          message instanceof BatchMessage batch
              ? batch.header()
              : ((SchemaMessage) message).header();
      ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(header.size() % 8).isZero();
      stream.write(prefix.putInt(-1).putInt(header.size()).array());
      header.writeTo(stream);
      if (message instanceof BatchMessage batch) {
        batch.body().writeTo(stream);
      }
    }
    List<List<Object>> rows = new ArrayList<>();
    try (ArrowStreamReader reader =
        new ArrowStreamReader(ByteString.copyFrom(stream.toByteArray()).newInput(), allocator)) {
      while (reader.loadNextBatch()) {
        List<FieldVector> vectors = reader.getVectorSchemaRoot().getFieldVectors();
        for (int row = 0; row < reader.getVectorSchemaRoot().getRowCount(); row++) {
          List<Object> cells = new ArrayList<>();
          for (FieldVector vector : vectors) {
            Object cell = vector.getObject(row);
            cells.add(cell instanceof org.apache.arrow.vector.util.Text ? cell.toString() : cell);
          }
          rows.add(cells);
        }
      }
    }
    return rows;
  }
}
