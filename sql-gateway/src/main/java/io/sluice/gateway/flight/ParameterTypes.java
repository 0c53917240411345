package io.sluice.gateway.flight;

import io.sluice.gateway.statement.SparkDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Which Arrow type a client is told to send for a {@code ?}.
 *
 * <p>The JDBC driver does not convert: it casts the Java object it was given to the one class that
 * the advertised vector takes, and fails otherwise; only integer and floating-point vectors take
 * any {@link Number}. So each type here is the one that takes the most setters without loss:
 *
 * <ul>
 *   <li>every integer type is 64 bits wide, because a narrower vector silently wraps a long;
 *   <li>decimals of up to 15 digits are doubles, which carry them exactly and take every number,
 *       while a decimal vector refuses all but a BigDecimal of exactly its scale;
 *   <li>timestamps are in milliseconds, because the driver (18.3) writes milliseconds into a vector
 *       of whatever unit;
 *   <li>text stands for what is not known: Spark converts a string to what it is compared with.
 * </ul>
 */
final class ParameterTypes {

  /** A double carries so many decimal digits there and back. */
  private static final int EXACT_DOUBLE_DIGITS = 15;

  private ParameterTypes() {}

  /** Returns the schema of the parameters: nullable fields named by position, from 1. */
  static Schema schema(List<Optional<String>> sparkTypes) {
    List<Field> fields = new ArrayList<>();
    for (Optional<String> type : sparkTypes) {
      ArrowType arrow = type.map(ParameterTypes::arrowType).orElse(ArrowType.Utf8.INSTANCE);
      String name = String.valueOf(fields.size() + 1);
      fields.add(new Field(name, new FieldType(true, arrow, null), List.of()));
    }
    return new Schema(fields);
  }

  private static ArrowType arrowType(String sparkType) {
    Optional<SparkDecimal> decimal = SparkDecimal.parse(sparkType);
    if (decimal.isPresent()) {
      return decimal.get().precision() <= EXACT_DOUBLE_DIGITS
          ? new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)
          : new ArrowType.Decimal(decimal.get().precision(), decimal.get().scale(), 128);
    }
    return switch (sparkType) {
      case "tinyint", "smallint", "int", "bigint" -> new ArrowType.Int(64, true);
      case "float", "double" -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case "boolean" -> ArrowType.Bool.INSTANCE;
      case "binary" -> ArrowType.Binary.INSTANCE;
      case "date" -> new ArrowType.Date(DateUnit.DAY);
      case "timestamp" -> new ArrowType.Timestamp(TimeUnit.MILLISECOND, "UTC");
      case "timestamp_ntz" -> new ArrowType.Timestamp(TimeUnit.MILLISECOND, null);
      default -> ArrowType.Utf8.INSTANCE;
    };
  }
}
