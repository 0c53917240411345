package io.sluice.gateway.hive;

import java.util.Map;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.hive.service.rpc.thrift.TPrimitiveTypeEntry;
import org.apache.hive.service.rpc.thrift.TTypeDesc;
import org.apache.hive.service.rpc.thrift.TTypeEntry;
import org.apache.hive.service.rpc.thrift.TTypeId;
import org.apache.hive.service.rpc.thrift.TTypeQualifierValue;
import org.apache.hive.service.rpc.thrift.TTypeQualifiers;

/** What a column is to a client: Hive's type, the field of TColumn that holds it, and the name. */
enum ColumnType {
  BOOLEAN(TTypeId.BOOLEAN_TYPE, Layout.BOOL),
  TINYINT(TTypeId.TINYINT_TYPE, Layout.INT8),
  SMALLINT(TTypeId.SMALLINT_TYPE, Layout.INT16),
  INT(TTypeId.INT_TYPE, Layout.INT32),
  BIGINT(TTypeId.BIGINT_TYPE, Layout.INT64),
  FLOAT(TTypeId.FLOAT_TYPE, Layout.DOUBLE),
  DOUBLE(TTypeId.DOUBLE_TYPE, Layout.DOUBLE),
  STRING(TTypeId.STRING_TYPE, Layout.TEXT),
  BINARY(TTypeId.BINARY_TYPE, Layout.BYTES),
  DECIMAL(TTypeId.DECIMAL_TYPE, Layout.TEXT),
  DATE(TTypeId.DATE_TYPE, Layout.TEXT),
  TIMESTAMP(TTypeId.TIMESTAMP_TYPE, Layout.TEXT),
  YEAR_MONTH(TTypeId.INTERVAL_YEAR_MONTH_TYPE, Layout.TEXT),
  DAY_TIME(TTypeId.INTERVAL_DAY_TIME_TYPE, Layout.TEXT),
  ARRAY(TTypeId.ARRAY_TYPE, Layout.TEXT),
  MAP(TTypeId.MAP_TYPE, Layout.TEXT),
  STRUCT(TTypeId.STRUCT_TYPE, Layout.TEXT),
  VOID(TTypeId.NULL_TYPE, Layout.TEXT);

  /** A field of the union TColumn, with Thrift's number for its values' type. */
  enum Layout {
    BOOL(1, 2),
    INT8(2, 3),
    INT16(3, 6),
    INT32(4, 8),
    INT64(5, 10),
    DOUBLE(6, 4),
    TEXT(7, 11),
    BYTES(8, 11);

    private final int field;
    private final int element;

    Layout(int field, int element) {
      this.field = field;
      this.element = element;
    }

    int field() {
      return field;
    }

    int element() {
      return element;
    }
  }

  private final TTypeId id;
  private final Layout layout;

  ColumnType(TTypeId id, Layout layout) {
    this.id = id;
    this.layout = layout;
  }

  Layout layout() {
    return layout;
  }

  /** Returns Hive's type of a column, as Spark's own Thrift server has it. */
  static ColumnType of(Field field) {
    return of(field.getType());
  }

  private static ColumnType of(ArrowType type) {
    return switch (type.getTypeID()) {
      case Bool -> BOOLEAN;
      case Int ->
          switch (((ArrowType.Int) type).getBitWidth()) {
            case 8 -> TINYINT;
            case 16 -> SMALLINT;
            case 32 -> INT;
            default -> BIGINT;
          };
      case FloatingPoint ->
          ((ArrowType.FloatingPoint) type).getPrecision() == FloatingPointPrecision.SINGLE
              ? FLOAT
              : DOUBLE;
      case Binary, LargeBinary, FixedSizeBinary -> BINARY;
      case Decimal -> DECIMAL;
      case Date -> DATE;
      case Timestamp -> TIMESTAMP;
      case Duration -> DAY_TIME;
      case Interval ->
          switch (((ArrowType.Interval) type).getUnit()) {
            case YEAR_MONTH -> YEAR_MONTH;
            case DAY_TIME -> DAY_TIME;
            // Spark's calendar intervals are neither of Hive's two kinds.
            case MONTH_DAY_NANO -> STRING;
          };
      case List, LargeList, FixedSizeList -> ARRAY;
      case Map -> MAP;
      case Struct -> STRUCT;
      case Null -> VOID;
      default -> STRING;
    };
  }

  /** Returns how a client is told of a column's type. */
  static TTypeDesc describe(Field field) {
    TPrimitiveTypeEntry entry = new TPrimitiveTypeEntry(of(field).id);
    if (field.getType() instanceof ArrowType.Decimal decimal) {
      entry.setTypeQualifiers(
          new TTypeQualifiers(
              Map.of(
                  "precision", TTypeQualifierValue.i32Value(decimal.getPrecision()),
                  "scale", TTypeQualifierValue.i32Value(decimal.getScale()))));
    }
    TTypeDesc description = new TTypeDesc();
    description.addToTypes(TTypeEntry.primitiveEntry(entry));
    return description;
  }
}
