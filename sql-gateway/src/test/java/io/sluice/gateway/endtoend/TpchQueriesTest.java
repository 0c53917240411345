package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.query.TpchQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The 22 queries of TPC-H through the JDBC driver, against the same queries that Spark is asked
 * directly: over the tables for the administrator, and for the analyst over views that filter and
 * mask by hand.
 */
class TpchQueriesTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static DirectSpark tables;
  private static DirectSpark views;

  static IntStream queries() {
    return IntStream.rangeClosed(1, 22);
  }

  static IntStream queriesWithoutAddress() {
    return queries().filter(number -> number != 10);
  }

  @BeforeAll
  static void openDirectSessions() {
    tables = DirectSpark.open(GATEWAY.sparkEndpoint());
    tables.run("use lake.tpch");
    views = DirectSpark.open(GATEWAY.sparkEndpoint());
    for (String table : List.of("lineitem", "nation", "part", "partsupp", "region", "supplier")) {
      views.run("create temporary view " + table + " as select * from lake.tpch." + table);
    }
    views.run(
        "create temporary view orders as select * from lake.tpch.orders"
            + " where o_orderpriority in ('1-URGENT', '2-HIGH')");
    // The mask, written another way than Sluice writes it; every phone has 15 characters.
    views.run(
        "create temporary view customer as select c_custkey, c_name, c_nationkey,"
            + " concat('xx-xxx-xxx-', substr(c_phone, 12)) as c_phone,"
            + " cast(null as decimal(15, 2)) as c_acctbal, c_mktsegment, c_comment"
            + " from lake.tpch.customer");
  }

  @AfterAll
  static void closeDirectSessions() {
    tables.close();
    views.close();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void theAdministratorGetsWhatSparkGives(int number) throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      String text = TpchQueries.text(number);
      assertThat(Rows.query(connection, text))
          .containsExactlyInAnyOrderElementsOf(tables.rows(text));
    }
  }

  @ParameterizedTest
  @MethodSource("queriesWithoutAddress")
  void theAnalystGetsWhatSparkGivesOverProtectedViews(int number) throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      String text = TpchQueries.text(number);
      assertThat(Rows.query(connection, text))
          .containsExactlyInAnyOrderElementsOf(views.rows(text));
    }
  }

  @Test
  void theQueryThatSelectsTheDeniedColumnIsRefusedExactly() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      assertThatThrownBy(() -> Rows.query(connection, TpchQueries.text(10)))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(
              "Permission denied: user [analyst] does not have [select] privilege on"
                  + " [tpch/customer/c_address]");
    }
  }

  @Test
  void masksAndFiltersShowWhatTheDesignSays() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      assertThat(Rows.query(connection, "select count(*) from orders"))
          .containsExactly(List.of("6085"));
      assertThat(
              Rows.query(connection, "select c_phone, c_acctbal from customer where c_custkey = 1"))
          .containsExactly(List.of("xx-xxx-xxx-2988", "null"));
      // A mask holds in a predicate too: the raw number finds nothing.
      assertThat(
              Rows.query(
                  connection, "select count(*) from customer where c_phone = '25-989-741-2988'"))
          .containsExactly(List.of("0"));
      assertThat(
              Rows.query(
                  connection, "select count(*) from customer where c_phone like 'xx-xxx-xxx-____'"))
          .containsExactly(List.of("1500"));
      assertThat(Rows.query(connection, "select count(*) from customer"))
          .containsExactly(List.of("1500"));
    }
  }
}
