package io.sluice.gateway.statement;

import java.util.Optional;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.Expression;

/**
 * Typed nulls: those that clients bind, and those that stand for parameters while a schema is asked
 * for. A result's type may depend on its parameters' types. A parameter of which nothing is known
 * is a string, as it is when it is bound.
 */
public final class ParameterNulls {

  private ParameterNulls() {}

  /** Returns the Spark type that a parameter is taken to have. */
  public static String assumed(Optional<String> suggested) {
    return suggested.orElse("string");
  }

  /**
   * Returns a null of a Spark type.
   *
   * @param sparkType a simple type's name, for example {@code bigint} or {@code decimal(15,2)}; any
   *     other gives a null without a type
   */
  public static Expression.Literal of(String sparkType) {
    return Expression.Literal.newBuilder().setNull(type(sparkType)).build();
  }

  private static DataType type(String sparkType) {
    DataType.Builder type = DataType.newBuilder();
    Optional<SparkDecimal> decimal = SparkDecimal.parse(sparkType);
    if (decimal.isPresent()) {
      type.getDecimalBuilder()
          .setPrecision(decimal.get().precision())
          .setScale(decimal.get().scale());
      return type.build();
    }
    switch (sparkType) {
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
}
