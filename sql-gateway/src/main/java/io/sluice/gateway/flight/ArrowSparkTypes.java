package io.sluice.gateway.flight;

import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** Which Spark type an Arrow vector's values are of. */
final class ArrowSparkTypes {

  private ArrowSparkTypes() {}

  /** Returns the type's name; {@code void} for one that parameters do not come in. */
  static String name(ArrowType arrow) {
    return switch (arrow.getTypeID()) {
      case Bool -> "boolean";
      case Int ->
          switch (((ArrowType.Int) arrow).getBitWidth()) {
            case 8 -> "tinyint";
            case 16 -> "smallint";
            case 32 -> "int";
            default -> "bigint";
          };
      case FloatingPoint ->
          ((ArrowType.FloatingPoint) arrow).getPrecision() == FloatingPointPrecision.DOUBLE
              ? "double"
              : "float";
      case Utf8, LargeUtf8 -> "string";
      case Binary, LargeBinary, FixedSizeBinary -> "binary";
      case Date -> "date";
      case Timestamp ->
          ((ArrowType.Timestamp) arrow).getTimezone() == null ? "timestamp_ntz" : "timestamp";
      default -> "void";
    };
  }
}
