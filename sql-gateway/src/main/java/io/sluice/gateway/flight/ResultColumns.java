package io.sluice.gateway.flight;

import io.sluice.gateway.arrow.QueryColumns;
import io.sluice.gateway.statement.PreparedStatement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A result's columns as clients are told of them: with Flight SQL's column metadata, from which the
 * JDBC and ODBC drivers take precision, scale and type names, and not from the Arrow types.
 */
final class ResultColumns {

  private ResultColumns() {}

  /**
   * Returns the statement with its columns described. It is to be done once, where a statement
   * comes to the door: a result is promised and sent under one and the same schema.
   */
  static PreparedStatement described(PreparedStatement plain) {
    return plain.withSchema(described(plain.schema()));
  }

  static Schema described(Schema plain) {
    // Handles keep the schema, so columns of one type share what is said of them.
    Map<List<Object>, FieldType> types = new HashMap<>();
    List<Field> fields =
        plain.getFields().stream()
            .map(
                field -> {
                  String name = QueryColumns.sparkType(field);
                  FieldType type =
                      types.computeIfAbsent(
                          List.of(field.getFieldType(), name),
                          key -> with(facts(field.getType(), name), field));
                  return new Field(field.getName(), type, field.getChildren());
                })
            .toList();
    return new Schema(fields, plain.getCustomMetadata());
  }

  /** Returns a field's type with the facts beside what metadata it has. */
  static FieldType with(FlightSqlColumnMetadata.Builder facts, Field plain) {
    Map<String, String> metadata = new HashMap<>(facts.build().getMetadataMap());
    metadata.putAll(plain.getMetadata());
    return new FieldType(plain.isNullable(), plain.getType(), plain.getDictionary(), metadata);
  }

  /**
   * Returns what is true of a column of a type, wherever it comes from. Text and bytes are said to
   * have no length: a driver reserves as much as it is told.
   */
  static FlightSqlColumnMetadata.Builder facts(ArrowType type, String typeName) {
    FlightSqlColumnMetadata.Builder facts =
        new FlightSqlColumnMetadata.Builder()
            .typeName(typeName)
            .isAutoIncrement(false)
            .isCaseSensitive(type instanceof ArrowType.Utf8)
            .isSearchable(true);
    TypeInfoRows.size(typeName).ifPresent(facts::precision);
    if (type instanceof ArrowType.Decimal decimal) {
      facts.precision(decimal.getPrecision()).scale(decimal.getScale());
    }
    return facts;
  }
}
