package io.sluice.planner;

import static io.sluice.model.ErrorCode.CANNOT_AUTHORIZE;
import static io.sluice.model.ErrorCode.COLUMN_ALREADY_EXISTS;
import static io.sluice.model.ErrorCode.CREATE_VIEW_COLUMN_ARITY_MISMATCH;
import static io.sluice.model.ErrorCode.FUNCTION_NOT_ALLOWED;
import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PARSE_SYNTAX_ERROR;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.STATEMENT_TOO_COMPLEX;
import static io.sluice.model.ErrorCode.STATEMENT_TOO_LARGE;
import static io.sluice.model.ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS;
import static io.sluice.model.ErrorCode.TABLE_OR_VIEW_NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.SluiceException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemporaryViewTest {

  private static final String ORDERS =
      "SELECT * FROM (SELECT `r`.`o_orderkey`, `r`.`o_custkey`, `r`.`o_orderstatus`,"
          + " `r`.`o_totalprice`, `r`.`o_orderdate`, `r`.`o_orderpriority`, `r`.`o_clerk`,"
          + " `r`.`o_shippriority`, `r`.`o_comment` FROM `lake`.`tpch`.`orders` AS `r` WHERE"
          + " (`r`.`o_orderpriority` in ('1-URGENT', '2-HIGH'))) TABLESAMPLE (100 PERCENT)"
          + " REPEATABLE (0)";

  private static PlannerFixture admin() {
    return PlannerFixture.tpch();
  }

  private static PlannerFixture analyst() {
    return PlannerFixture.tpch().as("analyst");
  }

  @Test
  void theQueryStandsWhereTheViewIsNamed() {
    admin()
        .having(
            "create temporary view v as select n_name, n_nationkey k from nation", "n_name", "k")
        .sql("select v.k from v where v.n_name = 'x'")
        .becomes(
            "select v.k from (SELECT `r`.`n_name` AS `n_name`, `r`.`k` AS `k` FROM (select n_name,"
                + " n_nationkey k from `lake`.`tpch`.`nation`) AS `r`) AS `v` where v.n_name = 'x'")
        .reads("lake.tpch.nation");
  }

  @Test
  void columnsTakeTheNamesThatTheViewGivesThem() {
    admin()
        .having(
            "create temp view v (a, `b c`) as select n_name, n_name from nation",
            "n_name",
            "n_name")
        .sql("select * from V as x")
        .becomes(
            "select * from (SELECT * FROM (select n_name, n_name from `lake`.`tpch`.`nation`) AS"
                + " `r`(`a`, `b c`)) as x");
  }

  @Test
  void namesResolveWhereTheViewWasMade() {
    admin()
        .in("lake", "other")
        .having("create temporary view v as select x from nation", "x")
        .in("lake", "tpch")
        .sql("select * from v, nation")
        .reads("lake.other.nation", "lake.tpch.nation");
  }

  @Test
  void policiesOfTheMomentApplyInside() {
    PlannerFixture session =
        admin().having("create temporary view v as select o_orderkey from orders", "o_orderkey");
    session.sql("select * from v").reads("lake.tpch.orders");
    assertThat(session.as("analyst").sql("select * from v").rewritten())
        .isEqualTo(
            "select * from (SELECT `r`.`o_orderkey` AS `o_orderkey` FROM (select o_orderkey from ("
                + ORDERS
                + ") AS `orders`) AS `r`) AS `v`");
    assertThat(session.as("analyst").sql("select * from v").analysis().restricted()).isTrue();
    session
        .as("intern")
        .sql("select 1\n from v")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/orders] (in"
                + " view `v`)");
    session.as("intern").sql("select 1\n from v").refusedAt(PERMISSION_DENIED, 2, 6);
  }

  @Test
  void deniedColumnsAreDeniedInside() {
    String denied =
        "Permission denied: user [analyst] does not have [select] privilege on"
            + " [tpch/customer/c_address]";
    analyst()
        .sql("create temporary view v as select * from customer")
        .refused(PERMISSION_DENIED, denied);
    analyst()
        .sql("create temporary view v as select c_address from customer")
        .refused(PERMISSION_DENIED, denied);
    admin()
        .having(
            "create temporary view v as select c_name, c_address from customer",
            "c_name",
            "c_address")
        .as("analyst")
        .sql("select c_name from v")
        .refused(PERMISSION_DENIED, denied + " (in view `v`)");
    analyst()
        .having("create temporary view v as select c_name from customer", "c_name")
        .sql("select c_name from v join nation on c_name = n_name")
        .reads("lake.tpch.customer", "lake.tpch.nation");
  }

  @Test
  void makingOneIsAuthorised() {
    PlannerFixture.tpch()
        .as("intern")
        .sql("create or replace temporary view v as select * from secret")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/secret]");
  }

  @Test
  void errorsOfTheMakerPointIntoTheStatement() {
    admin()
        .sql("create temporary view v as\nselect reflect('a', 'b')")
        .refusedAt(FUNCTION_NOT_ALLOWED, 2, 7);
    admin()
        .sql("create temporary view v as\nselect * from missing")
        .refusedAt(TABLE_OR_VIEW_NOT_FOUND, 2, 14);
  }

  @Test
  void whatIsKeptIsTheUsersOwnText() {
    Analysis.DefineTemporaryView defined =
        (Analysis.DefineTemporaryView)
            analyst()
                .sql(
                    "create temporary view v comment 'c' as -- first\n select current_user() u, /* x"
                        + " */ c_phone from customer; ")
                .analyze();
    assertThat(defined.view().sql())
        .isEqualTo("select current_user() u, /* x */ c_phone from customer");
    assertThat(defined.view().comment()).contains("c");
    assertThat(defined.query().sql()).contains("'analyst'").doesNotContain("current_user");
    assertThat(defined.query().restricted()).isTrue();
  }

  @Test
  void theInvokerIsTheCurrentUser() {
    assertThat(
            admin()
                .having(
                    "create temporary view v as select current_user() u, user from nation",
                    "u",
                    "user")
                .as("analyst")
                .sql("select * from v")
                .rewritten())
        .contains("'analyst' u")
        .doesNotContain("'admin'");
  }

  @Test
  void viewsReadEarlierViews() {
    admin()
        .having("create temporary view a as select n_name from nation", "n_name")
        .having("create temporary view b as select n_name x from A", "x")
        .sql("select * from b")
        .becomes(
            "select * from (SELECT `r`.`x` AS `x` FROM (select n_name x from (SELECT `r`.`n_name` AS"
                + " `n_name` FROM (select n_name from `lake`.`tpch`.`nation`) AS `r`) AS `a`) AS"
                + " `r`) AS `b`")
        .reads("lake.tpch.nation");
  }

  @Test
  void aViewHidesATableAndACommonTableExpressionHidesBoth() {
    PlannerFixture session =
        admin().having("create temporary view nation as select r_name from region", "r_name");
    session.sql("select * from nation").reads("lake.tpch.region");
    session.sql("select * from tpch.nation").reads("lake.tpch.nation");
    session.sql("with nation as (select 1) select * from nation").reads();
    session
        .sql("with nation as (select * from nation) select * from nation")
        .reads("lake.tpch.region");
  }

  @Test
  void aLaterViewDoesNotCaptureWhatAnEarlierOneMeant() {
    PlannerFixture session =
        admin()
            .having("create temporary view v as select n_name from nation", "n_name")
            .having("create temporary view nation as select r_name n_name from region", "n_name");
    session.sql("select * from v").reads("lake.tpch.nation");
    // Nor does a view of a table's own name read itself.
    session.sql("select * from nation").reads("lake.tpch.region");
    admin()
        .having("create temporary view nation as select n_name from nation", "n_name")
        .sql("select * from nation")
        .reads("lake.tpch.nation");
  }

  @Test
  void aViewWhoseViewIsGoneReadsNoTableInItsPlace() {
    admin()
        .having("create temporary view nation as select r_name from region", "r_name")
        .having("create temporary view v as select * from nation", "r_name")
        .dropping("drop view nation")
        .sql("select * from v")
        .refused(TABLE_OR_VIEW_NOT_FOUND);
  }

  @Test
  void dropTableDropsTheSessionsViewAsInSpark() {
    PlannerFixture session =
        admin().having("create temporary view nation as select r_name from region", "r_name");
    for (String drop : List.of("drop table NATION", "drop table if exists `nation` purge")) {
      assertThat(session.sql(drop).analyze()).isEqualTo(new Analysis.DropTemporaryView("nation"));
    }
    // With its schema it is the table, as it is once the view is gone.
    assertThat(session.sql("drop table tpch.nation").rewritten())
        .isEqualTo("drop table `lake`.`tpch`.`nation`");
    assertThat(session.dropping("drop table nation").sql("drop table nation").rewritten())
        .isEqualTo("drop table `lake`.`tpch`.`nation`");
    session.sql("drop table identifier('nation')").refused(NOT_SUPPORTED);
    session.sql("begin drop table nation; end").refused(NOT_SUPPORTED);
  }

  @Test
  void theReadersCommonTableExpressionsAreNotSeenInside() {
    admin()
        .having("create temporary view v as select n_name from nation", "n_name")
        .sql("with nation as (select 'forged' as n_name) select * from v, nation")
        .reads("lake.tpch.nation");
    assertThat(
            admin()
                .having(
                    "create temporary view v as with c as (select n_name from nation) select * from c",
                    "n_name")
                .sql("with c as (select 1 as n_name), d as (select * from v) select * from c, d")
                .rewritten())
        .contains("with c as (select n_name from `lake`.`tpch`.`nation`) select * from c");
  }

  @Test
  void replacingCannotMakeAViewReadItself() {
    PlannerFixture session =
        admin()
            .having("create temporary view a as select n_name from nation", "n_name")
            .having("create temporary view b as select * from a", "n_name");
    assertThat(
            session
                .sql("create or replace temporary view a as select * from b")
                .refused(NOT_SUPPORTED))
        .hasMessageContaining("reads itself");
    assertThat(
            session
                .sql("create or replace temporary view a as select * from a")
                .refused(NOT_SUPPORTED))
        .hasMessageContaining("reads itself");
  }

  @Test
  void depthIsBounded() {
    PlannerFixture session = admin().having("create temporary view v0 as select 1 a", "a");
    for (int depth = 1; depth < 32; depth++) {
      session =
          session.having(
              "create temporary view v" + depth + " as select a from v" + (depth - 1), "a");
    }
    session.sql("select * from v31").reads();
    session.sql("create temporary view v32 as select a from v31").refused(STATEMENT_TOO_COMPLEX);
  }

  /** Without a bound on the way the last of these would come to a terabyte. */
  @Test
  void aChainOfViewsThatDoubleDoesNotFillTheHeap() {
    PlannerFixture session =
        admin()
            .having("create temporary view v0 as select '%s' a".formatted("x".repeat(4000)), "a");
    for (int level = 1; level < 40; level++) {
      String create =
          "create temporary view v%d as select x.a from v%d x, v%d y"
              .formatted(level, level - 1, level - 1);
      if (!session.sql(create).isServed()) {
        session.sql(create).refused(STATEMENT_TOO_LARGE);
        assertThat(level).isGreaterThan(5);
        return;
      }
      session = session.having(create, "a");
    }
    throw new AssertionError("40 views that each double the one before were served");
  }

  /** Each is within the bound, all of them are not, and the first beyond it is the last read. */
  @Test
  void manyLargeViewsAreNotAllRead() {
    PlannerFixture session =
        admin()
            .having(
                "create temporary view v0 as select '%s' a".formatted("x".repeat(200_000)), "a");
    StringBuilder all = new StringBuilder("select 1 from v0");
    for (int index = 1; index <= 40; index++) {
      session =
          session.having("create temporary view v%d as select a from v0".formatted(index), "a");
      all.append(", v").append(index);
    }
    assertThat(session.sql(all.toString()).refused(STATEMENT_TOO_LARGE).position())
        .contains(new io.sluice.model.TextPosition(1, all.indexOf("v10")));
  }

  @Test
  void namesInAViewMeanNothingAroundIt() {
    PlannerFixture session =
        admin().having("create temporary view v as select n_name from nation", "n_name");
    session
        .sql("select 1 from region where exists (select 1 from v)")
        .becomes(
            "select 1 from `lake`.`tpch`.`region` where exists (select 1 from (SELECT `r`.`n_name`"
                + " AS `n_name` FROM (SELECT 1) AS `r_1`, LATERAL (select n_name from"
                + " `lake`.`tpch`.`nation`) AS `r`) AS `v`)");
    for (String around :
        new String[] {
          "select (select max(n_name) from v) from region",
          "select 1 from region where r_name in (select n_name from v)",
          "select 1 from region, lateral (select * from v)",
          "select 1 from region join lateral (select * from v)",
          "select 1 from region where exists (table v)",
          "delete from region where exists (select 1 from (select * from v))",
        }) {
      assertThat(session.sql(around).rewritten()).as(around).contains(", LATERAL (select n_name");
    }
    assertThat(
            session.sql("with c as (select * from v) select * from (select * from c)").rewritten())
        .doesNotContain("LATERAL");
  }

  @Test
  void whatIsForTablesIsNotForViews() {
    PlannerFixture session =
        admin().having("create temporary view nation as select 1 n_name", "n_name");
    for (String sql :
        new String[] {
          "alter table nation create branch b",
          "alter table nation_view create tag b",
          "call system.rewrite_data_files('nation')",
          "call system.rewrite_data_files(table => 'tpch.nation_view')",
        }) {
      assertThat(session.sql(sql).refused(NOT_SUPPORTED)).as(sql).hasMessageContaining("view");
    }
    assertThat(session.sql("alter table tpch.nation create branch b").analysis().writes())
        .containsExactly("lake.tpch.nation");
    admin().as("intern").sql("alter table nation_view create branch b").refused(PERMISSION_DENIED);
  }

  @Test
  void whatViewsMakeOfATextIsBounded() {
    PlannerFixture session =
        admin().having("create temporary view v0 as select n_name a from nation", "a");
    for (int level = 1; level < 10; level++) {
      String before = "v" + (level - 1);
      session =
          session.having(
              "create temporary view v%d as select x.a from %s x, %s y"
                  .formatted(level, before, before),
              "a");
    }
    session.sql("select count(*) from v9").reads("lake.tpch.nation");
    session.sql("select count(*) from v9 a, v9 b").refused(STATEMENT_TOO_COMPLEX);
    PlannerFixture large =
        admin().having("create temporary view v as select '" + "x".repeat(300_000) + "' as a", "a");
    large.sql("select * from v a, v b").reads();
    large.sql("select * from v a, v b, v c, v d, v e, v f, v g, v h").refused(STATEMENT_TOO_LARGE);
  }

  @Test
  void aSessionKeepsSoManyAndSoMuch() {
    PlannerFixture session =
        admin().having("create temporary view a as select '" + "x".repeat(300_000) + "' as a", "a");
    SluiceException refusal =
        catchThrowableOfType(
            SluiceException.class,
            () ->
                session.having(
                    "create temporary view b as select '" + "x".repeat(300_000) + "' as a", "a"));
    assertThat(refusal.code()).isEqualTo(STATEMENT_TOO_LARGE);
    PlannerFixture many = admin();
    for (int view = 0; view < 500; view++) {
      many = many.having("create temporary view v" + view + " as select 1 a", "a");
    }
    PlannerFixture full = many;
    assertThat(
            catchThrowableOfType(
                SluiceException.class,
                () -> full.having("create temporary view more as select 1 a", "a")))
        .isNotNull();
  }

  @Test
  void namesOfColumnsAreChecked() {
    assertThat(
            catchThrowableOfType(
                    SluiceException.class,
                    () -> admin().having("create temp view v as select 1 a, 2 A", "a", "A"))
                .code())
        .isEqualTo(COLUMN_ALREADY_EXISTS);
    assertThat(
            catchThrowableOfType(
                    SluiceException.class,
                    () -> admin().having("create temp view v (x) as select 1 a, 2 b", "a", "b"))
                .code())
        .isEqualTo(CREATE_VIEW_COLUMN_ARITY_MISMATCH);
  }

  @Test
  void takenNamesAreRefusedOrReplacedOrLeft() {
    PlannerFixture session =
        admin().having("create temporary view v as select n_name from nation", "n_name");
    session.sql("create temporary view V as select 1 a").refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    session
        .having("create or replace temporary view v as select r_name from region", "r_name")
        .sql("select * from v")
        .reads("lake.tpch.region");
    assertThat(session.sql("create temporary view if not exists v as select 1 a").analyze())
        .isEqualTo(new Analysis.Nothing());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create global temporary view v as select 1 a",
        "create temporary view tpch.v as select 1 a",
        "create temporary view v as select ? a",
        "create temporary view v tblproperties ('a' = 'b') as select 1 a",
        "create temporary view v with schema evolution as select 1 a",
        "create temporary view v as select * from global_temp.x",
        "create temporary view v as select _file from nation",
        "create or replace temporary view if not exists v as select 1 a",
        "create temporary view identifier('v') as select 1 a",
        "create temporary view v using csv options (path '/etc/passwd')",
        "create temporary view v as select '${env:HOME}' a",
      })
  void isRefused(String sql) {
    admin().sql(sql).refused(NOT_SUPPORTED);
  }

  @Test
  void aViewIsNotWrittenTo() {
    PlannerFixture session =
        admin().having("create temporary view nation as select 1 n_name", "n_name");
    for (String write :
        new String[] {
          "insert into nation values (1)",
          "insert overwrite nation values (1)",
          "update nation set n_name = 1",
          "delete from nation",
          "merge into nation using region on true when matched then delete",
          "truncate table nation",
          "alter table nation add column x int",
          "alter view nation rename to other",
          "alter view nation set tblproperties ('a' = 'b')",
        }) {
      assertThat(session.sql(write).refused(NOT_SUPPORTED)).hasMessageContaining("temporary view");
    }
  }

  @Test
  void writesReadViews() {
    PlannerFixture session =
        analyst()
            .having(
                "create temporary view n__dbt_tmp as select id, note from scratch.notes",
                "id",
                "note");
    session
        .sql("insert into scratch.notes table n__dbt_tmp")
        .becomes(
            "insert into `lake`.`scratch`.`notes` (SELECT * FROM (SELECT `r`.`id` AS `id`, `r`.`note`"
                + " AS `note` FROM (select id, note from `lake`.`scratch`.`notes`) AS `r`) AS"
                + " `n__dbt_tmp`)");
    session
        .sql(
            "merge into scratch.notes as d using n__dbt_tmp as s on d.id = s.id when matched then"
                + " update set * when not matched then insert *")
        .becomes(
            "merge into `lake`.`scratch`.`notes` as d using (SELECT `r`.`id` AS `id`, `r`.`note` AS"
                + " `note` FROM (select id, note from `lake`.`scratch`.`notes`) AS `r`) as s on d.id ="
                + " s.id when matched then update set * when not matched then insert *");
    session
        .sql(
            "merge into scratch.notes using n__dbt_tmp on notes.id = n__dbt_tmp.id when matched then delete")
        .reads("lake.scratch.notes");
    session
        .sql("create table scratch.copy as select * from n__dbt_tmp")
        .reads("lake.scratch.notes");
    session
        .sql("delete from scratch.notes where id in (select id from n__dbt_tmp)")
        .reads("lake.scratch.notes");
  }

  @Test
  void plansOverHiddenThingsAreNotShown() {
    analyst()
        .having("create temporary view v as select o_orderkey from orders", "o_orderkey")
        .sql("explain select * from v")
        .refused(PERMISSION_DENIED);
    admin()
        .having("create temporary view v as select o_orderkey from orders", "o_orderkey")
        .sql("explain select * from v")
        .reads("lake.tpch.orders");
  }

  @Test
  void timeTravelAndOptionsAreForTables() {
    PlannerFixture session =
        admin().having("create temporary view v as select n_name from nation", "n_name");
    session.sql("select * from v version as of 1").refused(NOT_SUPPORTED);
    session.sql("select * from v timestamp as of '2020-01-01'").refused(NOT_SUPPORTED);
    session.sql("select * from v with ('split-size' = 1)").refused(NOT_SUPPORTED);
  }

  @Test
  void samplesStayOutside() {
    admin()
        .having("create temporary view v as select n_name from nation", "n_name")
        .sql("select v.n_name from v tablesample (5 rows)")
        .becomes(
            "select v.n_name from (SELECT `r`.`n_name` AS `n_name` FROM (select n_name from"
                + " `lake`.`tpch`.`nation`) AS `r`) tablesample (5 rows) AS `v`");
  }

  @Test
  void aViewIsReadInItsOwnTimeZone() {
    PlannerFixture session =
        admin()
            .set("spark.sql.session.timeZone", "Europe/Berlin")
            .having("create temporary view v as select current_timestamp() t", "t");
    session.sql("select * from v").reads();
    session.set("spark.sql.session.timeZone", "UTC").sql("select * from v").refused(NOT_SUPPORTED);
  }

  @Test
  void hintsAndCommentsStayWhereTheyAre() {
    PlannerFixture session =
        admin()
            .having(
                "create temporary view v as select /*+ broadcast(nation) */ n_name from nation -- ) as x",
                "n_name");
    session
        .sql("select /*+ broadcast(v) */ * from v")
        .becomes(
            "select /*+ broadcast(v) */ * from (SELECT `r`.`n_name` AS `n_name` FROM (select /*+"
                + " broadcast(nation) */ n_name from `lake`.`tpch`.`nation`) AS `r`) AS `v`");
  }

  @Test
  void aTextThatClosesItsBracketIsNoView() {
    admin()
        .sql("create temporary view v as select 1) union all (select * from secret")
        .refused(PARSE_SYNTAX_ERROR);
  }

  @Test
  void nothingStaysOfAViewInARequestWithoutIt() {
    admin().sql("select * from v").refused(TABLE_OR_VIEW_NOT_FOUND);
  }

  @Test
  void aDeniedColumnBesideAViewIsStillFound() {
    PlannerFixture session =
        analyst()
            .having("create temporary view v as select n_name c_address from nation", "c_address");
    session.sql("select c_address from v").reads("lake.tpch.nation");
    session.sql("select customer.c_address from v, customer").refused(PERMISSION_DENIED);
    assertThat(session.sql("select c_address from v, customer").failure().code())
        .isIn(PERMISSION_DENIED, CANNOT_AUTHORIZE, io.sluice.model.ErrorCode.AMBIGUOUS_REFERENCE);
  }
}
