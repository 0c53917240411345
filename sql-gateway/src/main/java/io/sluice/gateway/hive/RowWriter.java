package io.sluice.gateway.hive;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.hive.service.rpc.thrift.TBoolValue;
import org.apache.hive.service.rpc.thrift.TByteValue;
import org.apache.hive.service.rpc.thrift.TColumnValue;
import org.apache.hive.service.rpc.thrift.TDoubleValue;
import org.apache.hive.service.rpc.thrift.TI16Value;
import org.apache.hive.service.rpc.thrift.TI32Value;
import org.apache.hive.service.rpc.thrift.TI64Value;
import org.apache.hive.service.rpc.thrift.TRow;
import org.apache.hive.service.rpc.thrift.TRowSet;
import org.apache.hive.service.rpc.thrift.TStringValue;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.jspecify.annotations.Nullable;

/** Writes rows one by one, as clients of protocol V5 and earlier read them. */
final class RowWriter {

  private RowWriter() {}

  /** Writes a TRowSet of some rows. */
  static ReplyBuffer encode(List<FieldVector> columns, int first, int count, long startOffset) {
    List<TRow> rows = new ArrayList<>(count);
    for (int row = first; row < first + count; row++) {
      List<TColumnValue> values = new ArrayList<>(columns.size());
      for (FieldVector vector : columns) {
        values.add(value(vector, row));
      }
      rows.add(new TRow(values));
    }
    ReplyBuffer out = new ReplyBuffer(64 + 16 * count * columns.size());
    try {
      new TRowSet(startOffset, rows).write(new TBinaryProtocol(out));
    } catch (TException impossible) {
      throw new IllegalStateException("a row set is complete", impossible);
    }
    return out;
  }

  /** A value that is not set is null. */
  private static TColumnValue value(FieldVector vector, int row) {
    boolean there = !vector.isNull(row);
    switch (ColumnType.of(vector.getField()).layout()) {
      case BOOL -> {
        TBoolValue value = new TBoolValue();
        if (there) {
          value.setValue(((BitVector) vector).get(row) == 1);
        }
        return TColumnValue.boolVal(value);
      }
      case INT8 -> {
        TByteValue value = new TByteValue();
        if (there) {
          value.setValue(((TinyIntVector) vector).get(row));
        }
        return TColumnValue.byteVal(value);
      }
      case INT16 -> {
        TI16Value value = new TI16Value();
        if (there) {
          value.setValue(((SmallIntVector) vector).get(row));
        }
        return TColumnValue.i16Val(value);
      }
      case INT32 -> {
        TI32Value value = new TI32Value();
        if (there) {
          value.setValue(((IntVector) vector).get(row));
        }
        return TColumnValue.i32Val(value);
      }
      case INT64 -> {
        TI64Value value = new TI64Value();
        if (there) {
          value.setValue(((BigIntVector) vector).get(row));
        }
        return TColumnValue.i64Val(value);
      }
      case DOUBLE -> {
        TDoubleValue value = new TDoubleValue();
        if (there) {
          value.setValue(
              vector instanceof Float4Vector single
                  ? Double.parseDouble(Float.toString(single.get(row)))
                  : ((Float8Vector) vector).get(row));
        }
        return TColumnValue.doubleVal(value);
      }
      case BYTES -> {
        return TColumnValue.stringVal(new BytesValue(there ? bytes(vector, row) : null));
      }
      case TEXT -> {
        TStringValue value = new TStringValue();
        if (there) {
          value.setValue(HiveText.of(vector, row));
        }
        return TColumnValue.stringVal(value);
      }
    }
    throw new IllegalStateException("every layout has a value");
  }

  private static byte[] bytes(FieldVector vector, int row) {
    return vector instanceof VarBinaryVector variable
        ? variable.get(row)
        : ((FixedSizeBinaryVector) vector).get(row);
  }

  /** A string of these protocols may hold any bytes, though Thrift's class has none but text. */
  private static final class BytesValue extends TStringValue {
    private static final TField VALUE = new TField("value", TType.STRING, (short) 1);

    private final transient byte @Nullable [] bytes;

    BytesValue(byte @Nullable [] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void write(TProtocol out) throws TException {
      out.writeStructBegin(new TStruct("TStringValue"));
      if (bytes != null) {
        out.writeFieldBegin(VALUE);
        out.writeBinary(ByteBuffer.wrap(bytes));
        out.writeFieldEnd();
      }
      out.writeFieldStop();
      out.writeStructEnd();
    }
  }
}
