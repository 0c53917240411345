package io.sluice.spark;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.DataType;

/**
 * The Arrow schema that Spark 4.1 gives its results, from the type that it reports before it runs
 * them. It must equal Spark's own in every bit: Flight clients compare the two. It holds for {@code
 * spark.sql.execution.arrow.useLargeVarTypes=false}, which every replica is started with.
 */
public final class SparkArrowSchema {

  private SparkArrowSchema() {}

  /**
   * Returns the schema of a result.
   *
   * @param type what AnalyzePlan answered: a struct with one field for each column
   * @param timeZone the session's, which timestamps carry, for example {@code UTC}
   * @throws SluiceException {@code NOT_SUPPORTED} for a type that results cannot carry
   */
  public static Schema of(DataType type, String timeZone) {
    return new Schema(fields(type.getStruct(), timeZone));
  }

  /** Returns whether the schema depends on the session's time zone. */
  static boolean needsTimeZone(DataType type) {
    return switch (type.getKindCase()) {
      case TIMESTAMP -> true;
      case ARRAY -> needsTimeZone(type.getArray().getElementType());
      case MAP ->
          needsTimeZone(type.getMap().getKeyType()) || needsTimeZone(type.getMap().getValueType());
      case STRUCT ->
          type.getStruct().getFieldsList().stream()
              .anyMatch(field -> needsTimeZone(field.getDataType()));
      default -> false;
    };
  }

  private static List<Field> fields(DataType.Struct struct, String timeZone) {
    return struct.getFieldsList().stream()
        .map(field -> field(field.getName(), field.getDataType(), field.getNullable(), timeZone))
        .toList();
  }

  private static Field field(String name, DataType type, boolean nullable, String timeZone) {
    return switch (type.getKindCase()) {
      case ARRAY -> {
        DataType.Array array = type.getArray();
        yield nested(
            name,
            nullable,
            ArrowType.List.INSTANCE,
            List.of(field("element", array.getElementType(), array.getContainsNull(), timeZone)));
      }
      case MAP -> {
        DataType.Map map = type.getMap();
        List<Field> entry =
            List.of(
                field(MapVector.KEY_NAME, map.getKeyType(), false, timeZone),
                field(
                    MapVector.VALUE_NAME,
                    map.getValueType(),
                    map.getValueContainsNull(),
                    timeZone));
        yield nested(
            name,
            nullable,
            new ArrowType.Map(false),
            List.of(nested(MapVector.DATA_VECTOR_NAME, false, ArrowType.Struct.INSTANCE, entry)));
      }
      case STRUCT ->
          nested(name, nullable, ArrowType.Struct.INSTANCE, fields(type.getStruct(), timeZone));
      case VARIANT -> nested(name, nullable, ArrowType.Struct.INSTANCE, variant());
      default ->
          new Field(
              name, new FieldType(nullable, primitive(name, type, timeZone), null), List.of());
    };
  }

  private static Field nested(String name, boolean nullable, ArrowType type, List<Field> children) {
    return new Field(name, new FieldType(nullable, type, null), children);
  }

  /** Spark marks the second field, by which its own readers tell a variant from a struct. */
  private static List<Field> variant() {
    return Stream.of(
            Map.entry("value", Optional.<Map<String, String>>empty()),
            Map.entry("metadata", Optional.of(Map.of("variant", "true"))))
        .map(
            part ->
                new Field(
                    part.getKey(),
                    new FieldType(
                        false, ArrowType.Binary.INSTANCE, null, part.getValue().orElse(null)),
                    List.of()))
        .toList();
  }

  private static ArrowType primitive(String name, DataType type, String timeZone) {
    return switch (type.getKindCase()) {
      case NULL -> ArrowType.Null.INSTANCE;
      case BOOLEAN -> ArrowType.Bool.INSTANCE;
      case BYTE -> new ArrowType.Int(8, true);
      case SHORT -> new ArrowType.Int(16, true);
      case INTEGER -> new ArrowType.Int(32, true);
      case LONG -> new ArrowType.Int(64, true);
      case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case DECIMAL ->
          new ArrowType.Decimal(
              type.getDecimal().getPrecision(), type.getDecimal().getScale(), 128);
      case STRING, CHAR, VAR_CHAR -> ArrowType.Utf8.INSTANCE;
      case BINARY -> ArrowType.Binary.INSTANCE;
      case DATE -> new ArrowType.Date(DateUnit.DAY);
      case TIMESTAMP -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, timeZone);
      case TIMESTAMP_NTZ -> new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
      case TIME -> new ArrowType.Time(TimeUnit.NANOSECOND, 64);
      case YEAR_MONTH_INTERVAL -> new ArrowType.Interval(IntervalUnit.YEAR_MONTH);
      case DAY_TIME_INTERVAL -> new ArrowType.Duration(TimeUnit.MICROSECOND);
      case CALENDAR_INTERVAL -> new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO);
      default ->
          throw new SluiceException(
              ErrorCode.NOT_SUPPORTED,
              "column `"
                  + name
                  + "` has a type that results cannot carry ("
                  + type.getKindCase().name().toLowerCase(Locale.ROOT)
                  + "); cast it to another");
    };
  }
}
