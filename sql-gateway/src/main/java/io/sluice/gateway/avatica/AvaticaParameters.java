package io.sluice.gateway.avatica;

import com.google.protobuf.ByteString;
import io.sluice.gateway.statement.StandIns;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.avatica.remote.TypedValue;
import org.apache.spark.connect.proto.Expression.Literal;
import org.jspecify.annotations.Nullable;

/** Turns the values that a client has set into the Spark Connect literals of their types. */
final class AvaticaParameters {

  private static final int MOST_DIGITS = 38;
  private static final long MILLIS_PER_DAY = 86_400_000L;

  private AvaticaParameters() {}

  /**
   * Returns a literal for each value.
   *
   * @param suggested the Spark type that the text suggests for each marker, if any
   * @throws SluiceException {@code PARAMETER_MISMATCH} for another number of values, {@code
   *     INVALID_PARAMETER} for a value that Spark does not have
   */
  static List<Literal> literals(
      @Nullable List<TypedValue> values, List<Optional<String>> suggested) {
    List<TypedValue> given = values == null ? List.of() : values;
    if (given.size() != suggested.size()) {
      throw new SluiceException(
          ErrorCode.PARAMETER_MISMATCH,
          "The statement has %d parameter markers, but %d values were given."
              .formatted(suggested.size(), given.size()));
    }
    List<Literal> literals = new ArrayList<>();
    for (TypedValue value : given) {
      literals.add(literal(value, suggested.get(literals.size())));
    }
    return literals;
  }

  private static Literal literal(@Nullable TypedValue typed, Optional<String> suggested) {
    Object value = typed == null ? null : typed.value;
    if (typed == null || value == null) {
      return StandIns.ofNull(suggested.orElse("string"));
    }
    try {
      Literal.Builder literal = Literal.newBuilder();
      switch (typed.type) {
        case BOOLEAN, PRIMITIVE_BOOLEAN -> literal.setBoolean((Boolean) value);
        case BYTE, PRIMITIVE_BYTE -> literal.setByte(number(value).byteValueExact());
        case SHORT, PRIMITIVE_SHORT -> literal.setShort(number(value).shortValueExact());
        case INTEGER, PRIMITIVE_INT -> literal.setInteger(number(value).intValueExact());
        case LONG, PRIMITIVE_LONG -> literal.setLong(number(value).longValueExact());
        case FLOAT, PRIMITIVE_FLOAT -> literal.setFloat(((Number) value).floatValue());
        case DOUBLE, PRIMITIVE_DOUBLE -> literal.setDouble(((Number) value).doubleValue());
        case NUMBER -> decimal(literal, number(value));
        case STRING, CHARACTER, PRIMITIVE_CHAR -> literal.setString(value.toString());
        case BYTE_STRING ->
            literal.setBinary(ByteString.copyFrom(Base64.getDecoder().decode((String) value)));
        case JAVA_SQL_DATE -> literal.setDate(number(value).intValueExact());
        case JAVA_SQL_TIMESTAMP -> literal.setTimestampNtz(micros(value));
        case JAVA_UTIL_DATE -> date(literal, micros(value), suggested);
        default -> throw unusable();
      }
      return literal.build();
    } catch (ArithmeticException | ClassCastException | IllegalArgumentException wrong) {
      throw unusable();
    }
  }

  /** A wall clock's time, as a timestamp has it in the session's zone. */
  private static long micros(Object millis) {
    return Math.multiplyExact(number(millis).longValueExact(), 1000L);
  }

  private static void date(Literal.Builder literal, long micros, Optional<String> suggested) {
    if (suggested.filter("date"::equals).isPresent()) {
      literal.setDate(Math.toIntExact(Math.floorDiv(micros, MILLIS_PER_DAY * 1000)));
    } else {
      literal.setTimestampNtz(micros);
    }
  }

  private static BigDecimal number(Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }
    if (value instanceof BigInteger integer) {
      return new BigDecimal(integer);
    }
    return value instanceof Double || value instanceof Float
        ? BigDecimal.valueOf(((Number) value).doubleValue())
        : BigDecimal.valueOf(((Number) value).longValue());
  }

  private static void decimal(Literal.Builder literal, BigDecimal value) {
    int least = Math.max(value.precision(), value.scale());
    if (least > MOST_DIGITS || (long) value.precision() - value.scale() > MOST_DIGITS) {
      throw new SluiceException(
          ErrorCode.INVALID_PARAMETER,
          "A decimal parameter has more than " + MOST_DIGITS + " digits.");
    }
    BigDecimal plain = value.scale() < 0 ? value.setScale(0) : value;
    literal.setDecimal(
        Literal.Decimal.newBuilder()
            .setValue(plain.toPlainString())
            .setPrecision(Math.max(plain.precision(), plain.scale()))
            .setScale(plain.scale()));
  }

  private static SluiceException unusable() {
    return new SluiceException(
        ErrorCode.INVALID_PARAMETER,
        "A parameter's value does not fit its type, or the type is not one that parameters have:"
            + " send a number, text, boolean, date, timestamp or bytes.");
  }
}
