package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.policy.Access;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What writes and definitions may not do, the administrator's included. */
class CommandRefusalTest {

  private final PlannerFixture planner = PlannerFixture.tpch();

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Names that are no text.
        "insert into identifier('nation') select * from nation",
        "insert into tpch.identifier('nation') select * from nation",
        "insert into identifier('lake.tpch').nation values (1)",
        "delete from identifier('nation')",
        "update identifier('na' || 'tion') set n_name = 'a'",
        "update nation set identifier('n_name') = 'a'",
        "merge into identifier('nation') using region on true when matched then delete",
        "merge into nation using identifier('region') on true when matched then delete",
        "create table identifier('t') (a int)",
        "create table t (identifier('a') int)",
        "drop table identifier('nation')",
        "truncate table identifier(?)",
        "create schema identifier('s')",
        "alter table identifier('nation') add column x int",
        "alter table nation rename to identifier('x')",
        "comment on table identifier('nation') is 'x'",
        // Other states of a table.
        "insert into nation.branch_x values (1, 'a', 1, 'b')",
        "insert into tpch.nation.branch_x values (1, 'a', 1, 'b')",
        "insert into lake.tpch.nation.branch_x values (1, 'a', 1, 'b')",
        "delete from tpch.nation.branch_x",
        "update lake.tpch.nation.branch_audit set n_name = 'a'",
        "merge into tpch.nation.branch_x using region on true when matched then delete",
        "delete from lake.tpch.nation.files",
        "delete from tpch.nation.snapshot_id_1",
        "truncate table lake.tpch.nation.position_deletes",
        "drop table lake.tpch.nation.branch_x",
        "alter table tpch.nation.branch_x add column x int",
        "insert into nation with ('branch' = 'x') values (1, 'a', 1, 'b')",
        "create table tpch.branch_x (a int)",
        "create table tpch.files (a int)",
        "alter table nation rename to snapshots",
        "insert into nation select * from tpch.nation.branch_x",
        // Paths.
        "create table parquet.`/etc/x` as select * from nation",
        "create table `../../x` (a int)",
        "create table tpch.`a/b` (a int)",
        "create table `..`.x (a int)",
        "create schema `../x`",
        "create schema `a.b`",
        "drop schema `a.b`",
        "alter table `a.b`.c add column x int",
        "drop table `a.b`.c",
        "create table `a.b` (a int)",
        "alter table nation rename to `../x`",
        "alter table nation rename to `..`.x",
        "create table t (a int) location '/etc'",
        "create table t location '/etc' as select 1",
        "create table t (a int) options (path '/etc')",
        "create table t (a int) using parquet",
        "create table t (a int) using iceberg.x",
        "create table t (a int) using csv options (path '/etc/passwd')",
        "create table t (a int) stored as orc",
        "create table t (a int) row format delimited",
        "create table t (a int) tblproperties ('write.data.path' = '/etc')",
        "create table t (a int) tblproperties ('location' = '/etc')",
        "create table t (a int) tblproperties (write.location-provider.impl = 'x')",
        "create table t (a int) tblproperties ('comm' 'ent' = 'x', 'path' = '/etc')",
        "create table t (a int) tblproperties ('\\u0063omment' = 'x')",
        "create table t as select * from nation with ('path' = '/etc')",
        "create or replace table t (a int) location '/etc'",
        "create external table t (a int) location '/etc'",
        "create external table t (a int)",
        "create temporary table t (a int) using iceberg",
        "create schema s location '/etc'",
        "create schema s with dbproperties ('location' = '/etc')",
        "alter table nation set tblproperties ('write.metadata.path' = '/etc')",
        "alter table nation set tblproperties ('comment' = 'a', 'write.data.path' = '/etc')",
        "alter table nation unset tblproperties ('write.data.path')",
        // Other catalogs.
        "insert into spark_catalog.default.t values (1)",
        "create table spark_catalog.default.t (a int)",
        "create table nowhere.tpch.t (a int)",
        "drop table global_temp.x.y",
        "create schema nowhere.s",
        "create schema lake",
        "create schema lake.a.b",
        "create table lake.t (a int)",
        "drop schema a.b.c",
        "alter table nation rename to ocean.deep.n",
        "alter table nation rename to lake.n",
        "alter table nation rename to a.b.c",
        // Clauses that do something else.
        "drop table nation purge",
        "truncate table nation partition (n_regionkey = 1)",
        "alter view nation rename to x",
        "alter view nation set tblproperties ('comment' = 'x')",
        "create table t (a int default 1)",
        "create table t (a int generated always as (1))",
        "create table t (a int primary key)",
        "create table t (a int, constraint c check (a > 0))",
        "create table t (a int) partitioned by (b int)",
        "create table t (a int) partitioned by (my_function(a))",
        "create table t (a int) clustered by (a) into 4 buckets",
        "create table t (a int) cluster by (a)",
        "create table t (a string) default collation unicode",
        "alter table nation add column x int default 1",
        "alter table nation alter column n_name set default 'a'",
        "alter table nation alter column n_name drop default",
        "alter table nation change column n_name x string",
        "alter table nation change n_name N_NAME string",
        "alter table nation change column identifier('n_name') n_name string",
        "alter table nation partition (n_regionkey = 1) change column n_name n_name string",
        // What a query may not hold, a command may not either.
        "insert into nation select transform(n_name) using 'cat' from nation",
        "from nation insert into nation select transform(n_name) using 'cat' as (a)",
        "insert into nation select * from nation_view",
        "insert into nation_view select * from nation",
        "insert into nation values ('${env:HOME}')",
        "update nation set _file = 'x'",
        "delete from nation where _pos = 1",
        "create table t (_file string)",
        "alter table nation rename column n_name to _file",
        "with nation as (select 1) delete from nation",
        "with nation as (select 1) update nation set n_name = 'a'",
        "with nation as (select 1 n_name) insert into nation select * from nation",
        "with nation as (select 1) merge into nation using region on true when matched then delete",
        "/* /* */ alter table nation create branch x -- */ drop table nation",
        "alter table nation add column x int comment 'create branch'",
      })
  void isNotServed(String sql) {
    planner.sql(sql).refused(ErrorCode.NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update nation set n_name = java_method('a', 'b')",
        "delete from nation where reflect('a', 'b') = 'x'",
        "merge into nation using region on input_file_name() = 'a' when matched then delete",
        "insert into nation select input_file_name()",
        "create table t as select lake.f(1)",
      })
  void functionsAreThoseOfQueries(String sql) {
    planner.sql(sql).refused(ErrorCode.FUNCTION_NOT_ALLOWED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          insert into nation values (1)                  | update | tpch/nation
          insert into missing values (1)                 | update | tpch/missing
          insert into lake.secret.missing values (1)     | update | secret/missing
          insert overwrite nation select 1               | update | tpch/nation
          insert into nation replace where true select 1 | update | tpch/nation
          from nation insert into region select 1        | update | tpch/region
          delete from nation                             | update | tpch/nation
          update nation set n_name = 'a'                 | update | tpch/nation
          merge into nation using secret on true when matched then delete | update | tpch/nation
          truncate table nation                          | update | tpch/nation
          truncate table missing                         | update | tpch/missing
          create table t (a int)                         | create | tpch/t
          create table nation as select * from secret    | create | tpch/nation
          replace table nation (a int)                   | create | tpch/nation
          drop table nation                              | drop   | tpch/nation
          drop table if exists missing                   | drop   | tpch/missing
          create schema s                                | create | s
          create schema if not exists tpch               | create | tpch
          drop schema tpch                               | drop   | tpch
          comment on schema tpch is 'x'                  | alter  | tpch
          comment on table nation is 'x'                 | alter  | tpch/nation
          comment on table missing is 'x'                | alter  | tpch/missing
          alter table nation add column x int            | alter  | tpch/nation
          alter table nation alter column n_name type int | alter | tpch/nation
          alter table nation rename column n_name to x   | alter  | tpch/nation
          alter table nation drop column n_name          | alter  | tpch/nation
          alter table nation change column n_name n_name string | alter | tpch/nation
          drop schema tpch cascade                       | drop   | tpch
          alter table nation rename to x                 | alter  | tpch/nation
          alter table nation set tblproperties ('comment' = 'x') | alter | tpch/nation
          alter table nation unset tblproperties ('comment') | alter | tpch/nation
          """)
  void whoLacksThePrivilegeLearnsNothing(String sql, String access, String object) {
    planner
        .as("intern")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [intern] does not have ["
                + access
                + "] privilege on ["
                + object
                + "]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          alter table region rename to scratch.x         | tpch/nowhere
          from nation insert into nation select * insert into region select 1, '', '' | [update] privilege on [tpch/region]
          replace table scratch.notes as select * from secret | [select] privilege on [tpch/secret]
          """)
  void everyPrivilegeIsNeeded(String sql, String object) {
    PlannerFixture fixture =
        PlannerFixture.with(
                PlannerFixture.tpchCatalog(),
                new FakePolicies()
                    .grant("u", "lake.tpch.nation")
                    .grant("u", "lake.tpch.region")
                    .grant("u", "lake.scratch.*")
                    .permit("u", Access.UPDATE, "lake.tpch.nation")
                    .permitAll("u", "lake.scratch*")
                    .permit("u", Access.ALTER, "lake.tpch.region")
                    .permit("u", Access.DROP, "lake.tpch.region"))
            .as("u");
    if (object.equals("tpch/nowhere")) {
      assertThat(fixture.sql(sql).rewritten())
          .isEqualTo("alter table `lake`.`tpch`.`region` rename to `scratch`.`x`");
      fixture
          .sql("alter table region rename to x")
          .refused(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: user [u] does not have [create] privilege on [tpch/x]");
      return;
    }
    assertThat(fixture.sql(sql).refused(ErrorCode.PERMISSION_DENIED).getMessage())
        .isEqualTo("Permission denied: user [u] does not have " + object);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into orders table orders",
        "insert overwrite orders select * from orders",
        "insert into orders replace where true select * from orders",
        "delete from orders",
        "update orders set o_clerk = o_comment",
        "merge into orders using nation on true when matched then delete",
        "truncate table orders",
        "from nation insert into orders select *",
      })
  void aTableOfWhichAPartIsHiddenIsNotChanged(String sql) {
    planner
        .as("analyst")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] may not change [tpch/orders], of which a policy"
                + " hides a part");
  }

  @Test
  void aMergeThatMayAddColumnsNeedsToAlter() {
    String merge = "into nation using region on r_regionkey = n_nationkey when matched then delete";
    planner.as("analyst").sql("merge " + merge).analysis();
    planner
        .as("analyst")
        .sql("merge with schema evolution " + merge)
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [alter] privilege on [tpch/nation]");
    planner.sql("merge with schema evolution " + merge).analysis();
  }

  @Test
  void masksAndDeniedColumnsHideAPartToo() {
    for (FakePolicies policies :
        List.of(
            new FakePolicies().mask("u", "lake.tpch.nation", "n_comment", "MASK_NULL"),
            new FakePolicies().deny("u", "lake.tpch.nation", "n_comment"))) {
      PlannerFixture fixture =
          PlannerFixture.with(
                  PlannerFixture.tpchCatalog(),
                  policies.grant("u", "lake.*").permitAll("u", "lake.*"))
              .as("u");
      for (String sql :
          List.of(
              "update nation set n_name = n_comment",
              "delete from nation where n_comment = 'a'",
              "insert into nation values (1, '', 1, '')",
              "merge into region using (select 1 a) s on true when matched then delete")) {
        boolean other = sql.startsWith("merge");
        if (other) {
          assertThat(fixture.sql(sql).analysis().restricted()).isFalse();
        } else {
          assertThat(fixture.sql(sql).refused(ErrorCode.PERMISSION_DENIED).getMessage())
              .contains("may not change [tpch/nation]");
        }
      }
    }
  }

  @Test
  void whatIsWrittenToMustBeReadable() {
    PlannerFixture.with(
            PlannerFixture.tpchCatalog(),
            new FakePolicies().permit("u", Access.UPDATE, "lake.tpch.nation"))
        .as("u")
        .sql("delete from nation")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [u] does not have [select] privilege on [tpch/nation]");
  }

  @Test
  void aMissingTargetIsMissingForWhoMayChangeIt() {
    for (String sql :
        List.of(
            "delete from gone",
            "insert into gone values (1)",
            "insert into parquet.`/etc/x` select * from nation",
            "insert into lake.parquet.`/etc/x` select * from nation",
            "truncate table csv.`/etc/x`")) {
      planner.sql(sql).refused(ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into scratch.notes select c_custkey, c_address from customer",
        "insert into scratch.notes select c_custkey, c_name from customer where c_address = 'x'",
        "insert into scratch.notes table customer",
        "create table scratch.t as select * from customer",
        "create table scratch.t as select c_custkey from customer order by c_address",
        "merge into scratch.notes using (select * from customer) c on true when matched then delete",
        "with c as (select * from customer) insert into scratch.notes select 1, 'a'",
        "from customer insert into scratch.notes select c_custkey, c_address",
        "delete from scratch.notes where exists (select 1 from customer where c_address = note)",
        "update scratch.notes set note = (select max(c_address) from customer)",
        "merge into scratch.notes using customer on true when not matched then insert *",
        "insert into scratch.notes replace where id = 1 select c_custkey, c_address from customer",
      })
  void aDeniedColumnIsNamed(String sql) {
    planner
        .as("analyst")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/c_address]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replace table %s (a int)",
        "create or replace table %s as select 1 a",
        "alter table %s rename to x",
        "alter table %s rename column o_clerk to x",
        "alter table %s drop column o_clerk",
      })
  void namesThatPoliciesSpeakOfStay(String sql) {
    for (String table : List.of("orders", "tpch.customer")) {
      SluiceException refusal =
          planner.sql(sql.formatted(table)).refused(ErrorCode.PERMISSION_DENIED);
      assertThat(refusal.getMessage()).contains("because a policy hides a part of it");
    }
  }

  @Test
  void noOtherNameShowsMore() {
    PlannerFixture fixture =
        PlannerFixture.with(
                PlannerFixture.tpchCatalog(),
                new FakePolicies()
                    .permitAll("u", "lake.*")
                    .grantOnly("u", "lake.tpch.nation", "n_name")
                    .grant("u", "lake.scratch.*"))
            .as("u");
    fixture
        .sql("alter table secret rename to scratch.mine")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [u] does not have [select] privilege on [tpch/secret]");
    assertThat(
            fixture
                .sql("alter table nation rename to scratch.mine")
                .refused(ErrorCode.PERMISSION_DENIED)
                .getMessage())
        .contains("may not change [tpch/nation]");
    assertThat(
            fixture
                .sql("alter table nation rename column n_comment to n_name2")
                .refused(ErrorCode.PERMISSION_DENIED)
                .getMessage())
        .contains("may not change [tpch/nation]");
  }

  @Test
  void noOtherNameShowsWhatATableOnceHeld() {
    FakeCatalog catalog =
        PlannerFixture.tpchCatalog().formerly("lake", "tpch", "nation", "n_password");
    FakePolicies policies =
        new FakePolicies()
            .permitAll("u", "lake.*")
            .grantOnly("u", "lake.tpch.nation", "n_nationkey", "n_name", "n_regionkey", "n_comment")
            .grant("u", "lake.scratch.*");
    assertThat(
            PlannerFixture.with(catalog, policies)
                .as("u")
                .sql("alter table nation rename to scratch.mine")
                .refused(ErrorCode.PERMISSION_DENIED)
                .getMessage())
        .contains("may not change [tpch/nation]");
  }

  @Test
  void renamingTakesTheTableFromWhereItWas() {
    FakePolicies policies =
        new FakePolicies()
            .grant("u", "lake.*")
            .permit("u", Access.ALTER, "lake.tpch.nation")
            .permitAll("u", "lake.scratch*");
    PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
        .as("u")
        .sql("alter table nation rename to scratch.mine")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [u] does not have [drop] privilege on [tpch/nation]");
  }

  @Test
  void errorsAboutATableOfWhichAPartIsHiddenAreRestricted() {
    FakePolicies policies =
        PlannerFixture.tpchPolicies()
            .permit("analyst", Access.ALTER, "lake.tpch.customer")
            .permit("clerk", Access.ALTER, "lake.tpch.region");
    PlannerFixture fixture = PlannerFixture.with(PlannerFixture.tpchCatalog(), policies);
    String sql = "alter table %s alter column x comment 'y'";
    assertThat(fixture.as("analyst").sql(sql.formatted("customer")).analysis().restricted())
        .isTrue();
    assertThat(fixture.as("clerk").sql(sql.formatted("region")).analysis().restricted()).isTrue();
    assertThat(fixture.as("analyst").sql(sql.formatted("region")).analysis().restricted())
        .isFalse();
  }

  @Test
  void aClauseForRowsOfOneSideSeesTheUserNotTheOtherSidesColumn() {
    planner
        .sql(
            "merge into logins using scratch.notes n on true when not matched then insert (user)"
                + " values (user)")
        .refused(ErrorCode.NOT_SUPPORTED);
    planner
        .sql(
            "merge into scratch.notes n using logins on true when not matched by source then"
                + " update set note = current_user")
        .becomes(
            "merge into `lake`.`scratch`.`notes` n using `lake`.`tpch`.`logins` on true when not"
                + " matched by source then update set note = 'admin'");
    planner
        .sql(
            "merge into scratch.notes n using logins on true when not matched then insert (id,"
                + " note) values (1, user)")
        .becomes(
            "merge into `lake`.`scratch`.`notes` n using `lake`.`tpch`.`logins` on true when not"
                + " matched then insert (id, note) values (1, user)");
  }

  @Test
  void aPolicyEngineThatFailsRefuses() {
    for (String sql :
        List.of(
            "create schema s",
            "drop table nation",
            "delete from nation",
            "create table t as select 1")) {
      PlannerFixture.with(
              PlannerFixture.tpchCatalog(),
              new FakePolicies().failWith(new IllegalStateException("x")))
          .sql(sql)
          .refused(ErrorCode.POLICY_UNAVAILABLE);
    }
  }

  @Test
  void aCatalogThatFailsSpeaksToThePermittedOnly() {
    FakeCatalog broken =
        PlannerFixture.tpchCatalog()
            .failWith(new SluiceException(ErrorCode.CATALOG_UNAVAILABLE, "x"));
    PlannerFixture fixture = PlannerFixture.with(broken, PlannerFixture.tpchPolicies());
    fixture.sql("delete from nation").refused(ErrorCode.CATALOG_UNAVAILABLE);
    fixture.as("intern").sql("delete from nation").refused(ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void aSessionInNoCatalogOfOursChangesNothing() {
    PlannerFixture fixture = planner.in("spark_catalog", "default");
    for (String sql : List.of("create table t (a int)", "create schema s", "delete from t")) {
      fixture.sql(sql).refused(ErrorCode.NOT_SUPPORTED);
    }
  }
}
