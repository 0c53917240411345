package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.hive.HiveDriver;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Drivers of HiveServer2, as released, against the whole of Sluice. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class HiveClientsTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  /** Runs for many minutes if nobody stops it. */
  private static final String LONG = "select sum(hash(id)) from range(1000000000000)";

  @ParameterizedTest
  @EnumSource
  void everyTypeArrives(HiveDriver driver) throws SQLException {
    try (Connection connection = connect(driver, "admin");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select true as a, 1Y as b, 2S as c, 3 as d, 4L as e, 1.1f as f, 2.5d as g,"
                    + " cast(12.30 as decimal(15,2)) as h, 'text ä' as i,"
                    + " X'00ff' as j, date '2024-02-29' as k,"
                    + " timestamp '2024-02-29 12:34:56.789' as l,"
                    + " array(1, null) as m, map('x', 1) as n, struct(1 as p, 'q' as q) as o,"
                    + " interval '1-2' year to month as r, interval '1 02:03:04' day to second as s,"
                    + " cast(null as int) as t, cast(null as string) as u")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getBoolean("a")).isTrue();
      assertThat(rows.getByte("b")).isEqualTo((byte) 1);
      assertThat(rows.getShort("c")).isEqualTo((short) 2);
      assertThat(rows.getInt("d")).isEqualTo(3);
      assertThat(rows.getLong("e")).isEqualTo(4);
      assertThat(rows.getDouble("f")).isEqualTo(1.1);
      assertThat(rows.getDouble("g")).isEqualTo(2.5);
      assertThat(rows.getBigDecimal("h")).isEqualTo(new BigDecimal("12.30"));
      assertThat(rows.getString("i")).isEqualTo("text ä");
      assertThat((byte[]) rows.getObject("j")).containsExactly(0, -1);
      assertThat(rows.getDate("k")).isEqualTo(Date.valueOf("2024-02-29"));
      assertThat(rows.getTimestamp("l")).isEqualTo(Timestamp.valueOf("2024-02-29 12:34:56.789"));
      assertThat(rows.getString("m")).isEqualTo("[1,null]");
      assertThat(rows.getString("n")).isEqualTo("{\"x\":1}");
      assertThat(rows.getString("o")).isEqualTo("{\"p\":1,\"q\":\"q\"}");
      assertThat(rows.getString("r")).isEqualTo("1-2");
      assertThat(rows.getString("s")).startsWith("1 02:03:04.000000000");
      assertThat(rows.getObject("t")).isNull();
      assertThat(rows.getString("u")).isNull();
      assertThat(rows.wasNull()).isTrue();
      ResultSetMetaData columns = rows.getMetaData();
      assertThat(columns.getColumnName(8)).isEqualTo("h");
      assertThat(columns.getColumnType(8)).isEqualTo(Types.DECIMAL);
      assertThat(columns.getPrecision(8)).isEqualTo(15);
      assertThat(columns.getScale(8)).isEqualTo(2);
      assertThat(rows.next()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void longResultsArriveWhole(HiveDriver driver) throws SQLException {
    try (Connection connection = connect(driver, "admin");
        Statement statement = connection.createStatement()) {
      long sum = 0;
      long count = 0;
      try (ResultSet rows = statement.executeQuery("select l_orderkey, l_comment from lineitem")) {
        while (rows.next()) {
          sum += rows.getLong(1);
          count += rows.getString(2) == null ? 0 : 1;
        }
      }
      assertThat(count).isEqualTo(60_175);
      assertThat(all(connection, "select sum(l_orderkey) from lineitem"))
          .containsExactly(List.of(String.valueOf(sum)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void policiesHold(HiveDriver driver) throws SQLException {
    try (Connection analyst = connect(driver, "analyst")) {
      assertThat(all(analyst, "select count(*) from orders")).containsExactly(List.of("6085"));
      assertThat(all(analyst, "select c_phone from customer where c_custkey = 1"))
          .containsExactly(List.of("xx-xxx-xxx-2988"));
      assertThatThrownBy(() -> all(analyst, "select c_address from customer"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("[tpch/customer/c_address]");
    }
    try (Connection intern = connect(driver, "intern")) {
      assertThat(all(intern, "select count(*) from nation")).containsExactly(List.of("25"));
      assertThatThrownBy(() -> all(intern, "select * from orders"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
          .hasMessageContaining("user [intern] does not have [select] privilege on [tpch/orders]")
          .hasMessageNotContaining("\tat ");
    }
  }

  @ParameterizedTest
  @EnumSource
  void errorsKeepTheirTextAndState(HiveDriver driver) throws SQLException {
    try (Connection connection = connect(driver, "admin")) {
      assertThatThrownBy(() -> all(connection, "select * from no_such"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42P01"))
          .hasMessageContaining("[TABLE_OR_VIEW_NOT_FOUND]");
      assertThatThrownBy(() -> all(connection, "select 1 +"))
          .hasMessageContaining("[PARSE_SYNTAX_ERROR]");
      assertThatThrownBy(
              () -> all(connection, "select 1 / (n_nationkey - n_nationkey) from nation"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22012"))
          .hasMessageContaining("[DIVIDE_BY_ZERO]");
    }
    assertThatThrownBy(
            () -> driver.connect(GATEWAY.thriftPort(), "/;user=admin;password=wrong", "nobody"))
        .isInstanceOf(SQLException.class);
  }

  @ParameterizedTest
  @EnumSource
  void metadataIsWhatTheUserMaySee(HiveDriver driver) throws SQLException {
    try (Connection analyst = connect(driver, "analyst")) {
      assertThat(analyst.getMetaData().getDatabaseProductName()).isEqualTo("Spark SQL");
      assertThat(analyst.getMetaData().getDatabaseProductVersion()).isEqualTo("4.1.2");
      assertThat(column(analyst.getMetaData().getCatalogs(), "TABLE_CAT")).containsExactly("lake");
      assertThat(column(analyst.getMetaData().getSchemas(), "TABLE_SCHEM")).contains("tpch");
      assertThat(
              column(
                  analyst.getMetaData().getTables(null, "tpch", "cust%", new String[] {"TABLE"}),
                  "TABLE_NAME"))
          .containsExactly("customer");
      assertThat(
              column(
                  analyst.getMetaData().getColumns(null, "tpch", "customer", "c\\_a%"),
                  "COLUMN_NAME"))
          .as("without the denied c_address")
          .containsExactly("c_acctbal");
      assertThat(column(analyst.getMetaData().getTypeInfo(), "TYPE_NAME"))
          .contains("DECIMAL", "TIMESTAMP_NTZ");
      assertThat(column(analyst.getMetaData().getTableTypes(), "TABLE_TYPE")).contains("VIEW");
      assertThat(column(analyst.getMetaData().getFunctions(null, null, "sub%"), "FUNCTION_NAME"))
          .contains("substring");
      assertThat(column(analyst.getMetaData().getPrimaryKeys(null, "tpch", "orders"), "PK_NAME"))
          .isEmpty();
    }
    try (Connection intern = connect(driver, "intern")) {
      assertThat(column(intern.getMetaData().getTables(null, null, null, null), "TABLE_NAME"))
          .containsExactlyInAnyOrder("nation", "region");
    }
  }

  @ParameterizedTest
  @EnumSource
  void statementsForTheirEffectHaveNoRows(HiveDriver driver) throws SQLException {
    String table = "hive_" + driver.name().toLowerCase(java.util.Locale.ROOT);
    try (Connection connection = connect(driver, "admin");
        Statement statement = connection.createStatement()) {
      assertThat(statement.execute("create table " + table + " (a int) using iceberg")).isFalse();
      assertThat(statement.execute("insert into " + table + " values (1), (2)")).isFalse();
      assertThat(all(connection, "select sum(a) from " + table)).containsExactly(List.of("3"));
      statement.execute("set spark.sql.shuffle.partitions = 3");
      assertThat(all(connection, "set spark.sql.shuffle.partitions").get(0)).contains("3");
      statement.execute("drop table " + table);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelFreesSpark(HiveDriver driver) throws Exception {
    try (Connection connection = connect(driver, "admin");
        Statement statement = connection.createStatement()) {
      CompletableFuture<Void> run =
          CompletableFuture.runAsync(
              () -> {
                try (ResultSet rows = statement.executeQuery(LONG)) {
                  rows.next();
                } catch (SQLException e) {
                  throw new IllegalStateException(e.getMessage(), e);
                }
              });
      GATEWAY.awaitBusySpark();
      statement.cancel();
      assertThatThrownBy(run::join).hasRootCauseInstanceOf(SQLException.class);
      await().atMost(Duration.ofSeconds(20)).until(() -> GATEWAY.runningStatements() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aQueryTimeOutEndsTheStatement(HiveDriver driver) throws SQLException {
    try (Connection connection = connect(driver, "admin");
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(2);
      assertThatThrownBy(() -> statement.executeQuery(LONG)).isInstanceOf(SQLException.class);
      await().atMost(Duration.ofSeconds(20)).until(() -> GATEWAY.runningStatements() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDatabaseInTheUrlIsUsed(HiveDriver driver) throws SQLException {
    try (Connection connection = driver.connect(GATEWAY.thriftPort(), "/tpch", "admin")) {
      assertThat(all(connection, "select count(*) from region")).containsExactly(List.of("5"));
    }
    try (Connection connection = driver.connect(GATEWAY.thriftPort(), "/default", "admin")) {
      assertThat(all(connection, "select count(*) from region")).containsExactly(List.of("5"));
    }
    assertThatThrownBy(() -> driver.connect(GATEWAY.thriftPort(), "/no_such", "admin"))
        .hasStackTraceContaining("SCHEMA_NOT_FOUND");
  }

  @ParameterizedTest
  @EnumSource
  void withoutSaslTheLoginComesWithTheSession(HiveDriver driver) throws SQLException {
    try (Connection connection = driver.connect(GATEWAY.thriftPort(), "/;auth=noSasl", "analyst")) {
      assertThat(all(connection, "select count(*) from orders")).containsExactly(List.of("6085"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theHttpTransportServesTheSame(HiveDriver driver) throws SQLException {
    String http = "/;transportMode=http;httpPath=cliservice";
    try (Connection connection = driver.connect(GATEWAY.httpPort(), http, "analyst")) {
      assertThat(all(connection, "select count(*) from orders")).containsExactly(List.of("6085"));
      assertThat(all(connection, "select l_orderkey from lineitem limit 5000")).hasSize(5000);
      assertThatThrownBy(() -> all(connection, "select c_address from customer"))
          .hasMessageContaining("[tpch/customer/c_address]");
      assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("Spark SQL");
    }
    assertThatThrownBy(
            () ->
                driver.connect(GATEWAY.httpPort(), http + ";user=analyst;password=wrong", "nobody"))
        .isInstanceOf(SQLException.class);
  }

  private static Connection connect(HiveDriver driver, String user) throws SQLException {
    return driver.connect(GATEWAY.thriftPort(), "/", user);
  }

  private static List<String> column(ResultSet result, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    try (result) {
      while (result.next()) {
        values.add(result.getString(name));
      }
    }
    return values;
  }

  private static List<List<String>> all(Connection connection, String sql) throws SQLException {
    List<List<String>> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
          row.add(rows.getString(column));
        }
        all.add(row);
      }
    }
    return all;
  }
}
