package io.sluice.gateway.avatica;

import io.sluice.gateway.arrow.CellText;
import java.nio.charset.StandardCharsets;
import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.jspecify.annotations.Nullable;

/**
 * How Arrow's columns look to Avatica's clients. A date travels as days, a timestamp as
 * milliseconds of its wall clock, as Avatica has them; what Avatica has no type for travels as the
 * text that Spark writes of it.
 */
final class AvaticaColumns {

  private AvaticaColumns() {}

  /** Returns the columns of a result. */
  static List<ColumnMetaData> of(Schema schema) {
    List<ColumnMetaData> columns = new ArrayList<>();
    for (Field field : schema.getFields()) {
      columns.add(column(columns.size(), field));
    }
    return List.copyOf(columns);
  }

  private static ColumnMetaData column(int ordinal, Field field) {
    ArrowType type = field.getType();
    int nullable =
        field.isNullable() ? DatabaseMetaData.columnNullable : DatabaseMetaData.columnNoNulls;
    return switch (type.getTypeID()) {
      case Bool -> column(ordinal, field, nullable, Types.BOOLEAN, "BOOLEAN", Rep.BOOLEAN, 1, 0);
      case Int -> integer(ordinal, field, nullable, ((ArrowType.Int) type).getBitWidth());
      case FloatingPoint ->
          switch (((ArrowType.FloatingPoint) type).getPrecision()) {
            case SINGLE -> column(ordinal, field, nullable, Types.REAL, "REAL", Rep.FLOAT, 7, 0);
            default -> column(ordinal, field, nullable, Types.DOUBLE, "DOUBLE", Rep.DOUBLE, 15, 0);
          };
      case Decimal -> {
        ArrowType.Decimal decimal = (ArrowType.Decimal) type;
        yield column(
            ordinal,
            field,
            nullable,
            Types.DECIMAL,
            "DECIMAL",
            Rep.NUMBER,
            decimal.getPrecision(),
            decimal.getScale());
      }
      case Binary ->
          column(ordinal, field, nullable, Types.VARBINARY, "BINARY", Rep.BYTE_STRING, 0, 0);
      case Date -> column(ordinal, field, nullable, Types.DATE, "DATE", Rep.INTEGER, 10, 0);
      case Timestamp ->
          column(ordinal, field, nullable, Types.TIMESTAMP, "TIMESTAMP", Rep.LONG, 23, 3);
      case Utf8 -> column(ordinal, field, nullable, Types.VARCHAR, "STRING", Rep.STRING, 0, 0);
      default -> column(ordinal, field, nullable, Types.VARCHAR, textName(type), Rep.STRING, 0, 0);
    };
  }

  private static ColumnMetaData integer(int ordinal, Field field, int nullable, int bits) {
    return switch (bits) {
      case 8 -> column(ordinal, field, nullable, Types.TINYINT, "TINYINT", Rep.BYTE, 3, 0);
      case 16 -> column(ordinal, field, nullable, Types.SMALLINT, "SMALLINT", Rep.SHORT, 5, 0);
      case 32 -> column(ordinal, field, nullable, Types.INTEGER, "INTEGER", Rep.INTEGER, 10, 0);
      default -> column(ordinal, field, nullable, Types.BIGINT, "BIGINT", Rep.LONG, 19, 0);
    };
  }

  /** Returns the name of a type whose values travel as text. */
  private static String textName(ArrowType type) {
    return switch (type.getTypeID()) {
      case List, LargeList, FixedSizeList -> "ARRAY";
      case Map -> "MAP";
      case Struct -> "STRUCT";
      case Duration, Interval -> "INTERVAL";
      case Null -> "VOID";
      default -> "STRING";
    };
  }

  private static ColumnMetaData column(
      int ordinal,
      Field field,
      int nullable,
      int jdbcType,
      String typeName,
      Rep rep,
      int precision,
      int scale) {
    return column(ordinal, field.getName(), nullable, jdbcType, typeName, rep, precision, scale);
  }

  /** Returns a column that cannot be written by its result set. */
  static ColumnMetaData column(
      int ordinal,
      String name,
      int nullable,
      int jdbcType,
      String typeName,
      Rep rep,
      int precision,
      int scale) {
    ColumnMetaData.AvaticaType type = ColumnMetaData.scalar(jdbcType, typeName, rep);
    return new ColumnMetaData(
        ordinal,
        false,
        true,
        true,
        false,
        nullable,
        true,
        precision,
        name,
        name,
        "",
        precision,
        scale,
        "",
        "",
        type,
        true,
        false,
        false,
        type.columnClassName());
  }

  /** Returns a value as Avatica carries it. */
  static @Nullable Object value(FieldVector vector, int row) {
    if (vector instanceof NullVector || vector.isNull(row)) {
      return null;
    }
    if (vector instanceof VarCharVector text) {
      return new String(text.get(row), StandardCharsets.UTF_8);
    }
    if (vector instanceof BigIntVector number) {
      return number.get(row);
    }
    if (vector instanceof IntVector number) {
      return number.get(row);
    }
    if (vector instanceof DecimalVector number) {
      return number.getObject(row);
    }
    if (vector instanceof DateDayVector date) {
      return date.get(row);
    }
    if (vector instanceof Float8Vector number) {
      return number.get(row);
    }
    if (vector instanceof TimeStampVector timestamp) {
      return wallClock(timestamp, row);
    }
    if (vector instanceof BitVector bit) {
      return bit.get(row) != 0;
    }
    if (vector instanceof Float4Vector number) {
      return number.get(row);
    }
    if (vector instanceof SmallIntVector number) {
      return number.get(row);
    }
    if (vector instanceof TinyIntVector number) {
      return number.get(row);
    }
    if (vector instanceof VarBinaryVector bytes) {
      return bytes.get(row);
    }
    return CellText.of(vector, row);
  }

  /** Milliseconds from the epoch to what the clock on the wall shows, as if in UTC. */
  private static long wallClock(TimeStampVector vector, int row) {
    ArrowType.Timestamp type = (ArrowType.Timestamp) vector.getField().getType();
    long value = vector.get(row);
    long millis =
        type.getUnit() == TimeUnit.MICROSECOND ? Math.floorDiv(value, 1000L) : millis(type, value);
    String zone = type.getTimezone();
    if (zone == null || zone.equals("UTC")) {
      return millis;
    }
    return millis
        + ZoneId.of(zone).getRules().getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds()
            * 1000L;
  }

  private static long millis(ArrowType.Timestamp type, long value) {
    return switch (type.getUnit()) {
      case SECOND -> Math.multiplyExact(value, 1000L);
      case MILLISECOND -> value;
      case MICROSECOND -> Math.floorDiv(value, 1000L);
      case NANOSECOND -> Math.floorDiv(value, 1_000_000L);
    };
  }

  /** Returns about how much of the heap a value takes. */
  static int weight(@Nullable Object value) {
    if (value instanceof String text) {
      return 48 + 2 * text.length();
    }
    return value instanceof byte[] bytes ? 32 + bytes.length : 32;
  }
}
