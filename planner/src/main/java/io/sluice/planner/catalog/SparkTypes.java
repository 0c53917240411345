package io.sluice.planner.catalog;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Iceberg's types as Spark names them (Iceberg's {@code TypeToSparkType}); geometry and geography,
 * which that class maps too, have no Arrow form that clients read and are left out.
 */
public final class SparkTypes {

  private static final Pattern PLAIN_IDENTIFIER = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  private SparkTypes() {}

  /** Returns a name as Spark prints it: in backquotes unless it is a plain identifier. */
  public static String quoteIfNeeded(String name) {
    return PLAIN_IDENTIFIER.matcher(name).matches() ? name : quote(name);
  }

  /** Returns a name in backquotes. */
  public static String quote(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /**
   * Returns Spark's {@code catalogString} of a type.
   *
   * @throws IllegalArgumentException for a type that Spark 4.1 cannot read
   */
  public static String name(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> "boolean";
      case INTEGER -> "int";
      case LONG -> "bigint";
      case FLOAT -> "float";
      case DOUBLE -> "double";
      case DATE -> "date";
      case STRING, UUID -> "string";
      case FIXED, BINARY -> "binary";
      case VARIANT -> "variant";
      case UNKNOWN -> "void";
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC() ? "timestamp" : "timestamp_ntz";
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield "decimal(" + decimal.precision() + "," + decimal.scale() + ")";
      }
      case LIST -> "array<" + name(((Types.ListType) type).elementType()) + ">";
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        yield "map<" + name(map.keyType()) + "," + name(map.valueType()) + ">";
      }
      case STRUCT ->
          type.asStructType().fields().stream()
              .map(field -> field.name() + ":" + name(field.type()))
              .collect(Collectors.joining(",", "struct<", ">"));
      default -> throw new IllegalArgumentException("Spark cannot read Iceberg type " + type);
    };
  }
}
