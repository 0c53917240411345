package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParameterReaderTest {

  private static final List<Optional<String>> ONE_BIGINT = List.of(Optional.of("bigint"));

  private final BufferAllocator allocator = new RootAllocator();

  @AfterEach
  void everythingIsReleased() {
    allocator.close();
  }

  @Test
  void oneRowInOneOfSeveralBatchesIsRead() {
    ParameterReader reader = reader();
    reader.add(schema());
    reader.add(batch(0, 0));
    reader.add(batch(7, 1));
    assertThat(reader.read(ONE_BIGINT)).hasSize(1);
    assertThat(reader.read(ONE_BIGINT).get(0).getLong()).isEqualTo(7);
  }

  @Test
  void anotherNumberOfRowsOrParametersIsRefused() {
    ParameterReader two = reader();
    two.add(schema());
    two.add(batch(0, 2));
    assertRefused(() -> two.read(ONE_BIGINT), ErrorCode.INVALID_PARAMETER);
    assertRefused(
        () -> two.read(List.of(Optional.empty(), Optional.empty())), ErrorCode.PARAMETER_MISMATCH);
    ParameterReader none = reader();
    none.add(schema());
    assertRefused(() -> none.read(ONE_BIGINT), ErrorCode.INVALID_PARAMETER);
    assertRefused(() -> reader().read(ONE_BIGINT), ErrorCode.PROTOCOL_VIOLATION);
  }

  @Test
  void tooMuchIsRefusedWhileItArrives() {
    ParameterReader small = new ParameterReader(allocator, 500);
    small.add(schema());
    assertRefused(() -> small.add(batch(0, 1000)), ErrorCode.INVALID_PARAMETER);
  }

  @Test
  void damagedBytesAreRefusedAndLeakNothing() {
    Random random = new Random(1);
    FlightData good = batch(7, 1);
    for (int round = 0; round < 2_000; round++) {
      byte[] header = good.getDataHeader().toByteArray();
      byte[] body = good.getDataBody().toByteArray();
      int flips = 1 + random.nextInt(4);
      for (int flip = 0; flip < flips; flip++) {
        header[random.nextInt(header.length)] = (byte) random.nextInt();
      }
      ParameterReader reader = reader();
      reader.add(schema());
      reader.add(
          FlightData.newBuilder()
              .setDataHeader(ByteString.copyFrom(header))
              .setDataBody(ByteString.copyFrom(body, 0, random.nextInt(body.length + 1)))
              .build());
      try {
        assertThat(reader.read(ONE_BIGINT)).hasSize(1);
      } catch (SluiceException e) {
        assertThat(e.code()).isIn(ErrorCode.PROTOCOL_VIOLATION, ErrorCode.INVALID_PARAMETER);
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  private ParameterReader reader() {
    return new ParameterReader(allocator, 1 << 20);
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
