package io.sluice.gateway.hive;

import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The columns of the answers to metadata calls, as HiveServer2 has them and JDBC asks for them. */
final class MetadataColumns {

  private static final ArrowType TEXT = ArrowType.Utf8.INSTANCE;
  private static final ArrowType INT = new ArrowType.Int(32, true);
  private static final ArrowType SMALLINT = new ArrowType.Int(16, true);
  private static final ArrowType BOOLEAN = ArrowType.Bool.INSTANCE;

  static final Schema CATALOGS = schema("TABLE_CAT");

  static final Schema SCHEMAS = schema("TABLE_SCHEM", "TABLE_CATALOG");

  static final Schema TABLES =
      schema(
          "TABLE_CAT",
          "TABLE_SCHEM",
          "TABLE_NAME",
          "TABLE_TYPE",
          "REMARKS",
          "TYPE_CAT",
          "TYPE_SCHEM",
          "TYPE_NAME",
          "SELF_REFERENCING_COL_NAME",
          "REF_GENERATION");

  static final Schema TABLE_TYPES = schema("TABLE_TYPE");

  static final Schema COLUMNS =
      schema(
          "TABLE_CAT",
          "TABLE_SCHEM",
          "TABLE_NAME",
          "COLUMN_NAME",
          "DATA_TYPE:int",
          "TYPE_NAME",
          "COLUMN_SIZE:int",
          "BUFFER_LENGTH:int",
          "DECIMAL_DIGITS:int",
          "NUM_PREC_RADIX:int",
          "NULLABLE:int",
          "REMARKS",
          "COLUMN_DEF",
          "SQL_DATA_TYPE:int",
          "SQL_DATETIME_SUB:int",
          "CHAR_OCTET_LENGTH:int",
          "ORDINAL_POSITION:int",
          "IS_NULLABLE",
          "SCOPE_CATALOG",
          "SCOPE_SCHEMA",
          "SCOPE_TABLE",
          "SOURCE_DATA_TYPE:smallint",
          "IS_AUTO_INCREMENT");

  static final Schema FUNCTIONS =
      schema(
          "FUNCTION_CAT",
          "FUNCTION_SCHEM",
          "FUNCTION_NAME",
          "REMARKS",
          "FUNCTION_TYPE:int",
          "SPECIFIC_NAME");

  static final Schema TYPES =
      schema(
          "TYPE_NAME",
          "DATA_TYPE:int",
          "PRECISION:int",
          "LITERAL_PREFIX",
          "LITERAL_SUFFIX",
          "CREATE_PARAMS",
          "NULLABLE:smallint",
          "CASE_SENSITIVE:boolean",
          "SEARCHABLE:smallint",
          "UNSIGNED_ATTRIBUTE:boolean",
          "FIXED_PREC_SCALE:boolean",
          "AUTO_INCREMENT:boolean",
          "LOCAL_TYPE_NAME",
          "MINIMUM_SCALE:smallint",
          "MAXIMUM_SCALE:smallint",
          "SQL_DATA_TYPE:int",
          "SQL_DATETIME_SUB:int",
          "NUM_PREC_RADIX:int");

  static final Schema PRIMARY_KEYS =
      schema("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ:int", "PK_NAME");

  static final Schema CROSS_REFERENCE =
      schema(
          "PKTABLE_CAT",
          "PKTABLE_SCHEM",
          "PKTABLE_NAME",
          "PKCOLUMN_NAME",
          "FKTABLE_CAT",
          "FKTABLE_SCHEM",
          "FKTABLE_NAME",
          "FKCOLUMN_NAME",
          "KEY_SEQ:int",
          "UPDATE_RULE:int",
          "DELETE_RULE:int",
          "FK_NAME",
          "PK_NAME",
          "DEFERRABILITY:int");

  private MetadataColumns() {}

  /** A column is a text unless its type follows its name. */
  private static Schema schema(String... columns) {
    List<Field> fields =
        Arrays.stream(columns)
            .map(column -> column.split(":"))
            .map(parts -> Field.nullable(parts[0], parts.length == 1 ? TEXT : type(parts[1])))
            .toList();
    return new Schema(fields);
  }

  private static ArrowType type(String name) {
    return switch (name) {
      case "int" -> INT;
      case "smallint" -> SMALLINT;
      default -> BOOLEAN;
    };
  }
}
