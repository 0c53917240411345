package io.sluice.gateway.flight;

import java.util.Optional;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.spark.connect.proto.DataType;

/** Of which Spark type a null parameter is: a result's type may depend on it. */
final class NullTypes {

  private NullTypes() {}

  /** Returns the type that the text suggests, or else that of the Arrow vector. */
  static DataType of(ArrowType arrow, Optional<String> sparkType) {
    DataType.Builder type = DataType.newBuilder();
    Optional<SparkDecimal> decimal = sparkType.flatMap(SparkDecimal::parse);
    if (decimal.isPresent()) {
      return type.setDecimal(
              DataType.Decimal.newBuilder()
                  .setPrecision(decimal.get().precision())
                  .setScale(decimal.get().scale()))
          .build();
    }
    switch (sparkType.orElseGet(() -> sparkName(arrow))) {
      case "boolean" -> type.setBoolean(DataType.Boolean.getDefaultInstance());
      case "tinyint" -> type.setByte(DataType.Byte.getDefaultInstance());
      case "smallint" -> type.setShort(DataType.Short.getDefaultInstance());
      case "int" -> type.setInteger(DataType.Integer.getDefaultInstance());
      case "bigint" -> type.setLong(DataType.Long.getDefaultInstance());
      case "float" -> type.setFloat(DataType.Float.getDefaultInstance());
      case "double" -> type.setDouble(DataType.Double.getDefaultInstance());
      case "string" -> type.setString(DataType.String.getDefaultInstance());
      case "binary" -> type.setBinary(DataType.Binary.getDefaultInstance());
      case "date" -> type.setDate(DataType.Date.getDefaultInstance());
      case "timestamp" -> type.setTimestamp(DataType.Timestamp.getDefaultInstance());
      case "timestamp_ntz" -> type.setTimestampNtz(DataType.TimestampNTZ.getDefaultInstance());
      default -> type.setNull(DataType.NULL.getDefaultInstance());
    }
    return type.build();
  }

  private static String sparkName(ArrowType arrow) {
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
