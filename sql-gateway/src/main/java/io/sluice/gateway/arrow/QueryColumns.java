package io.sluice.gateway.arrow;

import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.view.QueryColumn;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * What a result's Arrow schema says of its columns in Spark's and Iceberg's types; the reverse of
 * {@link IcebergArrowTypes}. Iceberg keeps one- and two-byte integers as integers, as Iceberg's
 * Spark module does.
 */
public final class QueryColumns {

  private final AtomicInteger ids = new AtomicInteger();

  private QueryColumns() {}

  /** Returns the columns in order; the ids within their types are unique. */
  public static List<QueryColumn> of(Schema schema) {
    QueryColumns columns = new QueryColumns();
    columns.ids.set(schema.getFields().size());
    return schema.getFields().stream()
        .map(
            field -> new QueryColumn(field.getName(), sparkType(field), columns.icebergType(field)))
        .toList();
  }

  private static boolean isVariant(Field field) {
    return field.getChildren().stream()
        .anyMatch(child -> "true".equals(child.getMetadata().get("variant")));
  }

  /** Returns the name of the Spark type that a result's column has. */
  public static String sparkType(Field field) {
    ArrowType type = field.getType();
    List<Field> children = field.getChildren();
    return switch (type.getTypeID()) {
      case Bool -> "boolean";
      case Int ->
          switch (((ArrowType.Int) type).getBitWidth()) {
            case 8 -> "tinyint";
            case 16 -> "smallint";
            case 32 -> "int";
            default -> "bigint";
          };
      case FloatingPoint -> isDouble(type) ? "double" : "float";
      case Decimal -> {
        ArrowType.Decimal decimal = (ArrowType.Decimal) type;
        yield "decimal(" + decimal.getPrecision() + "," + decimal.getScale() + ")";
      }
      case Utf8 -> "string";
      case Binary -> "binary";
      case Date -> "date";
      case Timestamp ->
          ((ArrowType.Timestamp) type).getTimezone() == null ? "timestamp_ntz" : "timestamp";
      case Time -> "time(6)";
      case Duration -> "interval day to second";
      case Interval ->
          ((ArrowType.Interval) type).getUnit() == IntervalUnit.YEAR_MONTH
              ? "interval year to month"
              : "interval";
      case List -> "array<" + sparkType(children.get(0)) + ">";
      case Map -> {
        List<Field> entry = children.get(0).getChildren();
        yield "map<" + sparkType(entry.get(0)) + "," + sparkType(entry.get(1)) + ">";
      }
      case Struct ->
          isVariant(field)
              ? "variant"
              : children.stream()
                  .map(child -> SparkTypes.quoteIfNeeded(child.getName()) + ":" + sparkType(child))
                  .collect(Collectors.joining(",", "struct<", ">"));
      default -> "void";
    };
  }

  private static boolean isDouble(ArrowType type) {
    return ((ArrowType.FloatingPoint) type).getPrecision() == FloatingPointPrecision.DOUBLE;
  }

  private Optional<Type> icebergType(Field field) {
    ArrowType type = field.getType();
    return switch (type.getTypeID()) {
      case Bool -> Optional.of(Types.BooleanType.get());
      case Int ->
          Optional.of(
              ((ArrowType.Int) type).getBitWidth() == 64
                  ? Types.LongType.get()
                  : Types.IntegerType.get());
      case FloatingPoint ->
          Optional.of(isDouble(type) ? Types.DoubleType.get() : Types.FloatType.get());
      case Decimal -> {
        ArrowType.Decimal decimal = (ArrowType.Decimal) type;
        yield Optional.of(Types.DecimalType.of(decimal.getPrecision(), decimal.getScale()));
      }
      case Utf8 -> Optional.of(Types.StringType.get());
      case Binary -> Optional.of(Types.BinaryType.get());
      case Null -> Optional.of(Types.UnknownType.get());
      case Date -> Optional.of(Types.DateType.get());
      case Timestamp ->
          Optional.of(
              ((ArrowType.Timestamp) type).getTimezone() == null
                  ? Types.TimestampType.withoutZone()
                  : Types.TimestampType.withZone());
      case List -> {
        Field element = field.getChildren().get(0);
        int id = ids.incrementAndGet();
        yield icebergType(element)
            .map(
                of ->
                    mayBeNull(element)
                        ? Types.ListType.ofOptional(id, of)
                        : Types.ListType.ofRequired(id, of));
      }
      case Map -> {
        List<Field> entry = field.getChildren().get(0).getChildren();
        int key = ids.incrementAndGet();
        int value = ids.incrementAndGet();
        Optional<Type> ofKey = icebergType(entry.get(0));
        Optional<Type> ofValue = icebergType(entry.get(1));
        // Iceberg requires keys, and nothing required is of no type: map() has no type there.
        yield ofKey.isEmpty() || ofValue.isEmpty() || mayBeNull(entry.get(0))
            ? Optional.empty()
            : Optional.of(
                mayBeNull(entry.get(1))
                    ? Types.MapType.ofOptional(key, value, ofKey.get(), ofValue.get())
                    : Types.MapType.ofRequired(key, value, ofKey.get(), ofValue.get()));
      }
      case Struct -> isVariant(field) ? Optional.of(Types.VariantType.get()) : struct(field);
      default -> Optional.empty();
    };
  }

  /** What is of no type is null, whatever Spark says: {@code array()} has no null in it. */
  private static boolean mayBeNull(Field field) {
    return field.isNullable() || field.getType().getTypeID() == ArrowType.ArrowTypeID.Null;
  }

  private Optional<Type> struct(Field field) {
    List<Optional<Types.NestedField>> fields =
        field.getChildren().stream()
            .map(
                child -> {
                  int id = ids.incrementAndGet();
                  return icebergType(child)
                      .map(
                          type ->
                              mayBeNull(child)
                                  ? Types.NestedField.optional(id, child.getName(), type)
                                  : Types.NestedField.required(id, child.getName(), type));
                })
            .toList();
    return fields.stream().allMatch(Optional::isPresent)
        ? Optional.of(Types.StructType.of(fields.stream().flatMap(Optional::stream).toList()))
        : Optional.empty();
  }
}
