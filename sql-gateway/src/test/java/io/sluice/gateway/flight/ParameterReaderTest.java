package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression.Literal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParameterReaderTest {

  private static final Schema MIXED =
      new Schema(
          List.of(
              Batches.field("1", Batches.BIGINT, true),
              Batches.field("2", ArrowType.Utf8.INSTANCE, true),
              Batches.field("3", new ArrowType.FixedSizeBinary(3), true)));
  private static final List<Optional<String>> ONE_BIGINT = List.of(Optional.of("bigint"));

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void everythingIsReleased() {
    allocator.close();
  }

  @Test
  void oneRowInOneOfSeveralBatchesIsRead() {
    ParameterReader reader = reader();
    reader.add("ann", schema());
    reader.add("ann", batch(0, 0));
    reader.add("ann", batch(7, 1));
    assertThat(reader.read(ONE_BIGINT)).hasSize(1);
    assertThat(reader.read(ONE_BIGINT).get(0).getLong()).isEqualTo(7);
  }

  @Test
  void anotherNumberOfRowsOrParametersIsRefused() {
    ParameterReader two = reader();
    two.add("ann", schema());
    two.add("ann", batch(0, 2));
    assertRefused(() -> two.read(ONE_BIGINT), ErrorCode.INVALID_PARAMETER);
    assertRefused(
        () -> two.read(List.of(Optional.empty(), Optional.empty())), ErrorCode.PARAMETER_MISMATCH);
    ParameterReader none = reader();
    none.add("ann", schema());
    assertRefused(() -> none.read(ONE_BIGINT), ErrorCode.INVALID_PARAMETER);
    assertRefused(() -> reader().read(ONE_BIGINT), ErrorCode.PROTOCOL_VIOLATION);
  }

  @Test
  void tooMuchIsRefusedWhileItArrives() {
    ParameterReader small = new ParameterReader(allocator, 500, new ClientMemory(1L << 30));
    small.add("ann", schema());
    assertRefused(() -> small.add("ann", batch(0, 1000)), ErrorCode.INVALID_PARAMETER);
  }

  @Test
  void damagedBytesAreRefusedAndLeakNothing() {
    Random random = new Random(1);
    List<Optional<String>> types = List.of(Optional.empty(), Optional.empty(), Optional.empty());
    byte[] schema = ArrowEncoder.schema(MIXED).header().toByteArray();
    BatchMessage good = mixedRow();
    int refused = 0;
    for (int round = 0; round < 5_000; round++) {
      ParameterReader reader = reader();
      reader.add("ann", message(round % 3 == 0 ? damaged(schema, random) : schema, new byte[0]));
      reader.add(
          "ann",
          message(
              damaged(good.header().toByteArray(), random),
              damaged(good.body().toByteArray(), random)));
      try {
        assertThat(reader.read(types)).hasSize(3);
      } catch (SluiceException e) {
        refused++;
        assertThat(e.code())
            .isIn(
                ErrorCode.PROTOCOL_VIOLATION,
                ErrorCode.INVALID_PARAMETER,
                ErrorCode.PARAMETER_MISMATCH);
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
    assertThat(refused).isGreaterThan(1_000);
  }

  @Test
  void aSchemaThatUnfoldsBeyondAllMemoryIsRefusedBeforeItDoes() {
    ParameterReader doubled = new ParameterReader(allocator, 16 << 20, new ClientMemory(1L << 30));
    doubled.add("ann", message(UnfoldingSchemas.doubled(40).toByteArray(), new byte[0]));
    assertRefused(() -> doubled.read(ONE_BIGINT), ErrorCode.INVALID_PARAMETER);
    ParameterReader named = new ParameterReader(allocator, 16 << 20, new ClientMemory(1L << 30));
    byte[] schema = UnfoldingSchemas.named(1000, "x".repeat(8 << 20)).toByteArray();
    named.add("ann", message(schema, new byte[0]));
    assertRefused(
        () -> named.read(Collections.nCopies(1000, Optional.empty())), ErrorCode.INVALID_PARAMETER);
  }

  @Test
  void aRowOfTextAndBytesReadsBack() {
    ParameterReader reader = reader();
    reader.add("ann", message(ArrowEncoder.schema(MIXED).header().toByteArray(), new byte[0]));
    BatchMessage row = mixedRow();
    reader.add("ann", message(row.header().toByteArray(), row.body().toByteArray()));
    List<Literal> literals =
        reader.read(List.of(Optional.empty(), Optional.empty(), Optional.empty()));
    assertThat(literals.get(0).getLong()).isEqualTo(7);
    assertThat(literals.get(1).getString()).isEqualTo("text");
    assertThat(literals.get(2).getBinary()).isEqualTo(ByteString.copyFromUtf8("abc"));
  }

  private BatchMessage mixedRow() {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(MIXED, allocator)) {
      root.allocateNew();
      ((BigIntVector) root.getVector(0)).setSafe(0, 7);
      ((VarCharVector) root.getVector(1)).setSafe(0, "text".getBytes(StandardCharsets.UTF_8));
      ((FixedSizeBinaryVector) root.getVector(2))
          .setSafe(0, "abc".getBytes(StandardCharsets.UTF_8));
      root.setRowCount(1);
      return ArrowEncoder.batch(root);
    }
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

  private static FlightData message(byte[] header, byte[] body) {
    return FlightData.newBuilder()
        .setDataHeader(ByteString.copyFrom(header))
        .setDataBody(ByteString.copyFrom(body))
        .build();
  }

  @Test
  void allUploadsTogetherAreBoundedAndEndedOnesCountNoMore() {
    ClientMemory memory = new ClientMemory(40_000);
    ParameterReader first = new ParameterReader(allocator, 1 << 20, memory);
    ParameterReader second = new ParameterReader(allocator, 1 << 20, memory);
    ParameterReader others = new ParameterReader(allocator, 1 << 20, memory);
    first.add("ann", batch(0, 900));
    assertThat(memory.used()).isGreaterThan(7000);
    assertRefused(() -> second.add("ann", batch(0, 900)), ErrorCode.QUEUE_FULL);
    others.add("bob", batch(0, 900));
    first.close();
    second.add("ann", batch(0, 900));
    second.close();
    second.add("ann", batch(0, 900));
    others.close();
    others.close();
    assertThat(memory.used()).isZero();
  }

  private ParameterReader reader() {
    return new ParameterReader(allocator, 1 << 20, new ClientMemory(1L << 30));
  }

  private static FlightData schema() {
    return FlightData.newBuilder()
        .setDataHeader(ArrowEncoder.schema(Batches.NUMBERS).header())
        .build();
  }

  private FlightData batch(long first, int rows) {
    BatchMessage batch = (BatchMessage) Batches.numberBatch(allocator, first, rows);
    return FlightData.newBuilder().setDataHeader(batch.header()).setDataBody(batch.body()).build();
  }

  private static void assertRefused(Runnable call, ErrorCode code) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SluiceException.class, error -> assertThat(error.code()).isEqualTo(code));
  }
}
