package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.hive.HiveDriver;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Drivers of HiveServer2, as released, against the whole of Sluice: what is theirs alone. Policies,
 * refusals and types are tested on every door together.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class HiveClientsTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  /** Runs for many minutes if nobody stops it. */
  private static final String LONG = "select sum(hash(id)) from range(1000000000000)";

  private static final String HTTP = "/;transportMode=http;httpPath=cliservice";

  @ParameterizedTest
  @EnumSource
  void metadataIsSparks(HiveDriver driver) throws SQLException {
    try (Connection analyst = connect(driver, "analyst")) {
      assertThat(analyst.getMetaData().getDatabaseProductName()).isEqualTo("Spark SQL");
      assertThat(analyst.getMetaData().getDatabaseProductVersion()).isEqualTo("4.1.2");
      assertThat(column(analyst.getMetaData().getCatalogs(), "TABLE_CAT")).containsExactly("lake");
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
  @MethodSource("driversOnBothTransports")
  void aScrollableResultSetIsReadAgain(HiveDriver driver, int port, String url)
      throws SQLException {
    try (Connection connection = driver.connect(port, url, "admin");
        Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
        ResultSet rows =
            statement.executeQuery("select n_name from nation order by n_nationkey limit 2")) {
      for (int again = 0; again < 2; again++) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("ALGERIA");
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("ARGENTINA");
        assertThat(rows.next()).isFalse();
        rows.beforeFirst();
      }
    }
  }

  static Stream<Arguments> driversOnBothTransports() {
    return Arrays.stream(HiveDriver.values())
        .flatMap(
            driver ->
                Stream.of(
                    Arguments.of(driver, GATEWAY.thriftPort(), "/"),
                    Arguments.of(driver, GATEWAY.httpPort(), HTTP)));
  }

  @ParameterizedTest
  @MethodSource("driversOnBothTransports")
  void cancelFreesSpark(HiveDriver driver, int port, String url) throws Exception {
    try (Connection connection = driver.connect(port, url, "admin");
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
      GATEWAY.awaitIdleSpark();
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
      GATEWAY.awaitIdleSpark();
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
    try (Connection connection = driver.connect(GATEWAY.httpPort(), HTTP, "analyst")) {
      assertThat(all(connection, "select count(*) from orders")).containsExactly(List.of("6085"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongPasswordIsRefused(HiveDriver driver) {
    String wrong = ";user=admin;password=wrong";
    assertThatThrownBy(() -> driver.connect(GATEWAY.thriftPort(), "/" + wrong, "nobody"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> driver.connect(GATEWAY.httpPort(), HTTP + wrong, "nobody"))
        .isInstanceOf(SQLException.class);
  }

  @Test
  void aProfileInTheUrlChoosesTheColumnsOfLists() throws SQLException {
    String hive = "/?sluice.hive.profile=hive";
    try (Connection connection = HiveDriver.HIVE_4.connect(GATEWAY.thriftPort(), hive, "intern")) {
      assertThat(all(connection, "show tables"))
          .containsExactly(List.of("nation"), List.of("region"));
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("show tables")) {
        assertThat(column(rows, "tab_name")).containsExactly("nation", "region");
      }
      try (Statement statement = connection.createStatement()) {
        statement.execute("set sluice.hive.profile = spark");
      }
      assertThat(all(connection, "show tables")).contains(List.of("tpch", "nation", "false"));
    }
    assertThatThrownBy(
            () ->
                HiveDriver.HIVE_4.connect(
                    GATEWAY.thriftPort(), "/?sluice.hive.profile=oracle", "intern"))
        .hasStackTraceContaining("It should be auto, spark or hive");
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
