package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.WithNull;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.hive.service.rpc.thrift.TRowSet;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TMemoryInputTransport;

/** What is written by hand reads as what Thrift's own classes would have written. */
class RowSetEncoderTest {

  @Property(tries = 100)
  void anyPartOfAnyVectorsReadsBack(
      @ForAll List<Integer> values,
      @ForAll @IntRange(max = 40) int first,
      @ForAll @IntRange(max = 40) int count)
      throws TException {
    int start = Math.min(first, values.size());
    int rows = Math.min(count, values.size() - start);
    try (BufferAllocator allocator = new RootAllocator();
        IntVector numbers = new IntVector("a", allocator);
        Float4Vector floats = new Float4Vector("b", allocator);
        VarCharVector texts = new VarCharVector("c", allocator)) {
      List<FieldVector> vectors = List.of(numbers, floats, texts);
      vectors.forEach(FieldVector::allocateNew);
      for (int row = 0; row < values.size(); row++) {
        int value = values.get(row);
        if (value % 3 != 0) {
          numbers.setSafe(row, value);
          floats.setSafe(row, value / 10f);
          texts.setSafe(row, ("ü" + value).getBytes(StandardCharsets.UTF_8));
        }
      }
      vectors.forEach(vector -> vector.setValueCount(values.size()));
      TRowSet read = read(RowSetEncoder.encode(vectors, start, rows, 7));
      assertThat(read.getStartRowOffset()).isEqualTo(7);
      assertThat(read.getRows()).isEmpty();
      List<Integer> nullRows = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        int value = values.get(start + row);
        if (value % 3 == 0) {
          nullRows.add(row);
        } else {
          assertThat(read.getColumns().get(0).getI32Val().getValues().get(row)).isEqualTo(value);
          assertThat(read.getColumns().get(1).getDoubleVal().getValues().get(row))
              .isEqualTo(Double.parseDouble(Float.toString(value / 10f)));
          assertThat(read.getColumns().get(2).getStringVal().getValues().get(row))
              .isEqualTo("ü" + value);
        }
      }
      byte[] nulls = read.getColumns().get(0).getI32Val().getNulls();
      assertThat(nulls).as("no bit stands behind the last row").hasSize((rows + 7) / 8);
      assertThat(BitSet.valueOf(nulls).stream().boxed().toList()).isEqualTo(nullRows);
      assertThat(read.getColumns().get(2).getStringVal().getNulls()).isEqualTo(nulls);
    }
  }

  /** Before V6 there is one field for texts and bytes, which is not for texts alone on the wire. */
  @Example
  void bytesAreNoTextInRowsEither() {
    byte[] value = {0, (byte) 0xff, (byte) 0x80};
    try (BufferAllocator allocator = new RootAllocator();
        VarBinaryVector vector = new VarBinaryVector("b", allocator)) {
      vector.setSafe(0, value);
      vector.setValueCount(1);
      ReplyBuffer encoded = RowWriter.encode(List.of(vector), 0, 1, 0);
      assertThat(encoded.toByteBuf().toString(StandardCharsets.ISO_8859_1))
          .contains("\0\0\0\3\0\u00ff\u0080");
    }
  }

  @Property(tries = 300)
  void decimalsAndDatesAreTextsAsEverywhere(
      @ForAll @Size(max = 20) List<@WithNull Long> values,
      @ForAll @IntRange(min = 1, max = 38) int precision,
      @ForAll @IntRange(max = 38) int digitsBehindThePoint)
      throws TException {
    int scale = Math.min(precision, digitsBehindThePoint);
    BigInteger bound = BigInteger.TEN.pow(precision);
    try (BufferAllocator allocator = new RootAllocator();
        DecimalVector decimals = new DecimalVector("a", allocator, precision, scale);
        DateDayVector dates = new DateDayVector("b", allocator)) {
      List<FieldVector> vectors = List.of(decimals, dates);
      vectors.forEach(FieldVector::allocateNew);
      for (int row = 0; row < values.size(); row++) {
        Long value = values.get(row);
        if (value != null) {
          BigInteger unscaled =
              BigInteger.valueOf(value).pow(2).multiply(BigInteger.valueOf(value));
          decimals.setSafe(row, new BigDecimal(unscaled.remainder(bound), scale));
          dates.setSafe(row, (int) (value % 5_000_000));
        }
      }
      vectors.forEach(vector -> vector.setValueCount(values.size()));
      TRowSet read = read(RowSetEncoder.encode(vectors, 0, values.size(), 0));
      for (int column = 0; column < vectors.size(); column++) {
        FieldVector vector = vectors.get(column);
        List<String> expected =
            IntStream.range(0, values.size())
                .mapToObj(row -> vector.isNull(row) ? "" : HiveText.of(vector, row))
                .toList();
        assertThat(read.getColumns().get(column).getStringVal().getValues()).isEqualTo(expected);
      }
    }
  }

  private static TRowSet read(ReplyBuffer encoded) throws TException {
    byte[] bytes = new byte[encoded.size()];
    encoded.toByteBuf().readBytes(bytes);
    TRowSet rows = new TRowSet();
    TMemoryInputTransport transport = new TMemoryInputTransport(bytes);
    rows.read(new TBinaryProtocol(transport));
    assertThat(transport.getBytesRemainingInBuffer()).isZero();
    return rows;
  }
}
