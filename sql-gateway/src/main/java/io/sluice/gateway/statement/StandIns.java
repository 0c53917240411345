package io.sluice.gateway.statement;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.Expression;

/**
 * What stands for a parameter while a schema is asked for, as a result's type may depend on its
 * parameters' types: a typed null, as clients bind them too, or a value. A parameter of which
 * nothing is known is a string, as it is when it is bound.
 */
public final class StandIns {

  private StandIns() {}

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
  public static Expression.Literal ofNull(String sparkType) {
    return Expression.Literal.newBuilder().setNull(type(sparkType)).build();
  }

  /**
   * Returns a value of a Spark type, one where it is a whole number.
   *
   * @param sparkType as for {@link #ofNull}
   */
  static Expression.Literal ofValue(String sparkType) {
    Expression.Literal.Builder literal = Expression.Literal.newBuilder();
    Optional<SparkDecimal> decimal = SparkDecimal.parse(sparkType);
    if (decimal.isPresent()) {
      literal
          .getDecimalBuilder()
          .setValue("0")
          .setPrecision(decimal.get().precision())
          .setScale(decimal.get().scale());
      return literal.build();
    }
    return switch (sparkType) {
      case "boolean" -> literal.setBoolean(true).build();
      case "tinyint" -> literal.setByte(1).build();
      case "smallint" -> literal.setShort(1).build();
      case "int" -> literal.setInteger(1).build();
      case "bigint" -> literal.setLong(1).build();
      case "float" -> literal.setFloat(1).build();
      case "double" -> literal.setDouble(1).build();
      case "string" -> literal.setString("1").build();
      case "binary" -> literal.setBinary(ByteString.copyFromUtf8("1")).build();
      case "date" -> literal.setDate(1).build();
      case "timestamp" -> literal.setTimestamp(1).build();
      case "timestamp_ntz" -> literal.setTimestampNtz(1).build();
      default -> ofNull(sparkType);
    };
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
