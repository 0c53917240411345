package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** EXPLAIN of writes, and DESCRIBE of queries. */
class ExplainTest {

  private final PlannerFixture planner = PlannerFixture.tpch();

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          explain insert into nation table nation         | explain insert into {N} table {N}
          explain extended delete from nation where n_nationkey = 1 | explain extended delete from {N} where n_nationkey = 1
          explain formatted update nation set n_name = 'a' | explain formatted update {N} set n_name = 'a'
          explain merge into nation using region on true when matched then delete | explain merge into {N} using {R} on true when matched then delete
          explain with a as (select 1) insert into nation select 1, '', 1, '' from a | explain with a as (select 1) insert into {N} select 1, '', 1, '' from a
          explain from region insert into nation select *, 1 | explain from {R} insert into {N} select *, 1
          explain insert overwrite nation table nation    | explain insert overwrite {N} table {N}
          describe query select n_name from nation        | describe query select n_name from {N}
          desc select n_name from nation                  | desc select n_name from {N}
          describe query with a as (table nation) select * from a | describe query with a as (table {N}) select * from a
          """)
  void isShownAsItWouldRun(String sql, String expected) {
    planner
        .sql(sql)
        .becomes(
            expected
                .replace("{N}", "`lake`.`tpch`.`nation`")
                .replace("{R}", "`lake`.`tpch`.`region`"));
    assertThat(planner.sql(sql).analysis().command()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explain insert overwrite directory '/tmp' using csv select * from nation",
        "explain insert into nation.branch_x select 1",
        "explain drop table nation",
        "explain create table t as select 1",
        "explain truncate table nation",
        "explain set a = 1",
        "explain insert into lake.tpch.nation.branch_x select 1",
        "describe query select * from tpch.nation.files",
        "describe query from nation insert into region select 1",
      })
  void isNotServed(String sql) {
    assertThat(planner.sql(sql).failure().code())
        .isIn(
            ErrorCode.NOT_SUPPORTED,
            ErrorCode.PARSE_SYNTAX_ERROR,
            ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
  }

  @Test
  void whoMayNotWriteMayNotExplain() {
    planner
        .as("intern")
        .sql("explain delete from nation")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [update] privilege on [tpch/nation]");
    planner.as("analyst").sql("explain delete from orders").refused(ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void anAdministratorSeesThePlanOfWhatIsHidden() {
    PlannerFixture restricted =
        PlannerFixture.with(
            PlannerFixture.tpchCatalog(),
            PlannerFixture.tpchPolicies()
                .filter("admin", "lake.tpch.orders", "o_orderkey > 1")
                .permitAll("clerk", "lake.scratch*")
                .grant("clerk", "lake.*")
                .filter("clerk", "lake.tpch.orders", "o_orderkey > 1"));
    for (String explain :
        new String[] {
          "explain select o_orderkey from orders",
          "explain insert into scratch.notes select o_orderkey, o_clerk from orders"
        }) {
      assertThat(restricted.sql(explain).rewritten())
          .startsWith("explain ")
          .contains("WHERE (`r`.`o_orderkey` > 1)");
      assertThat(restricted.sql(explain).analysis().restricted()).isTrue();
      assertThat(restricted.as("clerk").sql(explain).refused(ErrorCode.PERMISSION_DENIED))
          .hasMessageContaining("may not see the plan of a statement on [tpch/orders]");
    }
  }

  @Test
  void describeOfAQueryShowsWhatItHasForTheUser() {
    PlannerFixture analyst = planner.as("analyst");
    assertThat(analyst.sql("describe query select c_custkey from customer").rewritten())
        .startsWith("describe query select c_custkey from (SELECT ")
        .doesNotContain("c_address");
    analyst
        .sql("describe query select * from customer")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/c_address]");
    analyst.sql("desc select c_address from customer").refused(ErrorCode.PERMISSION_DENIED);
    analyst.sql("describe query select 1 from secret").analysis();
    planner
        .as("intern")
        .sql("describe query select * from secret")
        .refused(ErrorCode.PERMISSION_DENIED);
  }
}
