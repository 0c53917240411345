package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What GetSqlInfo says of Sluice's SQL, as JDBC's DatabaseMetaData tells it, tried for real. */
class StatedFactsTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static Connection admin;
  private static DatabaseMetaData facts;

  @BeforeAll
  static void ask() throws SQLException {
    admin = GATEWAY.shared("admin");
    facts = admin.getMetaData();
  }

  private static List<List<String>> rows(String sql) throws SQLException {
    return Rows.query(admin, sql);
  }

  private static void run(String sql) throws SQLException {
    try (Statement statement = admin.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          assertThat(rows.next()).isTrue();
        }
      }
    }
  }

  private static void isRefused(String sql, String why) {
    assertThatThrownBy(() -> run(sql)).as(sql).hasStackTraceContaining(why);
  }

  /** A call of every function that is named, as a column. */
  private static String calls(String named, String examples) {
    Map<String, String> calls = new TreeMap<>();
    for (String example : examples.split(" *; *")) {
      calls.put(example.replaceFirst("\\(.*", "").toUpperCase(java.util.Locale.ROOT), example);
    }
    assertThat(calls.keySet()).containsExactlyInAnyOrder(named.split(", *"));
    return "select " + String.join(", ", calls.values());
  }

  @Test
  void everyFunctionThatIsNamedCanBeCalled() throws SQLException {
    run(
        calls(
            facts.getNumericFunctions(),
            "abs(1); acos(1); asin(1); atan(1); atan2(1, 1); ceiling(1); cos(1); cot(1);"
                + " degrees(1); exp(1); floor(1); log(2); log10(2); mod(3, 2); pi(); power(2, 2);"
                + " radians(1); rand(1); round(1.5); sign(1); sin(1); sqrt(1); tan(1)"));
    run(
        calls(
            facts.getStringFunctions(),
            "ascii('a'); bit_length('a'); char(65); char_length('a'); character_length('a');"
                + " concat('a', 'b'); lcase('A'); left('ab', 1); length('a'); locate('a', 'b');"
                + " ltrim(' a'); octet_length('a'); position('a', 'b'); repeat('a', 2);"
                + " replace('a', 'b', 'c'); right('ab', 1); rtrim('a '); soundex('a'); space(1);"
                + " substring('abc', 2, 1); ucase('a')"));
    run(calls(facts.getSystemFunctions(), "ifnull(null, 1)"));
    run(
        calls(
            facts.getTimeDateFunctions(),
            "curdate(); current_date(); current_timestamp(); dayname(date'2020-01-01');"
                + " dayofmonth(date'2020-01-01'); dayofweek(date'2020-01-01');"
                + " dayofyear(date'2020-01-01'); extract(year from date'2020-01-01');"
                + " hour(timestamp'2020-01-01 00:00:00'); minute(timestamp'2020-01-01 00:00:00');"
                + " month(date'2020-01-01'); monthname(date'2020-01-01'); now();"
                + " quarter(date'2020-01-01'); second(timestamp'2020-01-01 00:00:00');"
                + " timestampadd(month, 1, timestamp'2020-01-01 00:00:00');"
                + " timestampdiff(month, timestamp'2020-01-01 00:00:00',"
                + " timestamp'2020-03-01 00:00:00');"
                + " weekofyear(date'2020-01-01'); year(date'2020-01-01')"));
  }

  private record Convertible(int jdbc, String type, String value) {}

  @Test
  void everyConversionThatIsNamedIsACast() throws SQLException {
    List<Convertible> types =
        List.of(
            new Convertible(Types.BIGINT, "bigint", "1L"),
            new Convertible(Types.BIT, "boolean", "true"),
            new Convertible(Types.DECIMAL, "decimal(10,2)", "1.5BD"),
            new Convertible(Types.FLOAT, "double", "1.5D"),
            new Convertible(Types.INTEGER, "int", "1"),
            new Convertible(Types.NUMERIC, "decimal(10,2)", "1.5BD"),
            new Convertible(Types.REAL, "float", "1.5F"),
            new Convertible(Types.SMALLINT, "smallint", "1S"),
            new Convertible(Types.TINYINT, "tinyint", "1Y"),
            new Convertible(Types.DATE, "date", "date'2020-01-01'"),
            new Convertible(Types.TIMESTAMP, "timestamp", "timestamp'2020-01-01 00:00:00'"),
            new Convertible(Types.VARCHAR, "string", ""));
    List<String> casts = new ArrayList<>();
    for (Convertible from : types) {
      for (Convertible to : types) {
        if (facts.supportsConvert(from.jdbc, to.jdbc)) {
          String value =
              !from.value.isEmpty()
                  ? from.value
                  : switch (to.jdbc) {
                    case Types.DATE, Types.TIMESTAMP -> "'2020-01-01'";
                    case Types.BIT -> "'true'";
                    default -> "'1'";
                  };
          casts.add("cast(" + value + " as " + to.type + ")");
        }
      }
    }
    assertThat(casts).hasSizeGreaterThan(100);
    run("select " + String.join(", ", casts));
  }

  @Test
  void namesOfTablesAreToldApartByCaseAndThoseOfColumnsAreNot() throws SQLException {
    assertThat(rows("select N_NAME, `n_Name` from nation limit 1")).hasSize(1);
    isRefused("select 1 from NATION", "[TABLE_OR_VIEW_NOT_FOUND]");
    isRefused("select 1 from `Nation`", "[TABLE_OR_VIEW_NOT_FOUND]");
    isRefused("select 1 from Tpch.nation", "[TABLE_OR_VIEW_NOT_FOUND]");
    assertThat(facts.getIdentifierQuoteString()).isEqualTo("`");
  }

  @Test
  void nullsAreSortedLow() throws SQLException {
    assertThat(rows("select x from values (1), (null) t(x) order by x").get(0).get(0))
        .isEqualTo("null");
    assertThat(rows("select x from values (1), (null) t(x) order by x desc").get(1).get(0))
        .isEqualTo("null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "supportsColumnAliasing; select 1 as a",
        "nullPlusNonNullIsNull; select assert_true(1 + null is null)",
        "supportsTableCorrelationNames; select a.n_name from nation a",
        "supportsExpressionsInOrderBy; select n_name from nation order by n_nationkey * 2",
        "supportsOrderByUnrelated; select n_name from nation order by n_comment",
        "supportsGroupByUnrelated; select count(*) from nation group by n_regionkey",
        "supportsGroupByBeyondSelect; select n_name from nation group by n_name, n_regionkey",
        "supportsLikeEscapeClause; select 'a_b' like 'a!_b' escape '!'",
        "supportsLimitedOuterJoins; select 1 from region left join nation on n_regionkey ="
            + " r_regionkey",
        "supportsFullOuterJoins; select 1 from region full join nation on n_regionkey ="
            + " r_regionkey",
        "supportsSubqueriesInComparisons; select 1 from nation where n_nationkey = (select"
            + " max(r_regionkey) from region)",
        "supportsSubqueriesInExists; select 1 from nation where exists (select 1 from region)",
        "supportsSubqueriesInIns; select 1 from nation where n_regionkey in (select r_regionkey"
            + " from region)",
        "supportsCorrelatedSubqueries; select 1 from region where exists (select 1 from nation"
            + " where n_regionkey = r_regionkey)",
        "supportsUnion; select 1 union select 2",
        "supportsUnionAll; select 1 union all select 2",
        "supportsStoredProcedures; call lake.system.expire_snapshots(table => 'tpch.nation',"
            + " older_than => timestamp'2000-01-01 00:00:00')",
      })
  void whatIsSaidToBeThereIsThere(String claim, String sql) throws Exception {
    assertThat(DatabaseMetaData.class.getMethod(claim).invoke(facts)).isEqualTo(true);
    rows(sql);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "supportsSubqueriesInQuantifieds; select 1 where 1 > all (select 0)",
        "supportsSelectForUpdate; select n_name from nation for update",
        "supportsTransactions; start transaction",
        "supportsSavepoints; savepoint a",
        "supportsIntegrityEnhancementFacility; create table lake.default.facts (a int primary key)",
      })
  void whatIsSaidToBeMissingIsRefused(String claim, String sql) throws Exception {
    assertThat(DatabaseMetaData.class.getMethod(claim).invoke(facts)).isEqualTo(false);
    assertThatThrownBy(() -> run(sql)).isInstanceOf(SQLException.class);
  }

  @Test
  void statementsAreServedUpToTheLengthThatIsSaid() throws SQLException {
    String head = "select 1 -- ";
    int most = facts.getMaxStatementLength();
    assertThat(rows(head + "x".repeat(most - head.length()))).containsExactly(List.of("1"));
    isRefused(head + "x".repeat(most - head.length() + 1), "[STATEMENT_TOO_LARGE]");
  }

  @Test
  void columnsCanBeNonNullable() throws SQLException {
    assertThat(facts.supportsNonNullableColumns()).isTrue();
    run("create table lake.default.facts (a int not null)");
    try {
      isRefused("insert into lake.default.facts values (null)", "NOT_NULL");
    } finally {
      run("drop table lake.default.facts");
    }
  }
}
