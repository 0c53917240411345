package io.sluice.planner.show;

import io.sluice.planner.catalog.Column;
import io.sluice.planner.catalog.SparkTypes;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Types as Spark prints them in DDL and in schema trees. */
final class SparkTypeText {

  private SparkTypeText() {}

  /** Returns Spark's {@code DataType.sql}. */
  static String sql(Type type) {
    return switch (type.typeId()) {
      case LIST -> "ARRAY<" + sql(((Types.ListType) type).elementType()) + ">";
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        yield "MAP<" + sql(map.keyType()) + ", " + sql(map.valueType()) + ">";
      }
      case STRUCT ->
          type.asStructType().fields().stream()
              .map(SparkTypeText::structField)
              .collect(Collectors.joining(", ", "STRUCT<", ">"));
      default -> SparkTypes.name(type).toUpperCase(Locale.ROOT);
    };
  }

  private static String structField(Types.NestedField field) {
    return SparkTypes.quoteIfNeeded(field.name())
        + ": "
        + sql(field.type())
        + (field.isRequired() ? " NOT NULL" : "")
        + (field.doc() == null ? "" : " COMMENT " + literal(field.doc()));
  }

  /** Returns a column as it stands in CREATE TABLE. */
  static String definition(Column column) {
    return SparkTypes.quoteIfNeeded(column.name())
        + " "
        + sql(column.type())
        + (column.nullable() ? "" : " NOT NULL")
        + column.comment().map(comment -> " COMMENT " + literal(comment)).orElse("");
  }

  /** Returns a string literal, quoted as Spark quotes those of SHOW CREATE TABLE. */
  static String literal(String value) {
    return "'" + value.replace("'", "\\'") + "'";
  }

  /** Returns Spark's {@code StructType.treeString}. */
  static String tree(List<Column> columns) {
    StringBuilder tree = new StringBuilder("root\n");
    for (Column column : columns) {
      line(tree, " |-- ", column.name(), column.type(), "nullable = " + column.nullable());
    }
    return tree.toString();
  }

  private static void line(
      StringBuilder tree, String prefix, String name, Type type, String suffix) {
    tree.append(prefix).append(name).append(": ").append(treeName(type));
    tree.append(suffix.isEmpty() ? "\n" : " (" + suffix + ")\n");
    String inner = " |   " + prefix;
    switch (type.typeId()) {
      case STRUCT ->
          type.asStructType()
              .fields()
              .forEach(
                  field ->
                      line(
                          tree,
                          inner,
                          field.name(),
                          field.type(),
                          "nullable = " + field.isOptional()));
      case LIST -> {
        Types.ListType list = (Types.ListType) type;
        String nulls = "containsNull = " + list.isElementOptional();
        line(tree, inner, "element", list.elementType(), nulls);
      }
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        line(tree, inner, "key", map.keyType(), "");
        String nulls = "valueContainsNull = " + map.isValueOptional();
        line(tree, inner, "value", map.valueType(), nulls);
      }
      default -> {}
    }
  }

  private static String treeName(Type type) {
    return switch (type.typeId()) {
      case INTEGER -> "integer";
      case LONG -> "long";
      case LIST -> "array";
      case MAP -> "map";
      case STRUCT -> "struct";
      default -> SparkTypes.name(type);
    };
  }

  /** Returns Spark's {@code DataType.defaultSize}, in bytes. */
  static long size(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN, UNKNOWN -> 1;
      case INTEGER, FLOAT, DATE -> 4;
      case LONG, DOUBLE, TIMESTAMP -> 8;
      case STRING, UUID -> 20;
      case FIXED, BINARY -> 100;
      case VARIANT -> 2048;
      case DECIMAL -> ((Types.DecimalType) type).precision() <= 18 ? 8 : 16;
      case LIST -> size(((Types.ListType) type).elementType());
      case MAP -> size(((Types.MapType) type).keyType()) + size(((Types.MapType) type).valueType());
      case STRUCT ->
          type.asStructType().fields().stream().mapToLong(field -> size(field.type())).sum();
      default -> throw new IllegalArgumentException("Spark cannot read Iceberg type " + type);
    };
  }
}
