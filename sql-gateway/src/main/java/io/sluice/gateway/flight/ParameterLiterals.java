package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import io.sluice.gateway.statement.SparkDecimal;
import io.sluice.gateway.statement.StandIns;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarBinaryVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.spark.connect.proto.Expression.Literal;

/**
 * Turns a bound Arrow value into the Spark Connect literal of exactly its type. Only two values
 * change their type, to the one that the statement's text asks for and only without loss: an
 * integer becomes a narrower one, and a double a decimal (see {@link ParameterTypes}).
 */
final class ParameterLiterals {

  private static final int MOST_DIGITS = 38;

  private ParameterLiterals() {}

  /**
   * Returns the literal.
   *
   * @param vector holds the value
   * @param row in which it is
   * @param sparkType what the text suggests
   * @throws SluiceException {@code INVALID_PARAMETER} for a type or value that Spark does not have
   */
  static Literal literal(FieldVector vector, int row, Optional<String> sparkType) {
    try {
      return convert(vector, row, sparkType);
    } catch (ArithmeticException e) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER, "A date or timestamp parameter is outside Spark's range", e);
    }
  }

  private static Literal convert(FieldVector vector, int row, Optional<String> sparkType) {
    Literal.Builder literal = Literal.newBuilder();
    if (vector instanceof NullVector || vector.isNull(row)) {
      return StandIns.ofNull(
          sparkType.orElseGet(() -> ArrowSparkTypes.name(vector.getField().getType())));
    }
    if (vector instanceof VarCharVector text) {
      literal.setString(text.getObject(row).toString());
    } else if (vector instanceof LargeVarCharVector text) {
      literal.setString(text.getObject(row).toString());
    } else if (vector instanceof TinyIntVector number) {
      integer(literal, number.get(row), sparkType.orElse("tinyint"));
    } else if (vector instanceof SmallIntVector number) {
      integer(literal, number.get(row), sparkType.orElse("smallint"));
    } else if (vector instanceof IntVector number) {
      integer(literal, number.get(row), sparkType.orElse("int"));
    } else if (vector instanceof BigIntVector number) {
      integer(literal, number.get(row), sparkType.orElse("bigint"));
    } else if (vector instanceof UInt1Vector number) {
      integer(literal, number.get(row) & 0xff, sparkType.orElse("smallint"));
    } else if (vector instanceof UInt2Vector number) {
      integer(literal, number.get(row), sparkType.orElse("int"));
    } else if (vector instanceof UInt4Vector number) {
      integer(literal, number.get(row) & 0xffff_ffffL, sparkType.orElse("bigint"));
    } else if (vector instanceof UInt8Vector number) {
      decimal(
          literal,
          new BigDecimal(new BigInteger(Long.toUnsignedString(number.get(row)))),
          sparkType);
    } else if (vector instanceof Float4Vector number) {
      literal.setFloat(number.get(row));
    } else if (vector instanceof Float8Vector number) {
      floating(literal, number.get(row), sparkType);
    } else if (vector instanceof DecimalVector number) {
      decimal(literal, number.getObjectNotNull(row), sparkType);
    } else if (vector instanceof Decimal256Vector number) {
      decimal(literal, number.getObjectNotNull(row), sparkType);
    } else if (vector instanceof BitVector bit) {
      literal.setBoolean(bit.get(row) != 0);
    } else if (vector instanceof DateDayVector date) {
      literal.setDate(date.get(row));
    } else if (vector instanceof DateMilliVector date) {
      literal.setDate(Math.toIntExact(Math.floorDiv(date.get(row), 86_400_000L)));
    } else if (vector instanceof TimeStampVector timestamp) {
      timestamp(literal, timestamp, row);
    } else if (vector instanceof VarBinaryVector binary) {
      literal.setBinary(ByteString.copyFrom(binary.get(row)));
    } else if (vector instanceof LargeVarBinaryVector binary) {
      literal.setBinary(ByteString.copyFrom(binary.get(row)));
    } else if (vector instanceof FixedSizeBinaryVector binary) {
      literal.setBinary(ByteString.copyFrom(binary.get(row)));
    } else {
      throw unusable(vector.getField().getType());
    }
    return literal.build();
  }

  /** An integer of the type that is asked for, or of the narrowest wider one that holds it. */
  private static void integer(Literal.Builder literal, long value, String sparkType) {
    int bits =
        switch (sparkType) {
          case "tinyint" -> Byte.SIZE;
          case "smallint" -> Short.SIZE;
          case "int" -> Integer.SIZE;
          default -> Long.SIZE;
        };
    if (bits <= Byte.SIZE && (byte) value == value) {
      literal.setByte((int) value);
    } else if (bits <= Short.SIZE && (short) value == value) {
      literal.setShort((int) value);
    } else if (bits <= Integer.SIZE && (int) value == value) {
      literal.setInteger((int) value);
    } else {
      literal.setLong(value);
    }
  }

  /** A double, or the decimal that it was before it was sent as one. */
  private static void floating(Literal.Builder literal, double value, Optional<String> sparkType) {
    if (sparkType.isPresent()
        && SparkDecimal.parse(sparkType.get()).isPresent()
        && Double.isFinite(value)) {
      decimal(literal, BigDecimal.valueOf(value), sparkType);
    } else {
      literal.setDouble(value);
    }
  }

  /** A decimal of the type that is asked for where it fits exactly, or else as small as it is. */
  private static void decimal(
      Literal.Builder literal, BigDecimal value, Optional<String> sparkType) {
    BigDecimal plain = value.scale() < 0 ? value.setScale(0) : value;
    int scale = plain.scale();
    int precision = Math.max(plain.precision(), scale);
    SparkDecimal wanted = sparkType.flatMap(SparkDecimal::parse).orElse(null);
    if (wanted != null) {
      BigDecimal least = plain.stripTrailingZeros();
      int integerDigits = Math.max(0, least.precision() - least.scale());
      if (least.scale() <= wanted.scale() && integerDigits <= wanted.precision() - wanted.scale()) {
        plain = plain.setScale(wanted.scale());
        scale = wanted.scale();
        precision = wanted.precision();
      }
    }
    if (precision > MOST_DIGITS) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "A decimal parameter has more than " + MOST_DIGITS + " digits");
    }
    literal.setDecimal(
        Literal.Decimal.newBuilder()
            .setValue(plain.toPlainString())
            .setPrecision(precision)
            .setScale(scale));
  }

  private static void timestamp(Literal.Builder literal, TimeStampVector vector, int row) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) vector.getField().getType();
    long value = vector.get(row);
    long micros =
        switch (type.getUnit()) {
          case SECOND -> Math.multiplyExact(value, 1_000_000L);
          case MILLISECOND -> Math.multiplyExact(value, 1_000L);
          case MICROSECOND -> value;
          case NANOSECOND -> Math.floorDiv(value, 1_000L);
        };
    if (type.getTimezone() == null) {
      literal.setTimestampNtz(micros);
    } else {
      literal.setTimestamp(micros);
    }
  }

  /** Returns the refusal of a type that no parameter has. */
  static SluiceException unusable(ArrowType type) {
    return new SluiceException(
        ErrorCode.INVALID_PARAMETER,
        "A parameter of Arrow type "
            + type.getTypeID()
            + " cannot be used; send a number, text, boolean, date, timestamp or binary");
  }
}
