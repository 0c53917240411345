package io.sluice.gateway.hive;

import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hive.service.rpc.thrift.TGetInfoType;
import org.apache.hive.service.rpc.thrift.TGetInfoValue;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;

/**
 * What GetInfo tells: the server is Spark SQL to its clients, which choose their dialect by that.
 *
 * @param sparkVersion for example {@code 4.1.2}
 */
record ServerInfo(String sparkVersion) {

  private static final int LONGEST_NAME = 128;

  /** All words of Spark's grammar, as Spark's own Thrift server tells them. */
  private static final String KEYWORDS = keywords();

  TGetInfoValue value(TGetInfoType type, Principal principal) {
    return switch (type) {
      case CLI_SERVER_NAME, CLI_DBMS_NAME -> TGetInfoValue.stringValue("Spark SQL");
      case CLI_DBMS_VER -> TGetInfoValue.stringValue(sparkVersion);
      case CLI_ODBC_KEYWORDS -> TGetInfoValue.stringValue(KEYWORDS);
      case CLI_DATA_SOURCE_NAME -> TGetInfoValue.stringValue("Sluice");
      case CLI_USER_NAME -> TGetInfoValue.stringValue(principal.name());
      case CLI_IDENTIFIER_QUOTE_CHAR -> TGetInfoValue.stringValue("`");
      case CLI_SEARCH_PATTERN_ESCAPE -> TGetInfoValue.stringValue("\\");
      case CLI_CATALOG_NAME, CLI_DESCRIBE_PARAMETER -> TGetInfoValue.stringValue("Y");
      case CLI_DATA_SOURCE_READ_ONLY,
          CLI_ACCESSIBLE_TABLES,
          CLI_ACCESSIBLE_PROCEDURES,
          CLI_INTEGRITY,
          CLI_ORDER_BY_COLUMNS_IN_SELECT ->
          TGetInfoValue.stringValue("N");
      case CLI_TXN_CAPABLE -> TGetInfoValue.smallIntValue((short) 0);
      case CLI_DEFAULT_TXN_ISOLATION, CLI_TXN_ISOLATION_OPTION -> TGetInfoValue.integerBitmask(0);
      case CLI_MAX_COLUMN_NAME_LEN,
          CLI_MAX_SCHEMA_NAME_LEN,
          CLI_MAX_TABLE_NAME_LEN,
          CLI_MAX_CATALOG_NAME_LEN,
          CLI_MAX_IDENTIFIER_LEN ->
          TGetInfoValue.lenValue(LONGEST_NAME);
      case CLI_MAX_STATEMENT_LEN -> TGetInfoValue.lenValue(2L << 20);
      default ->
          throw new SluiceException(
              ErrorCode.NOT_SUPPORTED, "The server has no value for " + type + ".");
    };
  }

  private static String keywords() {
    return IntStream.rangeClosed(1, SqlBaseLexer.VOCABULARY.getMaxTokenType())
        .mapToObj(SqlBaseLexer.VOCABULARY::getLiteralName)
        .filter(name -> name != null && name.matches("'[A-Z_]+'"))
        .map(name -> name.substring(1, name.length() - 1))
        .sorted()
        .collect(Collectors.joining(","));
  }
}
