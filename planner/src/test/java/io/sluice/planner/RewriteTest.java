package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewriteTest {

  private static final String NATION = "`lake`.`tpch`.`nation`";
  private static final String ORDERS =
      "(SELECT * FROM (SELECT `r`.`o_orderkey`, `r`.`o_custkey`, `r`.`o_orderstatus`, `r`.`o_totalprice`,"
          + " `r`.`o_orderdate`, `r`.`o_orderpriority`, `r`.`o_clerk`, `r`.`o_shippriority`,"
          + " `r`.`o_comment` FROM `lake`.`tpch`.`orders` AS `r` WHERE (`r`.`o_orderpriority` in"
          + " ('1-URGENT', '2-HIGH'))) TABLESAMPLE (100 PERCENT) REPEATABLE (0))";

  private final PlannerFixture planner = PlannerFixture.tpch();

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          select * from nation                       | select * from {N}
          select * from tpch.nation                  | select * from {N}
          select * from lake.tpch.nation             | select * from {N}
          select * from `lake`.tpch.`nation` as n    | select * from {N} as n
          select tpch.nation.n_name from nation      | select tpch.nation.n_name from {N}
          table nation                               | table {N}
          from nation                                | from {N}
          from nation select n_name                  | from {N} select n_name
          from nation |> where n_nationkey > 1 |> select n_name | from {N} |> where n_nationkey > 1 |> select n_name
          select 1 limit (select count(*) from nation) | select 1 limit (select count(*) from {N})
          select (select max(n_name) from nation)    | select (select max(n_name) from {N})
          select exists (select 1 from nation)       | select exists (select 1 from {N})
          select 1 in (select n_nationkey from nation) | select 1 in (select n_nationkey from {N})
          select 1 union all select 2 from nation    | select 1 union all select 2 from {N}
          select 1 except (table nation)             | select 1 except (table {N})
          values ((select 1 from nation))            | values ((select 1 from {N}))
          select * from values (1) t(a) join nation on a = n_nationkey | select * from values (1) t(a) join {N} on a = n_nationkey
          select * from nation n, lateral (select 1 from region r where r.r_regionkey = n.n_regionkey) | select * from {N} n, lateral (select 1 from `lake`.`tpch`.`region` r where r.r_regionkey = n.n_regionkey)
          select * from nation pivot (count(*) for n_name in ('a', 'b')) | select * from {N} pivot (count(*) for n_name in ('a', 'b'))
          select * from nation unpivot (v for k in (n_name, n_comment)) | select * from {N} unpivot (v for k in (n_name, n_comment))
          select * from nation lateral view explode(array(1)) e as x | select * from {N} lateral view explode(array(1)) e as x
          select sum(1) over (order by (select 1 from nation) rows between (select 1) preceding and current row) | select sum(1) over (order by (select 1 from {N}) rows between (select 1) preceding and current row)
          select transform(array(1), x -> x + (select 1 from nation)) | select transform(array(1), x -> x + (select 1 from {N}))
          select /*+ broadcast(nation) */ * from nation | select /*+ broadcast(nation) */ * from {N}
          select * from nation tablesample (10 percent) | select * from {N} tablesample (10 percent)
          select * from nation version as of 12      | select * from {N} version as of 12
          select * from nation timestamp as of '2020-01-01' n | select * from {N} timestamp as of '2020-01-01' n
          select * from nation timestamp as of current_timestamp() | select * from {N} timestamp as of current_timestamp()
          select * from nation with ('split-size' = 5) | select * from {N} with ('split-size' = 5)
          explain select * from nation               | explain select * from {N}
          explain formatted select * from nation     | explain formatted select * from {N}
          select * from range(5)                     | select * from range(5)
          select * from nation;                      | select * from {N}
          select 1 -- it's nation                    | select 1
          select /* nation */ 1 /* /* x */ */ + 2    | select   1   + 2
          select '😀', n_name from nation -- 😀        | select '😀', n_name from {N}
          """)
  void unrestrictedRelationsAreOnlyQualified(String sql, String expected) {
    planner.sql(sql).becomes(expected.replace("{N}", NATION));
  }

  @Test
  void quotesInNamesAreDoubled() {
    planner.sql("select * from `odd``name`").becomes("select * from `lake`.`tpch`.`odd``name`");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          select count(*) from orders          | select count(*) from {O} AS `orders`
          select count(*) from orders o        | select count(*) from {O} o
          select count(*) from orders as o(a)  | select count(*) from {O} as o(a)
          select count(*) from orders tablesample (5 rows) | select count(*) from {O} tablesample (5 rows) AS `orders`
          select count(*) from orders tablesample (5 rows) o | select count(*) from {O} tablesample (5 rows) o
          table orders order by orders.o_orderkey | (SELECT * FROM {O} AS `orders`) order by orders.o_orderkey
          table orders union table nation      | (SELECT * FROM {O} AS `orders`) union table `lake`.`tpch`.`nation`
          select tpch.orders.o_clerk from orders where lake.tpch.orders.o_orderkey = 1 | select orders.o_clerk from {O} AS `orders` where orders.o_orderkey = 1
          select tpch.orders.* from orders     | select orders.* from {O} AS `orders`
          select * except (tpch.orders.o_clerk) from orders | select * except (orders.o_clerk) from {O} AS `orders`
          select * from orders o join nation on o_custkey = n_nationkey | select * from {O} o join `lake`.`tpch`.`nation` on o_custkey = n_nationkey
          with o as (select * from orders) select * from o | with o as (select * from {O} AS `orders`) select * from o
          """)
  void aRestrictedRelationBecomesWhatPolicyLeavesOfIt(String sql, String expected) {
    planner.as("analyst").sql(sql).becomes(expected.replace("{O}", ORDERS));
  }

  @Test
  void optionsMoveInsideAndStayBehindTheName() {
    planner
        .as("analyst")
        .sql("select 1 from orders with ('split-size' = 5) o")
        .becomes(
            "select 1 from "
                + ORDERS.replace("`orders` AS", "`orders` with ('split-size' = 5) AS")
                + " o");
  }

  @Test
  void aBarrierStandsAroundAFilterWhateverItsFormAndNowhereElse() {
    for (String filter :
        List.of("n_nationkey = 1", "n_name like '%A%'", "true", "upper(n_name) rlike 'A'")) {
      PlannerFixture.with(
              PlannerFixture.tpchCatalog(),
              new FakePolicies()
                  .grant("u", "lake.*")
                  .mask("u", "lake.tpch.nation", "n_comment", "MASK_NULL")
                  .filter("u", "lake.tpch.nation", filter))
          .as("u")
          .sql("select 1 from nation")
          .becomes(
              "select 1 from (SELECT * FROM (SELECT `r`.`n_nationkey`, `r`.`n_name`,"
                  + " `r`.`n_regionkey`, CAST(NULL AS string) AS `n_comment` FROM "
                  + NATION
                  + " AS `r` WHERE ("
                  + filter.replaceAll("n_[a-z]+", "`r`.`$0`")
                  + ")) TABLESAMPLE (100 PERCENT) REPEATABLE (0)) AS `nation`");
    }
    assertThat(planner.as("analyst").sql("select 1 from customer").rewritten())
        .doesNotContain("TABLESAMPLE");
  }

  @Test
  void masksAndDeniedColumnsStandInTheList() {
    planner
        .as("analyst")
        .sql("select c_phone from customer")
        .becomes(
            "select c_phone from (SELECT `r`.`c_custkey`, `r`.`c_name`, `r`.`c_nationkey`,"
                + " CAST(CASE WHEN length(`r`.`c_phone`) <= 4 THEN regexp_replace(`r`.`c_phone`,"
                + " r'[\\p{L}\\p{N}]', 'x') ELSE concat(regexp_replace(left(`r`.`c_phone`,"
                + " length(`r`.`c_phone`) - 4), r'[\\p{L}\\p{N}]', 'x'), right(`r`.`c_phone`, 4))"
                + " END AS string) AS `c_phone`, CAST(NULL AS decimal(15,2)) AS `c_acctbal`,"
                + " `r`.`c_mktsegment`, `r`.`c_comment` FROM `lake`.`tpch`.`customer` AS `r`)"
                + " AS `customer`");
  }

  @Test
  void twoTablesOfOneNameNeedAliasesWhereColumnsAreNamedByTheSchema() {
    planner
        .as("analyst")
        .sql("select tpch.customer.c_name from tpch.customer, other.customer")
        .refused(ErrorCode.NOT_SUPPORTED);
    planner
        .as("analyst")
        .sql("select tpch.customer.c_name from tpch.customer, nation as customer")
        .refused(ErrorCode.NOT_SUPPORTED);
    planner
        .as("analyst")
        .sql("select tpch.customer.c_name from tpch.customer, logins")
        .refused(ErrorCode.NOT_SUPPORTED);
    assertThat(
            planner
                .as("analyst")
                .sql("select c.c_name from tpch.customer c, other.customer o")
                .rewritten())
        .contains("`lake`.`other`.`customer` o");
  }

  @Test
  void whatIsReadIsToldOnceInTextOrderWithItsPolicies() {
    Analysis.SparkQuery analysis =
        planner
            .as("analyst")
            .sql("select c_phone from customer, orders, nation, lake.tpch.orders o2")
            .analysis();
    assertThat(analysis.restricted()).isTrue();
    assertThat(analysis.relations())
        .extracting(use -> use.table().table() + " " + use.restricted() + " " + use.policyIds())
        .containsExactly("customer true [8]", "orders true [7]", "nation false []");
    assertThat(analysis.relations().get(1).uuid()).isEqualTo("uuid-lake.tpch.orders");
    assertThat(planner.sql("select 1 from orders").analysis().restricted()).isFalse();
  }

  @Test
  void parametersAreCountedAndTypedByTheirPlaces() {
    assertThat(
            planner.sql("select ? from nation where n_name like ? limit ?").analysis().parameters())
        .containsExactly(Optional.empty(), Optional.of("string"), Optional.of("int"));
  }

  @Test
  void dependenciesAreEqualOnlyForTheSameMeaning() {
    var first = planner.sql("select 1 from nation").analysis().dependencies();
    assertThat(planner.sql("select 1 from nation").analysis().dependencies()).isEqualTo(first);
    assertThat(planner.as("analyst").sql("select 1 from nation").analysis().dependencies())
        .isNotEqualTo(first);
    assertThat(planner.in("lake", "other").sql("select 1 from nation").analysis().dependencies())
        .isNotEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          select current_user()            | select 'admin' AS `current_user()`
          select current_user              | select 'admin' AS `current_user()`
          select `current_user`            | select 'admin' AS `current_user()`
          select User(), SESSION_USER()    | select 'admin' AS `user()`, 'admin' AS `session_user()`
          select user as u                 | select 'admin' as u
          select concat(user, 'x')         | select concat('admin', 'x')
          select current_catalog(), current_schema(), current_database() | select 'lake' AS `current_catalog()`, 'tpch' AS `current_schema()`, 'tpch' AS `current_schema()`
          select 1 from nation where n_name = current_user() | select 1 from `lake`.`tpch`.`nation` where n_name = 'admin'
          select user, count(*) from logins group by user order by user | select user, count(*) from `lake`.`tpch`.`logins` group by user order by user
          select l.user from logins l      | select l.user from `lake`.`tpch`.`logins` l
          select user() from logins        | select 'admin' AS `user()` from `lake`.`tpch`.`logins`
          """)
  void theSessionsValuesBecomeLiterals(String sql, String expected) {
    planner.sql(sql).becomes(expected);
  }

  /** Spark writes the values' texts in, and two minuses would begin a comment. */
  @Test
  void valuesTouchNothingAroundThem() {
    assertThat(planner.sql("select 1 -?+?,'a'").analysis().sql())
        .isEqualTo("select 1 - ? + ? ,'a'");
    assertThat(planner.sql("select n_name from nation where -:a<1").analysis().sql())
        .endsWith("where - ? <1");
    assertThat(planner.sql("delete from nation where n_nationkey=-?").analysis().sql())
        .endsWith("where n_nationkey=- ? ");
  }

  @Test
  void aBareUserThatMayOrMayNotBeAColumnIsRefused() {
    planner
        .sql("select user from nation where exists (select 1 from logins)")
        .refusedAt(ErrorCode.NOT_SUPPORTED, 1, 7);
    planner.sql("select user from nation, (select 'x' as user) t").refused(ErrorCode.NOT_SUPPORTED);
    // Spark takes the function here, not the column of the query further out.
    planner
        .sql("select (select max(user) from nation) from logins")
        .refused(ErrorCode.NOT_SUPPORTED);
  }

  @Test
  void aNameWithQuotesCannotLeaveItsLiteral() {
    FakePolicies policies = new FakePolicies().grant("o'ne\\", "lake.*");
    PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
        .as("o'ne\\")
        .sql("select concat(user())")
        .becomes("select concat('o\\'ne\\\\')");
  }
}
