package io.sluice.gateway.avatica;

import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.ColumnMetaData.Rep;
import org.apache.calcite.avatica.Meta;

/** The columns of JDBC's metadata calls, as {@link DatabaseMetaData} has them. */
enum MetadataColumns {
  CATALOGS("TABLE_CAT"),
  SCHEMAS("TABLE_SCHEM TABLE_CATALOG"),
  TABLE_TYPES("TABLE_TYPE"),
  TABLES(
      "TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS TYPE_CAT TYPE_SCHEM TYPE_NAME"
          + " SELF_REFERENCING_COL_NAME REF_GENERATION"),
  COLUMNS(
      "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE:i TYPE_NAME COLUMN_SIZE:i"
          + " BUFFER_LENGTH:i DECIMAL_DIGITS:i NUM_PREC_RADIX:i NULLABLE:i REMARKS COLUMN_DEF"
          + " SQL_DATA_TYPE:i SQL_DATETIME_SUB:i CHAR_OCTET_LENGTH:i ORDINAL_POSITION:i IS_NULLABLE"
          + " SCOPE_CATALOG SCOPE_SCHEMA SCOPE_TABLE SOURCE_DATA_TYPE:i IS_AUTOINCREMENT"
          + " IS_GENERATEDCOLUMN"),
  TYPE_INFO(
      "TYPE_NAME DATA_TYPE:i PRECISION:i LITERAL_PREFIX LITERAL_SUFFIX CREATE_PARAMS NULLABLE:i"
          + " CASE_SENSITIVE:b SEARCHABLE:i UNSIGNED_ATTRIBUTE:b FIXED_PREC_SCALE:b AUTO_INCREMENT:b"
          + " LOCAL_TYPE_NAME MINIMUM_SCALE:i MAXIMUM_SCALE:i SQL_DATA_TYPE:i SQL_DATETIME_SUB:i"
          + " NUM_PREC_RADIX:i");

  private final Meta.Signature signature;

  /**
   * @param columns their names; behind one {@code :i} for an integer, {@code :b} for a boolean
   */
  MetadataColumns(String columns) {
    List<ColumnMetaData> described = new ArrayList<>();
    for (String column : columns.split(" ")) {
      described.add(column(described.size(), column));
    }
    signature = Signatures.of(described, "", List.of(), true);
  }

  private static ColumnMetaData column(int ordinal, String column) {
    int nullable = DatabaseMetaData.columnNullable;
    if (column.endsWith(":i")) {
      return AvaticaColumns.column(
          ordinal, bare(column), nullable, Types.INTEGER, "INTEGER", Rep.INTEGER, 10, 0);
    }
    if (column.endsWith(":b")) {
      return AvaticaColumns.column(
          ordinal, bare(column), nullable, Types.BOOLEAN, "BOOLEAN", Rep.BOOLEAN, 1, 0);
    }
    return AvaticaColumns.column(
        ordinal, column, nullable, Types.VARCHAR, "STRING", Rep.STRING, 0, 0);
  }

  private static String bare(String column) {
    return column.substring(0, column.length() - 2);
  }

  Meta.Signature signature() {
    return signature;
  }
}
