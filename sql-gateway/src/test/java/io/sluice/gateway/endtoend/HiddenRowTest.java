package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A row that a filter hides cannot be made to fail a query, whatever the filter's form and wherever
 * the query's own predicates stand. Each query below raises an error on one hidden order alone, and
 * on none when that order is not read.
 */
class HiddenRowTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final Path POLICIES = GATEWAY.demo().policies().resolve("lake.json");
  private static final String DEMO_FILTER = "o_orderpriority in ('1-URGENT','2-HIGH')";

  /** Never zero, and an error on the hidden order H, of customer C. */
  private static final List<String> QUERIES =
      List.of(
          "select count(*) from orders where 1 / (o_orderkey - H) > -2",
          "select count(*) from orders where 1 / (o_orderkey - H) > -2 or o_custkey = 1",
          "select count(*) from orders"
              + " where if(o_orderkey = H, cast(o_orderpriority as int), 1) = 1",
          "select count(*) from orders where o_orderkey = H and raise_error(o_comment) is null",
          // Spark infers the same of the other column and puts that first.
          "select count(*) from orders"
              + " where o_custkey = o_orderkey and 1 / (o_custkey - H) > -2",
          "select count(*) from orders"
              + " where o_custkey in (select c_custkey from customer) and 1 / (o_orderkey - H) > -2",
          "select count(*) from orders where 1 / (o_orderkey - H) in (select 1 / c_custkey from"
              + " customer)",
          "select count(*) from orders"
              + " join customer on o_custkey = c_custkey and 1 / (o_orderkey - H) > -2",
          "select count(*) from customer"
              + " left join orders on o_custkey = c_custkey and 1 / (o_orderkey - H) > -2",
          "select count(*) from customer where exists (select 1 from orders"
              + " where o_custkey = c_custkey and 1 / (o_orderkey - H) > -2)",
          "select count(*) from customer where c_custkey = C and 0 <= (select count(1 / (o_orderkey"
              + " - H)) from orders where o_custkey = c_custkey)",
          "select count(*) from customer, lateral (select 1 / (o_orderkey - H) as x from orders"
              + " where o_custkey = c_custkey) where x > -2",
          "select count(*) from (select 1 / (o_orderkey - H) as x from orders) where x > -2",
          "select o_orderkey, count(*) from orders group by o_orderkey having 1 / (o_orderkey - H)"
              + " < -2",
          "select count(*) from (select o_orderkey, row_number() over (partition by o_orderkey order"
              + " by o_comment) from orders) where 1 / (o_orderkey - H) > -2",
          "select count(*) from (table orders union all table orders)"
              + " where 1 / (o_orderkey - H) > -2",
          "with o as (select * from orders) select count(*) from o a join o b"
              + " on a.o_orderkey = b.o_orderkey where 1 / (a.o_orderkey - H) > -2",
          "from orders |> where 1 / (o_orderkey - H) > -2 |> aggregate count(*)",
          "select count(*) from orders tablesample (90 percent) where 1 / (o_orderkey - H) > -2",
          "select 1 / (o_orderkey - H) from orders order by 1 / (o_orderkey - H) limit 1");

  private static String original;
  private static String hiddenKey;
  private static String hiddenCustomer;

  @BeforeAll
  static void findAHiddenRow() throws IOException, SQLException {
    original = Files.readString(POLICIES);
    assertThat(original).contains(DEMO_FILTER);
    try (Connection connection = GATEWAY.connect("admin")) {
      List<String> order =
          Rows.query(
                  connection,
                  "select o_orderkey, o_custkey from orders where o_orderpriority = '5-LOW'"
                      + " and year(o_orderdate) = 1996 order by 1 limit 1")
              .get(0);
      hiddenKey = order.get(0);
      hiddenCustomer = order.get(1);
    }
  }

  @AfterAll
  static void restoreThePolicies() throws IOException {
    apply(DEMO_FILTER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        DEMO_FILTER,
        "o_orderpriority like '%HIG%'",
        "date_format(o_orderdate, 'yyyy') = '1995'",
        "case when o_orderpriority = '2-HIGH' then o_orderkey > 100 else false end",
      })
  void isNeverGivenToAPredicateOfTheUser(String filter) throws IOException, SQLException {
    apply(filter);
    try (Connection connection = GATEWAY.connect("analyst")) {
      for (String query : QUERIES) {
        String text = query.replaceAll("\\bH\\b", hiddenKey).replaceAll("\\bC\\b", hiddenCustomer);
        assertThat(Rows.query(connection, text)).as(text).isNotNull();
      }
    }
  }

  /** The same queries fail for whom nothing is hidden, so the test above shows something. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19})
  void failsTheQueriesOfWhoMayReadIt(int query) throws SQLException {
    String text =
        QUERIES.get(query).replaceAll("\\bH\\b", hiddenKey).replaceAll("\\bC\\b", hiddenCustomer);
    try (Connection connection = GATEWAY.connect("admin")) {
      assertThat(catchThrowable(() -> Rows.query(connection, text)))
          .as(text)
          .isInstanceOf(SQLException.class);
    }
  }

  /** Writes the policies with another filter and waits until the analyst's rows are its rows. */
  private static void apply(String filter) throws IOException {
    String quoted = filter.replace("\\", "\\\\").replace("\"", "\\\"");
    Files.writeString(POLICIES, original.replace(DEMO_FILTER, quoted));
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              try (Connection admin = GATEWAY.connect("admin");
                  Connection analyst = GATEWAY.connect("analyst")) {
                String keys = "select count(*), sum(o_orderkey) from orders";
                assertThat(Rows.query(analyst, keys))
                    .isEqualTo(Rows.query(admin, keys + " where " + filter));
              }
            });
  }
}
