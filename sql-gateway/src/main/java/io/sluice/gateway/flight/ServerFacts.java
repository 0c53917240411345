package io.sluice.gateway.flight;

import static org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo.*;

import io.sluice.gateway.flight.SqlInfoValue.Bits;
import io.sluice.gateway.flight.SqlInfoValue.Conversions;
import io.sluice.gateway.flight.SqlInfoValue.Count;
import io.sluice.gateway.flight.SqlInfoValue.Flag;
import io.sluice.gateway.flight.SqlInfoValue.Text;
import io.sluice.gateway.flight.SqlInfoValue.Texts;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.planner.metadata.LikePattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlOuterJoinsSupportLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedElementActions;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedGroupBy;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetConcurrency;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetType;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedSubqueries;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedUnions;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportsConvert;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlTransactionIsolationLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedAnsi92SqlGrammarLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedSqlGrammar;

/**
 * What GetSqlInfo tells of Sluice and of Spark's SQL. Every code of the protocol has a value: the
 * JDBC driver throws on one that is missing.
 */
final class ServerFacts {

  /** The longest statement that is served, in bytes. */
  private static final long LONGEST_STATEMENT = 2L << 20;

  /** Where Spark or Iceberg sets no limit. */
  private static final Count NO_LIMIT = new Count(0);

  /**
   * The protocol asks about catalogs, schemas and tables, which are told apart by case, and has no
   * value that says so. This one the ODBC driver takes for it.
   */
  private static final Bits IDENTIFIER_CASE =
      new Bits(SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_UNKNOWN_VALUE);

  private static final Flag YES = new Flag(true);
  private static final Flag NO = new Flag(false);

  private final SortedMap<Integer, SqlInfoValue> values = new TreeMap<>();

  private ServerFacts() {}

  /**
   * Returns the facts by code.
   *
   * @param settings of the door
   */
  static SortedMap<Integer, SqlInfoValue> of(FlightDoorSettings settings) {
    ServerFacts facts = new ServerFacts();
    facts.server(settings);
    facts.names();
    facts.words();
    facts.syntax();
    facts.limits(settings);
    facts.transactionsAndResults();
    return facts.values;
  }

  private void server(FlightDoorSettings settings) {
    put(FLIGHT_SQL_SERVER_NAME, new Text("Sluice"));
    put(FLIGHT_SQL_SERVER_VERSION, new Text(settings.version()));
    put(FLIGHT_SQL_SERVER_ARROW_VERSION, new Text("18.3.0"));
    put(FLIGHT_SQL_SERVER_READ_ONLY, NO);
    put(FLIGHT_SQL_SERVER_SQL, YES);
    put(FLIGHT_SQL_SERVER_SUBSTRAIT, NO);
    put(FLIGHT_SQL_SERVER_SUBSTRAIT_MIN_VERSION, new Text(""));
    put(FLIGHT_SQL_SERVER_SUBSTRAIT_MAX_VERSION, new Text(""));
    put(
        FLIGHT_SQL_SERVER_TRANSACTION,
        new Bits(SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_NONE_VALUE));
    put(FLIGHT_SQL_SERVER_CANCEL, YES);
    put(FLIGHT_SQL_SERVER_BULK_INGESTION, YES);
    put(FLIGHT_SQL_SERVER_INGEST_TRANSACTIONS_SUPPORTED, NO);
    // Of the handle of a prepared statement, in milliseconds.
    put(
        FLIGHT_SQL_SERVER_STATEMENT_TIMEOUT,
        new Bits(Math.toIntExact(settings.preparedLifetime().toMillis())));
    put(FLIGHT_SQL_SERVER_TRANSACTION_TIMEOUT, new Bits(0));
  }

  private void names() {
    put(SQL_DDL_CATALOG, NO);
    put(SQL_DDL_SCHEMA, YES);
    put(SQL_DDL_TABLE, YES);
    put(SQL_IDENTIFIER_CASE, IDENTIFIER_CASE);
    put(SQL_IDENTIFIER_QUOTE_CHAR, new Text("`"));
    put(SQL_QUOTED_IDENTIFIER_CASE, IDENTIFIER_CASE);
    put(SQL_ALL_TABLES_ARE_SELECTABLE, YES);
    put(SQL_NULL_ORDERING, new Bits(SqlNullOrdering.SQL_NULLS_SORTED_LOW_VALUE));
    put(SQL_SEARCH_STRING_ESCAPE, new Text(String.valueOf(LikePattern.ESCAPE)));
    put(SQL_EXTRA_NAME_CHARACTERS, new Text(""));
    put(SQL_SCHEMA_TERM, new Text("schema"));
    put(SQL_PROCEDURE_TERM, new Text("procedure"));
    put(SQL_CATALOG_TERM, new Text("catalog"));
    put(SQL_CATALOG_AT_START, YES);
  }

  private void words() {
    put(
        SQL_KEYWORDS,
        texts(
            "ANTI CACHE CLUSTER DISTRIBUTE EXPLAIN ILIKE LATERAL MINUS PIVOT RLIKE"
                + " SEMI SORT TABLESAMPLE TRANSFORM UNPIVOT USE VIEW"));
    put(
        SQL_NUMERIC_FUNCTIONS,
        texts(
            "ABS ACOS ASIN ATAN ATAN2 CEILING COS COT DEGREES EXP FLOOR LOG LOG10 MOD PI POWER"
                + " RADIANS RAND ROUND SIGN SIN SQRT TAN"));
    put(
        SQL_STRING_FUNCTIONS,
        texts(
            "ASCII BIT_LENGTH CHAR CHAR_LENGTH CHARACTER_LENGTH CONCAT LCASE LEFT LENGTH LOCATE"
                + " LTRIM OCTET_LENGTH POSITION REPEAT REPLACE RIGHT RTRIM SOUNDEX SPACE SUBSTRING"
                + " UCASE"));
    put(SQL_SYSTEM_FUNCTIONS, texts("IFNULL"));
    put(
        SQL_DATETIME_FUNCTIONS,
        texts(
            "CURDATE CURRENT_DATE CURRENT_TIMESTAMP DAYNAME DAYOFMONTH DAYOFWEEK DAYOFYEAR EXTRACT"
                + " HOUR MINUTE MONTH MONTHNAME NOW QUARTER SECOND TIMESTAMPADD TIMESTAMPDIFF"
                + " WEEKOFYEAR YEAR"));
  }

  private void syntax() {
    put(SQL_SUPPORTS_COLUMN_ALIASING, YES);
    put(SQL_NULL_PLUS_NULL_IS_NULL, YES);
    put(SQL_SUPPORTS_CONVERT, conversions());
    put(SQL_SUPPORTS_TABLE_CORRELATION_NAMES, YES);
    put(SQL_SUPPORTS_DIFFERENT_TABLE_CORRELATION_NAMES, NO);
    put(SQL_SUPPORTS_EXPRESSIONS_IN_ORDER_BY, YES);
    put(SQL_SUPPORTS_ORDER_BY_UNRELATED, YES);
    put(
        SQL_SUPPORTED_GROUP_BY,
        mask(
            SqlSupportedGroupBy.SQL_GROUP_BY_UNRELATED_VALUE,
            SqlSupportedGroupBy.SQL_GROUP_BY_BEYOND_SELECT_VALUE));
    put(SQL_SUPPORTS_LIKE_ESCAPE_CLAUSE, YES);
    put(SQL_SUPPORTS_NON_NULLABLE_COLUMNS, YES);
    put(
        SQL_SUPPORTED_GRAMMAR,
        mask(
            SupportedSqlGrammar.SQL_MINIMUM_GRAMMAR_VALUE,
            SupportedSqlGrammar.SQL_CORE_GRAMMAR_VALUE));
    put(SQL_ANSI92_SUPPORTED_LEVEL, mask(SupportedAnsi92SqlGrammarLevel.ANSI92_ENTRY_SQL_VALUE));
    put(SQL_SUPPORTS_INTEGRITY_ENHANCEMENT_FACILITY, NO);
    put(
        SQL_OUTER_JOINS_SUPPORT_LEVEL,
        mask(
            SqlOuterJoinsSupportLevel.SQL_LIMITED_OUTER_JOINS_VALUE,
            SqlOuterJoinsSupportLevel.SQL_FULL_OUTER_JOINS_VALUE));
    // CALL catalog.schema.procedure(…)
    put(
        SQL_SCHEMAS_SUPPORTED_ACTIONS,
        mask(SqlSupportedElementActions.SQL_ELEMENT_IN_PROCEDURE_CALLS_VALUE));
    put(
        SQL_CATALOGS_SUPPORTED_ACTIONS,
        mask(SqlSupportedElementActions.SQL_ELEMENT_IN_PROCEDURE_CALLS_VALUE));
    put(SQL_SUPPORTED_POSITIONED_COMMANDS, mask());
    put(SQL_SELECT_FOR_UPDATE_SUPPORTED, NO);
    put(SQL_STORED_PROCEDURES_SUPPORTED, YES);
    put(
        SQL_SUPPORTED_SUBQUERIES,
        mask(
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_COMPARISONS_VALUE,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_EXISTS_VALUE,
            SqlSupportedSubqueries.SQL_SUBQUERIES_IN_INS_VALUE));
    put(SQL_CORRELATED_SUBQUERIES_SUPPORTED, YES);
    put(
        SQL_SUPPORTED_UNIONS,
        mask(SqlSupportedUnions.SQL_UNION_VALUE, SqlSupportedUnions.SQL_UNION_ALL_VALUE));
  }

  private void limits(FlightDoorSettings settings) {
    for (SqlInfo unlimited :
        List.of(
            SQL_MAX_BINARY_LITERAL_LENGTH,
            SQL_MAX_CHAR_LITERAL_LENGTH,
            SQL_MAX_COLUMN_NAME_LENGTH,
            SQL_MAX_COLUMNS_IN_GROUP_BY,
            SQL_MAX_COLUMNS_IN_INDEX,
            SQL_MAX_COLUMNS_IN_ORDER_BY,
            SQL_MAX_COLUMNS_IN_SELECT,
            SQL_MAX_COLUMNS_IN_TABLE,
            SQL_MAX_CURSOR_NAME_LENGTH,
            SQL_MAX_INDEX_LENGTH,
            SQL_DB_SCHEMA_NAME_LENGTH,
            SQL_MAX_PROCEDURE_NAME_LENGTH,
            SQL_MAX_CATALOG_NAME_LENGTH,
            SQL_MAX_ROW_SIZE,
            SQL_MAX_TABLE_NAME_LENGTH,
            SQL_MAX_TABLES_IN_SELECT,
            SQL_MAX_USERNAME_LENGTH)) {
      put(unlimited, NO_LIMIT);
    }
    put(SQL_MAX_CONNECTIONS, new Count(SessionRegistry.MOST_PER_PRINCIPAL));
    put(SQL_MAX_STATEMENTS, new Count(settings.mostHandles()));
    put(SQL_MAX_STATEMENT_LENGTH, new Count(LONGEST_STATEMENT));
    put(SQL_MAX_ROW_SIZE_INCLUDES_BLOBS, YES);
  }

  private void transactionsAndResults() {
    put(
        SQL_DEFAULT_TRANSACTION_ISOLATION,
        new Count(SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE_VALUE));
    put(SQL_TRANSACTIONS_SUPPORTED, NO);
    put(
        SQL_SUPPORTED_TRANSACTIONS_ISOLATION_LEVELS,
        mask(SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE_VALUE));
    put(SQL_DATA_DEFINITION_CAUSES_TRANSACTION_COMMIT, NO);
    put(SQL_DATA_DEFINITIONS_IN_TRANSACTIONS_IGNORED, NO);
    put(
        SQL_SUPPORTED_RESULT_SET_TYPES,
        mask(SqlSupportedResultSetType.SQL_RESULT_SET_TYPE_FORWARD_ONLY_VALUE));
    put(SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_UNSPECIFIED, mask());
    put(
        SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_FORWARD_ONLY,
        mask(SqlSupportedResultSetConcurrency.SQL_RESULT_SET_CONCURRENCY_READ_ONLY_VALUE));
    put(SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_SENSITIVE, mask());
    put(SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET_SCROLL_INSENSITIVE, mask());
    put(SQL_BATCH_UPDATES_SUPPORTED, YES);
    put(SQL_SAVEPOINTS_SUPPORTED, NO);
    put(SQL_NAMED_PARAMETERS_SUPPORTED, NO);
    put(SQL_LOCATORS_UPDATE_COPY, NO);
    put(SQL_STORED_FUNCTIONS_USING_CALL_SYNTAX_SUPPORTED, NO);
  }

  /** CAST goes both ways between text, numbers, dates and booleans, as in Spark's ANSI mode. */
  private static Conversions conversions() {
    List<Integer> numbers =
        List.of(
            SqlSupportsConvert.SQL_CONVERT_BIGINT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_BIT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_DECIMAL_VALUE,
            SqlSupportsConvert.SQL_CONVERT_FLOAT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_INTEGER_VALUE,
            SqlSupportsConvert.SQL_CONVERT_NUMERIC_VALUE,
            SqlSupportsConvert.SQL_CONVERT_REAL_VALUE,
            SqlSupportsConvert.SQL_CONVERT_SMALLINT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_TINYINT_VALUE,
            SqlSupportsConvert.SQL_CONVERT_VARCHAR_VALUE);
    List<Integer> times =
        List.of(
            SqlSupportsConvert.SQL_CONVERT_DATE_VALUE,
            SqlSupportsConvert.SQL_CONVERT_TIMESTAMP_VALUE,
            SqlSupportsConvert.SQL_CONVERT_VARCHAR_VALUE);
    Map<Integer, List<Integer>> map = new HashMap<>();
    numbers.forEach(type -> map.put(type, numbers));
    times.forEach(type -> map.put(type, times));
    List<Integer> all = new ArrayList<>(numbers);
    all.addAll(times.subList(0, 2));
    map.put(SqlSupportsConvert.SQL_CONVERT_VARCHAR_VALUE, List.copyOf(all));
    return new Conversions(map);
  }

  private static Bits mask(int... choices) {
    int bits = 0;
    for (int choice : choices) {
      bits |= 1 << choice;
    }
    return new Bits(bits);
  }

  private static Texts texts(String words) {
    return new Texts(List.of(words.split(" ")));
  }

  private void put(SqlInfo code, SqlInfoValue value) {
    if (values.put(code.getNumber(), value) != null) {
      throw new IllegalStateException(code + " is there twice");
    }
  }
}
