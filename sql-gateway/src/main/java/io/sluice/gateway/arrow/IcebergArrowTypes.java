package io.sluice.gateway.arrow;

import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Iceberg's types as Spark Connect's Arrow stream has them when the session time zone is UTC
 * (Iceberg's {@code TypeToSparkType} followed by Spark's {@code ArrowUtils.toArrowField}).
 */
public final class IcebergArrowTypes {

  /** The time zone of every Spark session of the gateway. */
  static final String TIME_ZONE = "UTC";

  private IcebergArrowTypes() {}

  /**
   * Returns the field of a column.
   *
   * @throws IllegalArgumentException for a type that Spark 4.1 cannot read
   */
  public static Field field(String name, Type type, boolean nullable) {
    return switch (type.typeId()) {
      case LIST -> {
        Types.ListType list = type.asListType();
        Field element = field("element", list.elementType(), list.isElementOptional());
        yield nested(name, ArrowType.List.INSTANCE, nullable, List.of(element));
      }
      case MAP -> {
        Types.MapType map = type.asMapType();
        Field key = field("key", map.keyType(), false);
        Field value = field("value", map.valueType(), map.isValueOptional());
        Field entries = nested("entries", ArrowType.Struct.INSTANCE, false, List.of(key, value));
        yield nested(name, new ArrowType.Map(false), nullable, List.of(entries));
      }
      case STRUCT ->
          nested(
              name,
              ArrowType.Struct.INSTANCE,
              nullable,
              type.asStructType().fields().stream()
                  .map(child -> field(child.name(), child.type(), child.isOptional()))
                  .toList());
      case VARIANT -> {
        Field value = nested("value", ArrowType.Binary.INSTANCE, false, List.of());
        FieldType marked =
            new FieldType(false, ArrowType.Binary.INSTANCE, null, Map.of("variant", "true"));
        Field metadata = new Field("metadata", marked, List.of());
        yield nested(name, ArrowType.Struct.INSTANCE, nullable, List.of(value, metadata));
      }
      default -> nested(name, primitive(type), nullable, List.of());
    };
  }

  private static ArrowType primitive(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> ArrowType.Bool.INSTANCE;
      case INTEGER -> new ArrowType.Int(32, true);
      case LONG -> new ArrowType.Int(64, true);
      case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case DATE -> new ArrowType.Date(DateUnit.DAY);
      case STRING, UUID -> ArrowType.Utf8.INSTANCE;
      case FIXED, BINARY -> ArrowType.Binary.INSTANCE;
      case UNKNOWN -> ArrowType.Null.INSTANCE;
      case TIMESTAMP ->
          new ArrowType.Timestamp(
              TimeUnit.MICROSECOND,
              ((Types.TimestampType) type).shouldAdjustToUTC() ? TIME_ZONE : null);
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield new ArrowType.Decimal(decimal.precision(), decimal.scale(), 128);
      }
      default -> throw new IllegalArgumentException("Spark cannot read Iceberg type " + type);
    };
  }

  private static Field nested(String name, ArrowType type, boolean nullable, List<Field> children) {
    return new Field(name, new FieldType(nullable, type, null), children);
  }
}
