package io.sluice.gateway.flight;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;

/**
 * What becomes of one column of an ingest. Spark reads the Arrow types that it writes, and a table
 * holds most of them; the others that clients like to send are converted where no value is lost but
 * the nanoseconds of a timestamp, which Spark does not have.
 */
final class IngestColumn {

  private static final long MILLIS_PER_DAY = 86_400_000L;

  private final Field target;
  private final boolean converted;

  private IngestColumn(Field target, boolean converted) {
    this.target = target;
    this.converted = converted;
  }

  /**
   * Returns the way of a column.
   *
   * @throws SluiceException {@code INVALID_PARAMETER} if there is none
   */
  static IngestColumn of(Field field) {
    if (field.getDictionary() != null) {
      throw refused(field, "is dictionary-encoded");
    }
    ArrowType type = field.getType();
    Optional<ArrowType> other = other(type);
    if (other.isPresent()) {
      return new IngestColumn(renewed(field, other.get(), List.of()), true);
    }
    if (!isReadBySpark(field)) {
      throw refused(field, "has the Arrow type " + type);
    }
    return new IngestColumn(renewed(field, type, field.getChildren()), false);
  }

  /** Extension types and their like are told by metadata, which Spark is better off without. */
  private static Field renewed(Field field, ArrowType type, List<Field> children) {
    return new Field(
        field.getName(), new FieldType(field.isNullable(), type, null, Map.of()), children);
  }

  private static SluiceException refused(Field field, String why) {
    return new SluiceException(
        ErrorCode.INVALID_PARAMETER,
        "Column `" + field.getName() + "` " + why + " and cannot be ingested; cast it first");
  }

  Field target() {
    return target;
  }

  boolean isConverted() {
    return converted;
  }

  private static boolean isReadBySpark(Field field) {
    ArrowType type = field.getType();
    if (field.getDictionary() != null || other(type).isPresent()) {
      return false;
    }
    return switch (type.getTypeID()) {
      case Null, Bool, Int, Utf8, LargeUtf8, Binary, LargeBinary, Date, Timestamp -> true;
      case FloatingPoint -> true;
      case Decimal -> ((ArrowType.Decimal) type).getBitWidth() == 128;
      case List, Struct, Map -> field.getChildren().stream().allMatch(IngestColumn::isReadBySpark);
      default -> false;
    };
  }

  /** Returns the type that stands for one that Spark does not read, if any does. */
  private static Optional<ArrowType> other(ArrowType type) {
    if (type instanceof ArrowType.Timestamp timestamp
        && timestamp.getUnit() != TimeUnit.MICROSECOND) {
      return Optional.of(new ArrowType.Timestamp(TimeUnit.MICROSECOND, timestamp.getTimezone()));
    }
    if (type instanceof ArrowType.Date date && date.getUnit() == DateUnit.MILLISECOND) {
      return Optional.of(new ArrowType.Date(DateUnit.DAY));
    }
    if (type instanceof ArrowType.FloatingPoint number
        && number.getPrecision() == FloatingPointPrecision.HALF) {
      return Optional.of(new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));
    }
    if (type instanceof ArrowType.FixedSizeBinary) {
      return Optional.of(ArrowType.Binary.INSTANCE);
    }
    if (type instanceof ArrowType.Int number && !number.getIsSigned()) {
      return Optional.of(
          number.getBitWidth() == 64
              ? new ArrowType.Decimal(20, 0, 128)
              : new ArrowType.Int(2 * number.getBitWidth(), true));
    }
    return Optional.empty();
  }

  /**
   * Fills a vector of the target's type.
   *
   * @throws SluiceException {@code INVALID_PARAMETER} for a value outside Spark's range
   */
  void convert(FieldVector from, FieldVector to, int rows) {
    to.setInitialCapacity(rows);
    to.allocateNew();
    try {
      for (int row = 0; row < rows; row++) {
        if (!from.isNull(row)) {
          set(from, to, row);
        }
      }
    } catch (ArithmeticException e) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "Column `" + target.getName() + "` holds a date or time outside Spark's range",
          e);
    }
    to.setValueCount(rows);
  }

  private static void set(FieldVector from, FieldVector to, int row) {
    if (from instanceof TimeStampVector timestamp) {
      ((TimeStampVector) to).setSafe(row, micros(timestamp, row));
    } else if (from instanceof DateMilliVector date) {
      int day = Math.toIntExact(Math.floorDiv(date.get(row), MILLIS_PER_DAY));
      ((DateDayVector) to).setSafe(row, day);
    } else if (from instanceof Float2Vector number) {
      ((Float4Vector) to).setSafe(row, number.getValueAsFloat(row));
    } else if (from instanceof FixedSizeBinaryVector binary) {
      ((VarBinaryVector) to).setSafe(row, binary.get(row));
    } else if (from instanceof UInt1Vector number) {
      ((SmallIntVector) to).setSafe(row, number.get(row) & 0xff);
    } else if (from instanceof UInt2Vector number) {
      ((IntVector) to).setSafe(row, number.get(row));
    } else if (from instanceof UInt4Vector number) {
      ((BigIntVector) to).setSafe(row, number.get(row) & 0xffff_ffffL);
    } else if (from instanceof UInt8Vector number) {
      BigInteger value = new BigInteger(Long.toUnsignedString(number.get(row)));
      ((DecimalVector) to).setSafe(row, new BigDecimal(value));
    } else {
      throw new IllegalStateException("no way to convert " + from.getField().getType());
    }
  }

  private static long micros(TimeStampVector vector, int row) {
    long value = vector.get(row);
    return switch (((ArrowType.Timestamp) vector.getField().getType()).getUnit()) {
      case SECOND -> Math.multiplyExact(value, 1_000_000L);
      case MILLISECOND -> Math.multiplyExact(value, 1_000L);
      case MICROSECOND -> value;
      case NANOSECOND -> Math.floorDiv(value, 1_000L);
    };
  }
}
