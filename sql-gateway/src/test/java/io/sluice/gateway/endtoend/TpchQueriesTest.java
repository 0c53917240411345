package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bench.query.TpchQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
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

  /** The columns of ORDER BY by their place in the result; the queries left out have none. */
  private static final Map<Integer, List<Integer>> ORDER =
      Map.ofEntries(
          Map.entry(1, List.of(0, 1)),
          Map.entry(2, List.of(0, 2, 1, 3)),
          Map.entry(3, List.of(1, 2)),
          Map.entry(4, List.of(0)),
          Map.entry(5, List.of(1)),
          Map.entry(7, List.of(0, 1, 2)),
          Map.entry(8, List.of(0)),
          Map.entry(9, List.of(0, 1)),
          Map.entry(10, List.of(2)),
          Map.entry(11, List.of(1)),
          Map.entry(12, List.of(0)),
          Map.entry(13, List.of(1, 0)),
          Map.entry(15, List.of(0)),
          Map.entry(16, List.of(3, 0, 1, 2)),
          Map.entry(18, List.of(4, 3)),
          Map.entry(20, List.of(0)),
          Map.entry(21, List.of(1, 0)),
          Map.entry(22, List.of(0)));

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
    Connection connection = GATEWAY.shared("admin");
    String text = TpchQueries.text(number);
    assertSame(number, Rows.query(connection, text), tables.rows(text));
  }

  @ParameterizedTest
  @MethodSource("queriesWithoutAddress")
  void theAnalystGetsWhatSparkGivesOverProtectedViews(int number) throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    String text = TpchQueries.text(number);
    assertSame(number, Rows.query(connection, text), views.rows(text));
  }

  @Test
  void everyQueryThatOrdersIsComparedInOrder() {
    assertThat(queries().filter(number -> TpchQueries.text(number).contains("ORDER BY")).boxed())
        .containsExactlyInAnyOrderElementsOf(ORDER.keySet());
  }

  /** The same rows, and in the same order as far as ORDER BY tells it. */
  private static void assertSame(int number, List<List<String>> rows, List<List<String>> expected) {
    assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
    List<Integer> order = ORDER.getOrDefault(number, List.of());
    assertThat(keys(rows, order)).isEqualTo(keys(expected, order));
  }

  private static List<List<String>> keys(List<List<String>> rows, List<Integer> columns) {
    return rows.stream().map(row -> columns.stream().map(row::get).toList()).toList();
  }

  @Test
  void theQueryThatSelectsTheDeniedColumnIsRefusedExactly() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThatThrownBy(() -> Rows.query(connection, TpchQueries.text(10)))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining(
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/c_address]");
  }

  @Test
  void masksAndFiltersShowWhatTheDesignSays() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
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
