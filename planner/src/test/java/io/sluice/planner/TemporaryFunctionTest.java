package io.sluice.planner;

import static io.sluice.model.ErrorCode.COLUMN_ALREADY_EXISTS;
import static io.sluice.model.ErrorCode.FUNCTION_NOT_ALLOWED;
import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PARSE_SYNTAX_ERROR;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.ROUTINE_ALREADY_EXISTS;
import static io.sluice.model.ErrorCode.ROUTINE_NOT_FOUND;
import static io.sluice.model.ErrorCode.STATEMENT_TOO_COMPLEX;
import static io.sluice.model.ErrorCode.STATEMENT_TOO_LARGE;
import static io.sluice.model.ErrorCode.TABLE_OR_VIEW_NOT_FOUND;
import static io.sluice.model.ErrorCode.UNRESOLVED_COLUMN;
import static io.sluice.model.ErrorCode.WRONG_NUM_ARGS;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TextPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemporaryFunctionTest {

  private static final String PLUS =
      "create temporary function plus(a int, b int default 1) returns int return a + b";

  private static final String MOST =
      "create temporary function most(k bigint) returns string return"
          + " (select max(n_name) from nation where n_nationkey = k)";

  private static PlannerFixture admin() {
    return PlannerFixture.tpch();
  }

  private static PlannerFixture analyst() {
    return PlannerFixture.tpch().as("analyst");
  }

  @Test
  void theBodyStandsWhereTheFunctionIsCalled() {
    admin()
        .having(PLUS)
        .sql("select upper(n_name) u, plus(n_nationkey, 2) from nation order by Plus(n_nationkey)")
        .becomes(
            "select upper(n_name) u, CAST(CAST(n_nationkey AS int) + CAST(2 AS int) AS int) AS"
                + " `plus(n_nationkey, 2)` from `lake`.`tpch`.`nation` order by CAST(CAST("
                + "n_nationkey AS int) + CAST((1) AS int) AS int)");
  }

  @Test
  void argumentsAreNamedOrLeftOut() {
    PlannerFixture session = admin().having(PLUS);
    session
        .sql("select plus(b => 5, a => 3) x")
        .becomes("select CAST(CAST(3 AS int) + CAST(5 AS int) AS int) x");
    session.sql("select plus()").refused(WRONG_NUM_ARGS);
    session
        .sql("select 1,\n plus(1, 2, 3)")
        .refused(WRONG_NUM_ARGS, "The function `plus` takes 1 to 2 arguments, but 3 are given.");
    session.sql("select 1,\n plus(1, 2, 3)").refusedAt(WRONG_NUM_ARGS, 2, 1);
    session.sql("select plus(b => ?, a => ?)").refused(NOT_SUPPORTED);
    session.sql("select plus(b => :b, a => :a)").analysis();
    session.sql("select plus(a => 1, 2)").refused(NOT_SUPPORTED);
    session.sql("select plus(1, a => 2)").refused(NOT_SUPPORTED);
    session.sql("select plus(1, c => 2)").refused(NOT_SUPPORTED);
    session.sql("select plus(*) from nation").refused(NOT_SUPPORTED);
    session.sql("select plus(distinct 1)").refused(NOT_SUPPORTED);
    session.sql("select plus(1) over ()").refused(NOT_SUPPORTED);
    session.sql("select plus(explode(array(1)))").refused(NOT_SUPPORTED);
    session.sql("select * from plus(1)").refused(NOT_SUPPORTED);
  }

  @Test
  void whatMayDifferIsEvaluatedOnce() {
    PlannerFixture session =
        admin().having("create temporary function twice(x double) returns double return x + x");
    session
        .sql("select twice(rand()) x")
        .becomes(
            "select CAST(transform(array(named_struct('p0', CAST(rand() AS double))),"
                + " `_sluice_twice` -> `_sluice_twice`.`p0` + `_sluice_twice`.`p0`)[0] AS double)"
                + " x");
    session
        .sql("select twice(?) x")
        .becomes(
            "select CAST(transform(array(named_struct('p0', CAST(? AS double))), `_sluice_twice` ->"
                + " `_sluice_twice`.`p0` + `_sluice_twice`.`p0`)[0] AS double) x");
    assertThat(session.sql("select twice(?) x").analysis().parameters()).hasSize(1);
    session.sql("select twice((select max(n_nationkey) from nation))").refused(NOT_SUPPORTED);
    session
        .having("create temporary function dice() returns double return rand()")
        .sql("select twice(dice()) x")
        .becomes(
            "select CAST(transform(array(named_struct('p0', CAST(CAST(rand() AS double) AS"
                + " double))), `_sluice_twice` -> `_sluice_twice`.`p0` + `_sluice_twice`.`p0`)[0]"
                + " AS double) x");
  }

  @Test
  void markersKeepTheirOrder() {
    admin()
        .having("create temporary function minus(a int, b int) returns int return -b + a")
        .sql("select minus(?, ?) x")
        .becomes(
            "select CAST(transform(array(named_struct('p0', CAST(? AS int), 'p1', CAST(? AS int))),"
                + " `_sluice_minus` -> -`_sluice_minus`.`p1` + `_sluice_minus`.`p0`)[0] AS int)"
                + " x");
  }

  @Test
  void queriesSeeTheParametersAsARow() {
    admin()
        .having(MOST)
        .in("lake", "other")
        .sql("select most(x) from nation")
        .becomes(
            "select (SELECT CAST(((select max(n_name) from `lake`.`tpch`.`nation` where n_nationkey"
                + " = k)) AS string) FROM (SELECT CAST(x AS bigint) AS `p0`) AS `most`(`k`)) AS"
                + " `most(x)` from `lake`.`other`.`nation`")
        .reads("lake.tpch.nation", "lake.other.nation");
  }

  @Test
  void aCommonTableExpressionOfTheCallersIsNotMeant() {
    admin()
        .having(MOST)
        .sql("with nation as (select 1 one) select most(one) from nation")
        .reads("lake.tpch.nation");
    admin()
        .having(
            "create temporary function own() returns int return"
                + " (with nation as (select 1 one) select max(one) from nation)")
        .sql("select own() x")
        .reads();
  }

  @Test
  void variablesOfTheBodyAreNotWhatAnArgumentMeans() {
    admin()
        .having(
            "create temporary function shift(xs array<int>, a int) returns array<int>"
                + " return transform(xs, y -> y + a)")
        .sql("select transform(array(1), y -> shift(array(1), y)) x")
        .becomes(
            "select transform(array(1), y -> CAST(transform(CAST(array(1) AS array<int>),"
                + " `_sluice_shift.y` -> `_sluice_shift.y` + CAST(y AS int)) AS array<int>)) x");
  }

  /** Joined by what a name may hold, a with b_c and a_b with c would be one variable. */
  @Test
  void variablesOfTwoBodiesNeverMeet() {
    assertThat(
            admin()
                .having(
                    "create temporary function a_b(x int) returns int"
                        + " return transform(array(1), c -> c + x)[0]")
                .having(
                    "create temporary function a() returns int"
                        + " return transform(array(2), b_c -> a_b(b_c))[0]")
                .sql("select a() x")
                .rewritten())
        .contains("`_sluice_a.b_c` -> ", "`_sluice_a_b.c` -> `_sluice_a_b.c` + ")
        .doesNotContain("`_sluice_a_b_c`");
  }

  @Test
  void tableFunctionsStandInFrom() {
    PlannerFixture session =
        admin()
            .having(
                "create temporary function near(r bigint) returns table (k int, m string) return"
                    + " select n_nationkey, n_name from nation where n_regionkey = r");
    session
        .sql("select * from region, lateral near(r_regionkey)")
        .becomes(
            "select * from `lake`.`tpch`.`region`, lateral (SELECT CAST(`_sluice_rows`.`k` AS int)"
                + " AS `k`, CAST(`_sluice_rows`.`m` AS string) AS `m` FROM (SELECT CAST(r_regionkey"
                + " AS bigint) AS `p0`) AS `near`(`r`), LATERAL (select n_nationkey, n_name from"
                + " `lake`.`tpch`.`nation` where n_regionkey = r) AS `_sluice_rows`(`k`, `m`)) AS"
                + " `near`")
        .reads("lake.tpch.region", "lake.tpch.nation");
    assertThat(session.sql("select m from near(1) as x(a, m)").rewritten())
        .endsWith("AS `_sluice_rows`(`k`, `m`)) as x(a, m)");
    session.sql("select near(1)").refused(NOT_SUPPORTED);
    session.sql("select * from near(table nation)").refused(NOT_SUPPORTED);
  }

  @Test
  void thePoliciesOfWhoeverCallsApplyAtEachCall() {
    PlannerFixture session =
        admin()
            .having(
                "create temporary function phones(r bigint) returns string return"
                    + " (select max(c_phone) from customer where c_nationkey = r)");
    session.sql("select phones(1)").reads("lake.tpch.customer");
    assertThat(session.as("analyst").sql("select phones(1)").rewritten())
        .contains("FROM `lake`.`tpch`.`customer`")
        .contains("regexp_replace");
    assertThat(session.as("analyst").sql("select phones(1)").analysis().restricted()).isTrue();
    session
        .as("intern")
        .sql("select phones(1)")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on"
                + " [tpch/customer]");
  }

  @Test
  void makingOneIsAuthorised() {
    PlannerFixture.tpch()
        .as("intern")
        .sql("create temporary function f() returns string return (select max(s_text) from secret)")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/secret]");
    String denied =
        "Permission denied: user [analyst] does not have [select] privilege on"
            + " [tpch/customer/c_address]";
    analyst()
        .sql(
            "create temporary function f(k bigint) returns string return"
                + " (select max(c_address) from customer where c_custkey = k)")
        .refused(PERMISSION_DENIED, denied);
    // A parameter of a hidden column's name is not what the name means inside.
    analyst()
        .sql(
            "create temporary function f(c_address string) returns bigint return"
                + " (select count(c_address) from customer)")
        .refused(PERMISSION_DENIED, denied);
  }

  /** Each of these is called in a mask or filter, or written by the rewriting. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "concat",
        "current_user",
        "sha2",
        "regexp_replace",
        "SHA2",
        "transform",
        "array",
        "cast",
        "named_struct",
        "reflect",
        "java_method",
        "input_file_name",
        "count",
        "range",
        "`concat`"
      })
  void aNameOfSparksIsNotTaken(String name) {
    for (String create : new String[] {"create", "create or replace"}) {
      admin()
          .sql(create + " temporary function " + name + "(a string) returns string return 'x'")
          .refused(FUNCTION_NOT_ALLOWED);
    }
  }

  @Test
  void noMaskOrFilterMeetsAFunction() {
    String query = "select c_phone, c_acctbal from customer join orders on c_custkey = o_custkey";
    PlannerFixture session =
        analyst().having("create temporary function repeat_all(a string) returns string return a");
    assertThat(session.sql(query).rewritten()).isEqualTo(analyst().sql(query).rewritten());
    FakePolicies policies =
        PlannerFixture.tpchPolicies()
            .mask("analyst", "lake.tpch.nation", "n_name", "CUSTOM: repeat_all({col})");
    assertThat(
            PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
                .as("analyst")
                .having("create temporary function repeat_all(a string) returns string return a")
                .sql("select n_name from nation")
                .failure()
                .code())
        .isEqualTo(io.sluice.model.ErrorCode.POLICY_INVALID);
  }

  @Test
  void functionsCallFunctions() {
    PlannerFixture session =
        admin()
            .having(PLUS)
            .having("create temporary function next(a int) returns int return plus(a)");
    session
        .sql("select next(1) x")
        .becomes(
            "select CAST(CAST(CAST(CAST(1 AS int) AS int) + CAST((1) AS int) AS int) AS int) x");
    session
        .having("create or replace temporary function plus(a int) returns int return a * 2")
        .sql("select next(1) x")
        .becomes("select CAST(CAST(CAST(CAST(1 AS int) AS int) * 2 AS int) AS int) x");
    assertThat(session.dropping("drop temporary function plus").sql("select next(1)").failure())
        .hasMessage("The function `plus` does not exist or may not be called.");
  }

  @Test
  void noFunctionCallsItself() {
    admin()
        .sql("create temporary function f(a int) returns int return f(a)")
        .refused(NOT_SUPPORTED, "The function `f` calls itself; it may not. (in function `f`)");
    admin()
        .having("create temporary function f(a int) returns int return a")
        .having("create temporary function g(a int) returns int return f(a)")
        .sql("create or replace temporary function f(a int) returns int return g(a)")
        .refused(NOT_SUPPORTED);
  }

  @Test
  void chainsAreBounded() {
    PlannerFixture session =
        admin()
            .having(
                "create temporary function f0(a int) returns int return a + length('%s')"
                    .formatted("x".repeat(4000)));
    for (int index = 1; index < 40; index++) {
      String create =
          "create temporary function f%d(a int) returns int return f%d(a) + f%d(a)"
              .formatted(index, index - 1, index - 1);
      if (!session.sql(create).isServed()) {
        session.sql(create).refused(STATEMENT_TOO_LARGE);
        assertThat(index).isGreaterThan(3);
        return;
      }
      session = session.having(create);
    }
    throw new AssertionError("40 functions that each call the one before twice were served");
  }

  @Test
  void nestingIsBounded() {
    PlannerFixture session =
        admin().having("create temporary function f0(a int) returns int return a");
    for (int index = 1; index < 31; index++) {
      session =
          session.having(
              "create temporary function f%d(a int) returns int return f%d(a)"
                  .formatted(index, index - 1));
    }
    PlannerFixture deep =
        session.having("create temporary function f31(a int) returns int return f30(a)");
    deep.sql("create temporary function f32(a int) returns int return f31(a)")
        .refused(STATEMENT_TOO_COMPLEX);
  }

  @Test
  void namesInTheBodyAreParameters() {
    admin()
        .sql("create temporary function f(a int) returns int return b")
        .refused(
            UNRESOLVED_COLUMN,
            "The name `b` is no parameter of the function `f`. (in function `f`)");
    admin()
        .having("create temporary function f(a struct<x: int>) returns int return f.a.x + a.x")
        .sql("select f(named_struct('x', 1)) y")
        .becomes(
            "select CAST(CAST(named_struct('x', 1) AS struct<x: int>).x + CAST(named_struct('x',"
                + " 1) AS struct<x: int>).x AS int) y");
    admin()
        .having(
            "create temporary function me(a int) returns string return concat(current_user(), a)")
        .as("analyst")
        .sql("select me(1) x")
        .becomes("select CAST(concat('analyst', CAST(1 AS int)) AS string) x");
  }

  /** The table has a column called user. */
  @Test
  void bareValuesOfTheBodyAreNotColumnsOfTheCallers() {
    admin()
        .having("create temporary function me() returns string return user")
        .sql("select me() x from logins")
        .becomes("select CAST('admin' AS string) x from `lake`.`tpch`.`logins`");
    admin()
        .having("create temporary function today() returns date return current_date")
        .sql("select today() x")
        .becomes("select CAST(current_date() AS date) x");
    for (String body :
        new String[] {
          "return (select max(user) from nation)",
          "return (select max(`user`) from nation)",
          "return select current_user",
        }) {
      admin().sql("create temporary function me() returns string " + body).refused(NOT_SUPPORTED);
    }
    admin()
        .sql("create temporary function me(a string default user) returns string return a")
        .refused(NOT_SUPPORTED);
    admin()
        .sql("create temporary function me(a double default rand()) returns string return a")
        .refused(NOT_SUPPORTED);
  }

  @Test
  void aParameterIsNotCalledAsAColumnOfWhatIsRead() {
    admin()
        .sql(
            "create temporary function f(n_name string) returns bigint return"
                + " (select count(*) from nation where n_name = f.n_name)")
        .refused(NOT_SUPPORTED);
  }

  @Test
  void aSessionHasOneOfAName() {
    PlannerFixture session = admin().having(PLUS);
    session.sql(PLUS).refused(ROUTINE_ALREADY_EXISTS);
    session.sql("drop temporary function if exists none").analyze();
    session.sql("drop temporary function none").refused(ROUTINE_NOT_FOUND);
    session
        .dropping("drop temporary function PLUS")
        .sql("select plus(1)")
        .refused(FUNCTION_NOT_ALLOWED);
    admin().sql("select plus(1)").refused(FUNCTION_NOT_ALLOWED);
    assertThat(session.sql("show user functions").answer())
        .isEqualTo(java.util.List.of(java.util.List.of("plus")));
    assertThat(session.sql("describe function extended plus").answer().toString())
        .contains("Input:    a int, b int DEFAULT 1")
        .contains("Returns:  int")
        .contains("Body:     a + b");
    assertThat(admin().sql("show user functions").answer()).isEmpty();
    admin().sql("describe function plus").refused(FUNCTION_NOT_ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create function f(a int) returns int return a",
        "create or replace function lake.tpch.f(a int) returns int return a",
        "create temporary function tpch.f(a int) returns int return a",
        "create temporary function f as 'com.example.F' using jar 'x.jar'",
        "create function f as 'com.example.F'",
        "create temporary function if not exists f(a int) returns int return a",
        "create temporary function f(a int) returns int language python return a",
        "create temporary function f(a int) returns int sql security definer return a",
        "create temporary function f(a int) returns int modifies sql data return a",
        "create temporary function f(a int) returns int returns null on null input return a",
        "create temporary function f(a int) returns int specific g return a",
        "create temporary function f(a int not null) returns int return a",
        "create temporary function f(a int) returns int return ?",
        "create temporary function f(a int) returns int return :p",
        "create temporary function f(user int) returns int return 1",
        "create temporary function f(a int default 1, b int) returns int return a",
        "create temporary function f(a int default b) returns int return a",
        "create temporary function f(a int default (select 1)) returns int return a",
        "create temporary function f(a int) returns int return sum(a)",
        "create temporary function f(a int) returns int return any_value(a)",
        "create temporary function f(a int) returns int return row_number() over ()",
        "create temporary function f(a int) returns int return explode(array(a))",
        "create temporary function f(a int) returns struct<a: int> return struct(*)",
        "create temporary function f(a int) returns int return _sluice_x",
        "create temporary function `f g`(a int) returns int return a",
        "create temporary function f(a int) returns int return (select max(_pos) from nation)",
        "create temporary function f() returns int return (select max(a) from global_temp.x)",
        "create temporary function f() returns string return '${env:HOME}'",
        "drop function f",
        "drop function if exists lake.tpch.f",
      })
  void isRefused(String sql) {
    admin().sql(sql).refused(NOT_SUPPORTED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "create temporary function f(a int) returns int return java_method('x')|FUNCTION_NOT_ALLOWED",
        "create temporary function f(a int, A int) returns int return a|COLUMN_ALREADY_EXISTS",
        "create temporary function f(a int) returns int return a) + (b|PARSE_SYNTAX_ERROR",
        "create temporary function f() returns int return (select 1 from nosuch)|TABLE_OR_VIEW_NOT_FOUND",
        "create temporary function f() returns int return (select 1 from parquet.`/x`)|TABLE_OR_VIEW_NOT_FOUND",
      })
  void isAnError(String sql, io.sluice.model.ErrorCode code) {
    assertThat(code)
        .isIn(
            FUNCTION_NOT_ALLOWED,
            COLUMN_ALREADY_EXISTS,
            PARSE_SYNTAX_ERROR,
            TABLE_OR_VIEW_NOT_FOUND);
    admin().sql(sql).refused(code);
  }

  @Test
  void temporaryViewsAreNotReadInside() {
    PlannerFixture session =
        admin().having("create temporary view v as select n_name from nation", "n_name");
    session
        .sql("create temporary function f() returns string return (select max(n_name) from v)")
        .refused(NOT_SUPPORTED);
    // A view that is made later does not take the place of a table.
    admin()
        .having(MOST)
        .having("create temporary view nation as select r_name n_name from region", "n_name")
        .sql("select most(1)")
        .reads("lake.tpch.nation");
  }

  @Test
  void viewsThatStayDoNotCallThem() {
    PlannerFixture session = admin().having(PLUS);
    session.sql("create view w as select plus(1) x").refused(NOT_SUPPORTED);
    session
        .having("create temporary view v as select plus(n_nationkey) x from nation", "x")
        .dropping("drop temporary function plus")
        .sql("select x from v")
        .becomes(
            "select x from (SELECT `r`.`x` AS `x` FROM (select CAST(CAST(n_nationkey AS int) +"
                + " CAST((1) AS int) AS int) x from `lake`.`tpch`.`nation`) AS `r`) AS `v`");
  }

  @Test
  void writesCallFunctions() {
    PlannerFixture session = analyst().having(PLUS);
    session
        .sql("update scratch.notes set id = plus(id) where plus(id) > 3")
        .becomes(
            "update `lake`.`scratch`.`notes` set id = CAST(CAST(id AS int) + CAST((1) AS int) AS"
                + " int) where CAST(CAST(id AS int) + CAST((1) AS int) AS int) > 3");
    session.sql("explain select plus(1)").reads();
  }

  @Test
  void aFunctionIsCalledInItsOwnTimeZone() {
    PlannerFixture session =
        admin().having("create temporary function f(a string) returns timestamp return a");
    session
        .set("spark.sql.session.timeZone", "Asia/Tokyo")
        .sql("select f('x')")
        .refused(NOT_SUPPORTED);
  }

  @Test
  void placesAreThoseOfTheSendersText() {
    PlannerFixture session = admin().having(PLUS);
    session.sql("select plus(1),\n n_name from nosuch").refusedAt(TABLE_OR_VIEW_NOT_FOUND, 2, 13);
    Analysis.SparkQuery query = session.sql("select plus(1),\n 1/0 from nation").analysis();
    int place = query.sql().indexOf("1/0");
    int start = query.sql().lastIndexOf('\n', place) + 1;
    assertThat(query.source().inSource(new TextPosition(2, place - start)))
        .contains(new TextPosition(2, 1));
  }

  @Test
  void reservedNamesAreNotWritten() {
    admin().having(PLUS).sql("select plus(_SLUICE_plus) from nation").refused(NOT_SUPPORTED);
  }
}
