package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.TimeStampNanoTZVector;
import org.apache.arrow.vector.TimeStampSecVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.impl.UnionListWriter;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What strangers send as rows. */
class IngestReaderTest {

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void nothingIsLeftAllocated() {
    allocator.close();
  }

  private IngestReader reader(Schema schema) {
    IngestReader reader = new IngestReader(allocator, 10 << 20);
    reader.begin(message(ArrowEncoder.schema(schema).header(), ByteString.EMPTY));
    return reader;
  }

  private static FlightData message(ByteString header, ByteString body) {
    return FlightData.newBuilder().setDataHeader(header).setDataBody(body).build();
  }

  private BatchMessage batch(Schema schema, Consumer<VectorSchemaRoot> fill) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
      root.allocateNew();
      fill.accept(root);
      return (BatchMessage) ArrowEncoder.batch(root);
    }
  }

  /** Returns the schema and the cells of a stream. */
  private Map.Entry<Schema, List<Object>> read(ByteString stream) throws Exception {
    try (ArrowStreamReader in = new ArrowStreamReader(stream.newInput(), allocator)) {
      List<Object> cells = new ArrayList<>();
      while (in.loadNextBatch()) {
        for (FieldVector vector : in.getVectorSchemaRoot().getFieldVectors()) {
          for (int row = 0; row < vector.getValueCount(); row++) {
            cells.add(String.valueOf(vector.getObject(row)));
          }
        }
      }
      return Map.entry(in.getVectorSchemaRoot().getSchema(), cells);
    }
  }

  private static Field field(String name, ArrowType type, Field... children) {
    return new Field(name, new FieldType(true, type, null), List.of(children));
  }

  @Test
  void whatSparkDoesNotReadIsConverted() throws Exception {
    Schema schema =
        new Schema(
            List.of(
                field("ns", new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC")),
                field("ms", new ArrowType.Timestamp(TimeUnit.MILLISECOND, null)),
                field("s", new ArrowType.Timestamp(TimeUnit.SECOND, null)),
                field("d64", new ArrowType.Date(DateUnit.MILLISECOND)),
                field("u8", new ArrowType.Int(8, false)),
                field("u16", new ArrowType.Int(16, false)),
                field("u32", new ArrowType.Int(32, false)),
                field("u64", new ArrowType.Int(64, false)),
                field("half", new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)),
                field("fixed", new ArrowType.FixedSizeBinary(2)),
                field("plain", ArrowType.Utf8.INSTANCE)));
    BatchMessage rows =
        batch(
            schema,
            root -> {
              ((TimeStampNanoTZVector) root.getVector("ns")).setSafe(0, -1);
              ((TimeStampMilliVector) root.getVector("ms")).setSafe(0, 5);
              ((TimeStampSecVector) root.getVector("s")).setSafe(0, 7);
              ((DateMilliVector) root.getVector("d64")).setSafe(0, -86_400_000L);
              ((UInt1Vector) root.getVector("u8")).setSafe(0, 255);
              ((UInt2Vector) root.getVector("u16")).setSafe(0, 65_535);
              ((UInt4Vector) root.getVector("u32")).setSafe(0, -1);
              ((UInt8Vector) root.getVector("u64")).setSafe(0, -1);
              ((Float2Vector) root.getVector("half")).setSafeWithPossibleTruncate(0, 1.5f);
              ((FixedSizeBinaryVector) root.getVector("fixed")).setSafe(0, new byte[] {1, 2});
              ((VarCharVector) root.getVector("plain"))
                  .setSafe(0, "x".getBytes(StandardCharsets.UTF_8));
              root.setRowCount(2);
            });
    IngestReader reader = reader(schema);
    Map.Entry<Schema, List<Object>> read =
        read(reader.chunk(message(rows.header(), rows.body())).orElseThrow());
    assertThat(reader.rows()).isEqualTo(2);
    assertThat(read.getKey().getFields())
        .extracting(field -> field.getType().toString())
        .containsExactly(
            "Timestamp(MICROSECOND, UTC)",
            "Timestamp(MICROSECOND, null)",
            "Timestamp(MICROSECOND, null)",
            "Date(DAY)",
            "Int(16, true)",
            "Int(32, true)",
            "Int(64, true)",
            "Decimal(20, 0, 128)",
            "FloatingPoint(SINGLE)",
            "Binary",
            "Utf8");
    List<Object> first = new ArrayList<>();
    for (int cell = 0; cell < read.getValue().size(); cell += 2) {
      first.add(read.getValue().get(cell));
      assertThat(read.getValue().get(cell + 1)).isEqualTo("null");
    }
    assertThat(first.subList(0, 9))
        .containsExactly(
            "-1",
            "1970-01-01T00:00:00.005",
            "1970-01-01T00:00:07",
            "-1",
            "255",
            "65535",
            "4294967295",
            "18446744073709551615",
            "1.5");
    assertThat(first.get(10)).isEqualTo("x");
  }

  @Test
  void whatCannotBeIngestedIsRefusedByItsColumn() {
    refused(field("t", new ArrowType.Time(TimeUnit.MICROSECOND, 64)), "Column `t` has");
    refused(field("d", new ArrowType.Decimal(50, 2, 256)), "Column `d` has");
    refused(
        field("u", ArrowType.List.INSTANCE, field("element", new ArrowType.Int(32, false))),
        "Column `u` has");
    refused(
        new Field(
            "k",
            new FieldType(
                true,
                ArrowType.Utf8.INSTANCE,
                new DictionaryEncoding(1, false, new ArrowType.Int(32, true))),
            List.of()),
        "Column `k` is dictionary-encoded");
  }

  private void refused(Field field, String text) {
    assertThatThrownBy(() -> reader(new Schema(List.of(field))))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
              assertThat(error).hasMessageContaining(text);
            });
  }

  @Test
  void aSchemaThatUnfoldsBeyondAllMemoryIsRefusedBeforeItDoes() {
    ByteString doubled = UnfoldingSchemas.doubled(40);
    assertThat(doubled.size()).isLessThan(4_000);
    unfolds(doubled, "more columns than 10000");
    unfolds(UnfoldingSchemas.nested(65), "more levels of nested columns than 64");
    unfolds(
        UnfoldingSchemas.named(10_000, "x".repeat(1 << 20)), "more names and metadata than 16 MiB");
    unfolds(
        UnfoldingSchemas.described(10_000, "x".repeat(1 << 20)),
        "more names and metadata than 16 MiB");
  }

  private void unfolds(ByteString schema, String text) {
    IngestReader reader = new IngestReader(allocator, 10 << 20);
    assertThatThrownBy(() -> reader.begin(message(schema, ByteString.EMPTY)))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.INVALID_PARAMETER))
        .hasMessageContaining(text);
  }

  @Test
  void whatUnfoldsToWhatCanBeTakenIsTaken() {
    for (ByteString schema :
        List.of(
            UnfoldingSchemas.doubled(5),
            UnfoldingSchemas.nested(64),
            UnfoldingSchemas.named(10_000, "x".repeat(1000)))) {
      new IngestReader(allocator, 10 << 20).begin(message(schema, ByteString.EMPTY));
    }
  }

  /** Each column claims the same bytes, which would be written once for each. */
  @Test
  void columnsThatShareTheirBytesAreRefused() {
    Schema schema =
        new Schema(
            List.of(field("a", ArrowType.Utf8.INSTANCE), field("b", ArrowType.Utf8.INSTANCE)));
    BatchMessage rows =
        batch(
            schema,
            root -> {
              for (int column = 0; column < 2; column++) {
                ((VarCharVector) root.getVector(column))
                    .setSafe(0, "x".repeat(10_000).getBytes(StandardCharsets.UTF_8));
              }
              root.setRowCount(1);
            });
    BatchBudget.check(recordBatch(rows), rows.body().size());
    ByteString shared = rows.body().substring(0, rows.body().size() - 10_000);
    assertThatThrownBy(() -> reader(schema).chunk(message(rows.header(), shared)))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.PROTOCOL_VIOLATION));
    assertThatThrownBy(() -> BatchBudget.check(recordBatch(rows), shared.size()))
        .hasMessage("the buffers are longer than the message");
  }

  private static RecordBatch recordBatch(BatchMessage rows) {
    Message message = Message.getRootAsMessage(ByteBuffer.wrap(rows.header().toByteArray()));
    return (RecordBatch) message.header(new RecordBatch());
  }

  /** Nulls in a list take no bytes here, but places in Spark. */
  @Test
  void nullsInListsAreCounted() {
    Schema schema =
        new Schema(
            List.of(field("l", ArrowType.List.INSTANCE, field("element", new ArrowType.Null()))));
    BatchMessage rows =
        batch(
            schema,
            root -> {
              ListVector list = (ListVector) root.getVector(0);
              list.startNewValue(0);
              list.getDataVector().setValueCount(2_000_000_000);
              list.endValue(0, 2_000_000_000);
              root.setRowCount(1);
            });
    assertThat(rows.body().size()).isLessThan(100);
    assertThatThrownBy(() -> reader(schema).chunk(message(rows.header(), rows.body())))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TOO_LARGE));
  }

  @Test
  void rowsWithoutASchemaAndRowsThatAreTooManyAreRefused() {
    IngestReader none = new IngestReader(allocator, 10);
    assertThatThrownBy(none::noRows).hasMessageContaining("begin with an Arrow schema");
    assertThatThrownBy(
            () -> none.begin(message(ByteString.copyFromUtf8("nonsense!"), ByteString.EMPTY)))
        .isInstanceOf(SluiceException.class);
    none.begin(message(ArrowEncoder.schema(Batches.NUMBERS).header(), ByteString.EMPTY));
    BatchMessage rows = (BatchMessage) Batches.numberBatch(allocator, 0, 1000);
    assertThatThrownBy(() -> none.chunk(message(rows.header(), rows.body())))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TOO_LARGE));
  }

  @Test
  void aRowCountsSixtyFourBytesAtLeast() throws Exception {
    IngestReader numbers = new IngestReader(allocator, 100 * 64);
    numbers.begin(message(ArrowEncoder.schema(Batches.NUMBERS).header(), ByteString.EMPTY));
    BatchMessage fits = (BatchMessage) Batches.numberBatch(allocator, 0, 100);
    assertThat(numbers.chunk(message(fits.header(), fits.body()))).isPresent();
    BatchMessage more = (BatchMessage) Batches.numberBatch(allocator, 100, 1);
    assertThatThrownBy(() -> numbers.chunk(message(more.header(), more.body())))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TOO_LARGE))
        .hasMessageContaining("at most 6400 bytes (limits.ingestBytes)")
        .hasMessageContaining("counting 64 bytes at least; no row was written");
  }

  @Test
  void noRowsStillHaveColumns() throws Exception {
    assertThat(read(reader(Batches.NUMBERS).noRows()).getKey().getFields())
        .extracting(Field::getName)
        .containsExactly("n");
    BatchMessage empty = (BatchMessage) Batches.numberBatch(allocator, 0, 0);
    assertThat(reader(Batches.NUMBERS).chunk(message(empty.header(), empty.body()))).isEmpty();
  }

  @Test
  void damagedBytesAreRefusedAndLeakNothing() throws Exception {
    Schema schema =
        new Schema(
            List.of(
                field("n", Batches.BIGINT),
                field("t", ArrowType.Utf8.INSTANCE),
                field("l", ArrowType.List.INSTANCE, field("element", new ArrowType.Int(32, true))),
                field("u", new ArrowType.Int(16, false))));
    BatchMessage good =
        batch(
            schema,
            root -> {
              for (int row = 0; row < 5; row++) {
                ((BigIntVector) root.getVector(0)).setSafe(row, row);
                ((VarCharVector) root.getVector(1))
                    .setSafe(row, ("text" + row).getBytes(StandardCharsets.UTF_8));
                ((UInt2Vector) root.getVector(3)).setSafe(row, row);
              }
              UnionListWriter list = ((ListVector) root.getVector(2)).getWriter();
              for (int row = 0; row < 5; row++) {
                list.setPosition(row);
                list.startList();
                list.writeInt(row);
                list.endList();
              }
              root.setRowCount(5);
            });
    Random random = new Random(3);
    byte[] schemaBytes = ArrowEncoder.schema(schema).header().toByteArray();
    int refused = 0;
    for (int round = 0; round < 5_000; round++) {
      IngestReader reader = new IngestReader(allocator, 1 << 20);
      try {
        byte[] first = round % 3 == 0 ? damaged(schemaBytes, random) : schemaBytes;
        reader.begin(message(ByteString.copyFrom(first), ByteString.EMPTY));
        Optional<ByteString> chunk =
            reader.chunk(
                message(
                    ByteString.copyFrom(damaged(good.header().toByteArray(), random)),
                    ByteString.copyFrom(damaged(good.body().toByteArray(), random))));
        if (chunk.isPresent()) {
          // What passes can be read to the end.
          read(chunk.get());
        }
      } catch (SluiceException e) {
        refused++;
        assertThat(e.code())
            .isIn(
                ErrorCode.PROTOCOL_VIOLATION,
                ErrorCode.INVALID_PARAMETER,
                ErrorCode.STATEMENT_TOO_LARGE);
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    byte[] changed =
        random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
    for (int flip = random.nextInt(4); flip > 0 && changed.length > 0; flip--) {
      changed[random.nextInt(changed.length)] =
          random.nextBoolean() ? (byte) random.nextInt() : (byte) 0x7f;
    }
    return changed;
  }
}
