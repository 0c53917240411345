package io.sluice.gateway.rest;

import com.google.protobuf.ByteString;
import io.sluice.gateway.statement.SparkDecimal;
import io.sluice.gateway.statement.StandIns;
import io.sluice.model.SluiceException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.connect.proto.Expression.Literal;

/**
 * Makes Spark's literal of a text and a type's SQL name, as a cast of the text would; a text that
 * is no value of the type is refused, where a cast might give NULL.
 */
final class ParameterValues {

  private static final int MOST_DIGITS = 38;
  private static final int LONGEST_NUMBER = 100;

  private static final Map<String, String> ALIASES =
      Map.of(
          "byte", "tinyint",
          "short", "smallint",
          "integer", "int",
          "long", "bigint",
          "real", "float",
          "dec", "decimal(10,0)",
          "decimal", "decimal(10,0)",
          "numeric", "decimal(10,0)",
          "timestamp_ltz", "timestamp");

  private ParameterValues() {}

  /**
   * Returns a NULL of the type.
   *
   * @throws SluiceException {@code INVALID_PARAMETER} for a type that parameters do not have
   */
  static Literal ofNull(String typeName) {
    return StandIns.ofNull(known(typeName));
  }

  /**
   * Returns the literal.
   *
   * @throws SluiceException {@code INVALID_PARAMETER}
   */
  static Literal of(String text, String typeName) {
    String type = known(typeName);
    try {
      return literal(text, type);
    } catch (DateTimeException | ArithmeticException | IllegalArgumentException notOne) {
      // Without the value: whoever sent it has it, and errors are logged elsewhere.
      throw RequestReader.invalid(
          "A parameter's value is not of its type "
              + type.toUpperCase(Locale.ROOT)
              + "; write it as cast('…' as "
              + type
              + ") would read it.");
    }
  }

  private static Literal literal(String text, String type) {
    Literal.Builder literal = Literal.newBuilder();
    String value = text.strip();
    if (type.startsWith("decimal")) {
      return decimal(value, SparkDecimal.parse(type).orElseThrow());
    }
    switch (type) {
      case "string" -> literal.setString(text);
      case "binary" -> literal.setBinary(ByteString.copyFromUtf8(text));
      case "boolean" -> literal.setBoolean(truth(value));
      case "tinyint" -> literal.setByte(Byte.parseByte(value));
      case "smallint" -> literal.setShort(Short.parseShort(value));
      case "int" -> literal.setInteger(Integer.parseInt(value));
      case "bigint" -> literal.setLong(Long.parseLong(value));
      case "float" -> literal.setFloat(Float.parseFloat(plain(value)));
      case "double" -> literal.setDouble(Double.parseDouble(plain(value)));
      case "date" -> literal.setDate(Math.toIntExact(LocalDate.parse(value).toEpochDay()));
      case "timestamp" -> literal.setTimestamp(micros(instant(value)));
      case "timestamp_ntz" -> literal.setTimestampNtz(micros(local(value)));
      default -> throw new IllegalArgumentException(type);
    }
    return literal.build();
  }

  private static boolean truth(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "t", "yes", "y", "1" -> true;
      case "false", "f", "no", "n", "0" -> false;
      default -> throw new IllegalArgumentException("not a boolean");
    };
  }

  /** Java reads forms that SQL does not: hexadecimal numbers and suffixes of types. */
  private static String plain(String value) {
    if (value.length() <= LONGEST_NUMBER
        && value.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?|NaN|[-+]?Infinity")) {
      return value;
    }
    throw new IllegalArgumentException("not a number");
  }

  private static Literal decimal(String value, SparkDecimal type) {
    if (value.length() > LONGEST_NUMBER) {
      throw new IllegalArgumentException("too long");
    }
    BigDecimal given = new BigDecimal(value);
    // Before it is scaled: an exponent makes a few characters a number that fills the memory.
    if ((long) given.precision() - given.scale() > MOST_DIGITS || given.scale() > LONGEST_NUMBER) {
      throw new ArithmeticException("too many digits");
    }
    BigDecimal number = given.setScale(type.scale(), RoundingMode.HALF_UP);
    if (number.precision() > type.precision()) {
      throw new ArithmeticException("too many digits");
    }
    return Literal.newBuilder()
        .setDecimal(
            Literal.Decimal.newBuilder()
                .setValue(number.toPlainString())
                .setPrecision(type.precision())
                .setScale(type.scale()))
        .build();
  }

  /** With a zone or, without one, in the session's, which is UTC. */
  private static Instant instant(String value) {
    String iso = iso(value);
    return iso.matches(".*(Z|[-+]\\d\\d:\\d\\d)")
        ? OffsetDateTime.parse(iso).toInstant()
        : local(value);
  }

  private static Instant local(String value) {
    String iso = iso(value);
    return (iso.length() == "yyyy-MM-dd".length()
            ? LocalDate.parse(iso).atStartOfDay()
            : LocalDateTime.parse(iso))
        .toInstant(ZoneOffset.UTC);
  }

  private static String iso(String value) {
    return value.length() > 10 && value.charAt(10) == ' '
        ? value.substring(0, 10) + 'T' + value.substring(11).replace(" ", "")
        : value;
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static String known(String typeName) {
    String name = typeName.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", "");
    String type = ALIASES.getOrDefault(name, name);
    if (type.startsWith("numeric(") || type.startsWith("dec(")) {
      type = "decimal" + type.substring(type.indexOf('('));
    }
    if (type.matches("decimal\\(\\d{1,2}\\)")) {
      type = type.replace(")", ",0)");
    }
    if (type.startsWith("varchar(") || type.startsWith("char(")) {
      type = "string";
    }
    boolean simple =
        switch (type) {
          case "string",
              "binary",
              "boolean",
              "tinyint",
              "smallint",
              "int",
              "bigint",
              "float",
              "double",
              "date",
              "timestamp",
              "timestamp_ntz",
              "void" ->
              true;
          default -> false;
        };
    boolean decimal =
        SparkDecimal.parse(type)
            .filter(d -> d.precision() >= 1 && d.precision() <= MOST_DIGITS)
            .filter(d -> d.scale() <= d.precision())
            .isPresent();
    if (!simple && !decimal) {
      throw RequestReader.invalid(
          "There is no parameter type '%s'; there are STRING, BOOLEAN, TINYINT, SMALLINT, INT,"
                  .formatted(RequestReader.shown(typeName))
              + " BIGINT, FLOAT, DOUBLE, DECIMAL(p,s), DATE, TIMESTAMP, TIMESTAMP_NTZ, BINARY and"
              + " VOID.");
    }
    return type;
  }
}
