package io.sluice.gateway.hive;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;

/**
 * Writes rows as the columns of a TRowSet, which clients of protocol V6 and later read, straight
 * from Arrow's vectors: values in Thrift's binary encoding, nulls as a set of bits.
 */
final class RowSetEncoder {

  private static final int STOP = 0;
  private static final int INT64 = 10;
  private static final int BINARY = 11;
  private static final int STRUCT = 12;
  private static final int LIST = 15;

  private static final int START_OFFSET = 1;
  private static final int ROWS = 2;
  private static final int COLUMNS = 3;

  private RowSetEncoder() {}

  /** Writes a TRowSet of some rows of these columns; each column is there even without rows. */
  static ReplyBuffer encode(List<FieldVector> columns, int first, int count, long startOffset) {
    ReplyBuffer out = new ReplyBuffer(64 + columns.size() * (32 + count * 16));
    begin(out, columns.size(), startOffset);
    for (FieldVector vector : columns) {
      encode(out, vector, first, count);
    }
    out.int8(STOP);
    return out;
  }

  /** Writes a TRowSet of so many columns without rows. */
  static ReplyBuffer empty(List<ColumnType> columns, long startOffset) {
    ReplyBuffer out = new ReplyBuffer();
    begin(out, columns.size(), startOffset);
    for (ColumnType type : columns) {
      beginColumn(out, type.layout(), 0);
      endColumn(out, new byte[0]);
    }
    out.int8(STOP);
    return out;
  }

  private static void begin(ReplyBuffer out, int columns, long startOffset) {
    field(out, INT64, START_OFFSET);
    out.int64(startOffset);
    field(out, LIST, ROWS);
    out.int8(STRUCT);
    out.int32(0);
    field(out, LIST, COLUMNS);
    out.int8(STRUCT);
    out.int32(columns);
  }

  private static void encode(ReplyBuffer out, FieldVector vector, int first, int count) {
    ColumnType type = ColumnType.of(vector.getField());
    beginColumn(out, type.layout(), count);
    int end = first + count;
    switch (type.layout()) {
      case BOOL -> {
        BitVector bits = (BitVector) vector;
        for (int row = first; row < end; row++) {
          out.int8(bits.isNull(row) ? 0 : bits.get(row));
        }
      }
      case INT8 -> {
        ArrowBuf values = ((TinyIntVector) vector).getDataBuffer();
        for (int row = first; row < end; row++) {
          out.int8(values.getByte(row));
        }
      }
      case INT16 -> {
        ArrowBuf values = ((SmallIntVector) vector).getDataBuffer();
        for (int row = first; row < end; row++) {
          out.int16(values.getShort(2L * row));
        }
      }
      case INT32 -> {
        ArrowBuf values = ((IntVector) vector).getDataBuffer();
        for (int row = first; row < end; row++) {
          out.int32(values.getInt(4L * row));
        }
      }
      case INT64 -> {
        ArrowBuf values = ((BigIntVector) vector).getDataBuffer();
        for (int row = first; row < end; row++) {
          out.int64(values.getLong(8L * row));
        }
      }
      case DOUBLE -> encodeDoubles(out, vector, first, end);
      case TEXT -> {
        if (vector instanceof VarCharVector texts) {
          copy(out, texts.getOffsetBuffer(), texts.getDataBuffer(), vector, first, end);
        } else if (vector instanceof DateDayVector dates) {
          DirectText.dates(out, dates, first, end);
        } else if (vector instanceof DecimalVector decimals
            && decimals.getPrecision() <= DirectText.MOST_DIGITS) {
          DirectText.decimals(out, decimals, first, end);
        } else {
          encodeTexts(out, vector, first, end);
        }
      }
      case BYTES -> {
        if (vector instanceof VarBinaryVector bytes) {
          copy(out, bytes.getOffsetBuffer(), bytes.getDataBuffer(), vector, first, end);
        } else {
          FixedSizeBinaryVector fixed = (FixedSizeBinaryVector) vector;
          for (int row = first; row < end; row++) {
            out.binary(fixed.isNull(row) ? new byte[0] : fixed.get(row));
          }
        }
      }
    }
    endColumn(out, nulls(vector, first, count));
  }

  private static void encodeDoubles(ReplyBuffer out, FieldVector vector, int first, int end) {
    for (int row = first; row < end; row++) {
      if (vector.isNull(row)) {
        out.float64(0);
      } else if (vector instanceof Float4Vector single) {
        // The nearest double of 1.1f is 1.100000023841858, which nobody wrote.
        out.float64(Double.parseDouble(Float.toString(single.get(row))));
      } else {
        out.float64(((Float8Vector) vector).get(row));
      }
    }
  }

  private static void encodeTexts(ReplyBuffer out, FieldVector vector, int first, int end) {
    for (int row = first; row < end; row++) {
      out.binary(
          vector.isNull(row)
              ? new byte[0]
              : HiveText.of(vector, row).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void copy(
      ReplyBuffer out, ArrowBuf offsets, ArrowBuf data, FieldVector vector, int first, int end) {
    for (int row = first; row < end; row++) {
      if (vector.isNull(row)) {
        out.int32(0);
        continue;
      }
      int start = offsets.getInt(4L * row);
      int length = offsets.getInt(4L * (row + 1)) - start;
      out.int32(length);
      int target = out.claim(length);
      data.getBytes(start, out.array(), target, length);
    }
  }

  /** Bit n of the set, from the lowest of the first byte on, tells whether row n is null. */
  private static byte[] nulls(FieldVector vector, int first, int count) {
    byte[] bits = new byte[(count + 7) / 8];
    if (vector.getNullCount() > 0) {
      for (int row = 0; row < count; row++) {
        if (vector.isNull(first + row)) {
          bits[row >> 3] |= (byte) (1 << (row & 7));
        }
      }
    }
    return bits;
  }

  private static void beginColumn(ReplyBuffer out, ColumnType.Layout layout, int count) {
    field(out, STRUCT, layout.field());
    field(out, LIST, 1);
    out.int8(layout.element());
    out.int32(count);
  }

  private static void endColumn(ReplyBuffer out, byte[] nulls) {
    field(out, BINARY, 2);
    out.binary(nulls);
    out.int8(STOP);
    out.int8(STOP);
  }

  private static void field(ReplyBuffer out, int type, int id) {
    out.int8(type);
    out.int16(id);
  }
}
