package io.sluice.planner.rewrite;

import io.sluice.planner.catalog.SparkTypes;
import io.sluice.planner.parse.Identifiers;
import java.util.stream.Collectors;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** Iceberg's types as a CAST takes them; field names are quoted, unlike in their plain names. */
final class SqlTypes {

  private SqlTypes() {}

  /**
   * Returns the type for {@code CAST(… AS type)}.
   *
   * @throws IllegalArgumentException for a type that Spark cannot read
   */
  static String name(Type type) {
    return switch (type.typeId()) {
      case LIST -> "array<" + name(((Types.ListType) type).elementType()) + ">";
      case MAP -> {
        Types.MapType map = (Types.MapType) type;
        yield "map<" + name(map.keyType()) + ", " + name(map.valueType()) + ">";
      }
      case STRUCT ->
          type.asStructType().fields().stream()
              .map(field -> Identifiers.quote(field.name()) + ": " + name(field.type()))
              .collect(Collectors.joining(", ", "struct<", ">"));
      default -> SparkTypes.name(type);
    };
  }
}
