package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.filter;
import static io.sluice.gateway.endtoend.Policy.groups;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.roles;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Row filters for users, groups and roles, and what a user's own text cannot do to them. */
class RowFilterTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = users("analyst");
  private static final String EVERYBODY = groups("public");

  private static ChangedPolicies policies;
  private static DirectSpark spark;

  @BeforeAll
  static void applyPolicies() {
    spark = DirectSpark.open(GATEWAY.sparkEndpoint());
    policies = ChangedPolicies.in(GATEWAY);
    policies
        .with(
            "lake_userstore.json",
            """
                {"userAttrMapping":{"analyst":{"region":"3","nation":"GERMANY"}},
                 "userGroupMapping":{"analyst":["europe","sales"],"intern":["asia"]}}
                """)
        .with(
            "lake_roles.json",
            """
                {"serviceName":"lake","rangerRoles":[
                  {"name":"reader","users":[{"name":"intern"}],"roles":[{"name":"auditor"}]},
                  {"name":"auditor","groups":[{"name":"sales"}]}]}
                """)
        .apply(
            allow("tpch.*.*", EVERYBODY),
            filter("tpch.customer", ANALYST, "c_acctbal > 9000"),
            mask("tpch.customer.c_acctbal", ANALYST, "MASK_NULL"),
            filter("tpch.supplier", groups("europe"), "s_nationkey in (6, 7, 19, 22, 23)"),
            filter("tpch.part", roles("reader"), "p_size = 1"),
            filter("tpch.nation", ANALYST, "n_regionkey = ${{USER.region}}"),
            filter("tpch.region", ANALYST, "r_name in (${{GET_UG_NAMES_Q()}}) or r_regionkey = 4"),
            filter("tpch.orders", ANALYST, "o_totalprice < 50000"),
            filter("tpch.orders", ANALYST, "o_orderkey < 1000", 1),
            filter("tpch.lineitem", users("intern"), "l_comment = current_user()"));
  }

  @AfterAll
  static void putBack() {
    policies.close();
    spark.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          analyst | customer | c_acctbal > 9000
          intern  | customer | true
          admin   | customer | true
          analyst | supplier | s_nationkey in (6, 7, 19, 22, 23)
          intern  | supplier | true
          analyst | part     | p_size = 1
          intern  | part     | p_size = 1
          admin   | part     | true
          analyst | nation   | n_regionkey = 3
          intern  | nation   | true
          analyst | region   | r_regionkey = 4
          analyst | orders   | o_orderkey < 1000
          intern  | lineitem | false
          analyst | lineitem | true
          """)
  void everyUserSeesTheirRows(String user, String table, String filter) throws SQLException {
    Connection connection = GATEWAY.shared(user);
    assertThat(Rows.query(connection, "select count(*) from " + table))
        .isEqualTo(spark.rows("select count(*) from lake.tpch." + table + " where " + filter));
  }

  @Test
  void aFilterSeesTheValueThatAMaskHides() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThat(
            Rows.query(connection, "select c_custkey, c_acctbal from customer order by c_custkey"))
        .isNotEmpty()
        .isEqualTo(
            spark.rows(
                "select c_custkey, cast(null as decimal(15,2)) from lake.tpch.customer"
                    + " where c_acctbal > 9000 order by c_custkey"));
  }

  /** Each would show all 25 nations, or another number, if one of its relations were missed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select count(*) from nation",
        "select count(*) from lake.tpch.nation n",
        "select count(*) from (table nation)",
        "from nation |> aggregate count(*)",
        "with t as (select * from nation) select count(*) from t",
        "with nation as (select * from nation) select count(*) from nation",
        "select (select count(*) from nation)",
        "select count(*) from range(100) where id in (select n_nationkey from nation)",
        "select count(*) from range(1), lateral (select * from nation)",
        "select count(*) from (select 1 where false union all select n_nationkey from nation)",
        "select * from (select 1 as c, n_name from nation) pivot (count(n_name) for c in (1))",
        "select sum(case when exists (select 1 from nation where n_nationkey = id) then 1 end)"
            + " from range(100)",
        "select max(c) from (select count(*) over () as c from nation)",
        "select count(*) from nation tablesample (100 percent)",
        "select count(*) from nation a natural join nation b",
      })
  void everyPlaceOfARelationIsFiltered(String query) throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThat(Rows.query(connection, query)).containsExactly(List.of("5"));
  }

  /** A name in the filter that the user's own text offers too stays the table's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select count(*) from (select 3 as n_regionkey) o, lateral (select * from nation) i",
        "select count(*) from (select 3 as n_regionkey) nation_, nation r",
        "with r as (select 3 as n_regionkey) select count(*) from nation, r",
        "select count(*) from nation where 3 = 3 or n_regionkey <> 3",
        "select count(*) from nation r where true or r.n_regionkey = 0",
        "select count(*) from (select 3 as n_regionkey) r"
            + " join nation n on exists (select 1 from nation x where x.n_nationkey = n.n_nationkey)",
      })
  void aUsersTextCannotCaptureTheFilter(String query) throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThat(Rows.query(connection, query)).containsExactly(List.of("5"));
  }

  @Test
  void aCteHidesATableOnlyInItsScope() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThat(Rows.query(connection, "with nation as (select 1 as a) select count(*) from nation"))
        .containsExactly(List.of("1"));
    assertThat(
            Rows.query(
                connection,
                "with a as (select count(*) c from nation), nation as (select 1 as b)"
                    + " select c, (select count(*) from nation) from a"))
        .containsExactly(List.of("5", "1"));
    assertThat(
            Rows.query(
                connection,
                "select * from (with nation as (select 1 as b) select count(*) from nation),"
                    + " (select count(*) from nation)"))
        .containsExactly(List.of("1", "5"));
  }

  @Test
  void namesInFullAreTheTablesOwn() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThat(
            Rows.query(
                connection,
                "select distinct nation.n_regionkey, tpch.nation.n_regionkey from tpch.nation"))
        .containsExactly(List.of("3", "3"));
  }

  @Test
  void whoIsAskingIsTheUser() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThat(
            Rows.query(
                connection,
                "select current_user(), user(), session_user(), current_user, user, session_user"))
        .containsExactly(List.of("analyst", "analyst", "analyst", "analyst", "analyst", "analyst"));
  }

  @Test
  void anErrorUnderAFilterShowsNoValueAndNoText() throws SQLException {
    Connection connection = GATEWAY.shared("analyst");
    assertThatThrownBy(() -> Rows.query(connection, "select cast(n_name as int) from nation"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("[CAST_INVALID_INPUT] Spark refused or stopped the statement")
        .hasMessageNotContaining("GERMANY")
        .hasMessageNotContaining("SELECT");
  }
}
