package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.planner.policy.Access;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Iceberg's own forms of ALTER TABLE, which Spark's grammar does not have. */
class IcebergAlterTest {

  private final PlannerFixture planner = PlannerFixture.tpch();

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          alter table nation add partition field n_name          | ADD PARTITION FIELD `n_name`
          alter table tpch.nation add partition field bucket(16, n_nationkey) as shard | ADD PARTITION FIELD bucket(16, `n_nationkey`) AS `shard`
          ALTER TABLE `lake`.`tpch`.`nation` ADD PARTITION FIELD Truncate(`n_name`, 4) | ADD PARTITION FIELD truncate(`n_name`, 4)
          alter table nation drop partition field shard          | DROP PARTITION FIELD `shard`
          alter table nation drop partition field days(a.b)      | DROP PARTITION FIELD days(`a`.`b`)
          alter table nation replace partition field days(a) with hours(a) as h | REPLACE PARTITION FIELD days(`a`) WITH hours(`a`) AS `h`
          alter table nation write ordered by n_name desc nulls last, bucket(3, n_nationkey) | WRITE ORDERED BY `n_name` DESC NULLS LAST, bucket(3, `n_nationkey`)
          alter table nation write locally ordered by (n_name asc, n_comment nulls first) | WRITE LOCALLY ORDERED BY `n_name` ASC, `n_comment` NULLS FIRST
          alter table nation write distributed by partition      | WRITE DISTRIBUTED BY PARTITION
          alter table nation write ordered by n_name distributed by partition | WRITE DISTRIBUTED BY PARTITION ORDERED BY `n_name`
          alter table nation write distributed by partition unordered | WRITE DISTRIBUTED BY PARTITION UNORDERED
          alter table nation write unordered                     | WRITE UNORDERED
          alter table nation set identifier fields n_nationkey, a.b | SET IDENTIFIER FIELDS `n_nationkey`, `a`.`b`
          alter table nation drop identifier fields n_nationkey  | DROP IDENTIFIER FIELDS `n_nationkey`
          alter table nation create branch audit                 | CREATE BRANCH `audit`
          alter table nation create branch if not exists audit as of version 5 retain 7 days with snapshot retention 2 snapshots 3 hours | CREATE BRANCH IF NOT EXISTS `audit` AS OF VERSION 5 RETAIN 7 DAYS WITH SNAPSHOT RETENTION 2 SNAPSHOTS 3 HOURS
          alter table nation create or replace branch audit with snapshot retention 5 minutes | CREATE OR REPLACE BRANCH `audit` WITH SNAPSHOT RETENTION 5 MINUTES
          alter table nation replace branch audit as of version 5 with snapshot retention 2 snapshots | REPLACE BRANCH `audit` AS OF VERSION 5 WITH SNAPSHOT RETENTION 2 SNAPSHOTS
          alter table nation create tag `end-of-year` retain 365 days | CREATE TAG `end-of-year` RETAIN 365 DAYS
          alter table nation create or replace tag t as of version 9 | CREATE OR REPLACE TAG `t` AS OF VERSION 9
          alter table nation replace tag t                       | REPLACE TAG `t`
          alter table nation drop branch if exists audit         | DROP BRANCH IF EXISTS `audit`
          alter table nation drop tag t ;                        | DROP TAG `t`
          alter /* a */ table nation -- comment                  | -
          """)
  void isPrintedAnewWithTheTableInFull(String sql, String clause) {
    if (clause.equals("-")) {
      planner
          .sql("-- ;\n/* /* x */ */ " + sql + "\n create /* ' */ branch x -- y")
          .becomes("ALTER TABLE `lake`.`tpch`.`nation` CREATE BRANCH `x`");
      return;
    }
    planner.sql(sql).becomes("ALTER TABLE `lake`.`tpch`.`nation` " + clause);
    assertThat(planner.sql(sql).analysis().command()).isTrue();
    planner.sql(sql).reads("lake.tpch.nation");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/* /* */ ALTER TABLE nation CREATE BRANCH x -- */ SELECT 1",
        "/* /* */ alter table nation create branch x -- */ drop table nation",
        "/* /* */ alter table nation create branch x -- */ alter table nation add column c int",
        "alter table nation add column x int comment 'create branch'",
        "alter table nation set tblproperties ('comment' = 'drop tag')",
        "alter table nation rename to `write unordered`",
        "alter table tpch.nation.branch_x create branch y",
        "alter table tpch.nation.files create tag y",
        "alter table lake.tpch.nation.files drop tag y",
        "alter table nowhere.tpch.nation create tag y",
        "alter table spark_catalog.default.t create tag y",
        "alter table nation add partition field my_function(n_name)",
        "alter table nation add partition field lake.tpch.f(n_name)",
        "alter table nation write ordered by zorder(n_name)",
        "alter table nation create branch `a\nb`",
        "alter table nation create branch ${x}",
      })
  void isNotServed(String sql) {
    assertThat(planner.sql(sql).failure().code())
        .isIn(ErrorCode.NOT_SUPPORTED, ErrorCode.PARSE_SYNTAX_ERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table nation create branch",
        "alter table nation create branch a b",
        "alter table nation create branch 'a'",
        "alter table nation create branch 1",
        "alter table nation create or replace branch if not exists a",
        "alter table nation create tag a with snapshot retention 2 snapshots",
        "alter table nation create branch a retain 7 weeks",
        "alter table nation create branch a retain 99999999999999999999 days",
        "alter table nation create branch a as of version -1",
        "alter table nation create branch a as of version (select 1)",
        "alter table nation create branch a; drop table nation",
        "alter table nation drop tag if exists",
        "alter table nation drop branch if not exists a",
        "alter table nation write",
        "alter table nation write unordered unordered",
        "alter table nation write ordered by n_name unordered",
        "alter table nation write ordered by (n_name",
        "alter table nation write distributed by n_name",
        "alter table nation add partition field bucket(16, n_nationkey) as",
        "alter table nation add partition field bucket('16', n_nationkey)",
        "alter table nation add partition field bucket(16",
        "alter table nation add partition field n_name, n_comment",
        "alter table nation replace partition field n_name",
        "alter table nation set identifier fields",
        "alter table nation drop identifier fields n_name,",
        "alter table nation drop identifier fields identifier('n_name')",
        "alter table identifier('nation') create branch x",
        "alter table nation create index x",
        "explain alter table nation create branch x",
      })
  void whatGoesWrongIsASyntaxError(String sql) {
    planner.sql(sql).refused(ErrorCode.PARSE_SYNTAX_ERROR);
  }

  @Test
  void theSyntaxErrorTellsWhere() {
    assertThat(
            planner
                .sql("alter table nation\n create branch a retain x")
                .refused(ErrorCode.PARSE_SYNTAX_ERROR))
        .hasMessage("Syntax error at or near 'x': expected is a whole number.");
    planner
        .sql("alter table nation\n create branch a retain x")
        .refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 2, 24);
  }

  @Test
  void aVeryLongCommandIsRefused() {
    String columns = "n_name, ".repeat(5_000) + "n_name";
    planner
        .sql("alter table nation set identifier fields " + columns)
        .refused(ErrorCode.PARSE_SYNTAX_ERROR);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          alter table nation create branch x          | [alter] privilege on [tpch/nation]
          alter table missing create branch x         | [alter] privilege on [tpch/missing]
          alter table nation drop tag x               | [alter] privilege on [tpch/nation]
          alter table nation add partition field n_name | [alter] privilege on [tpch/nation]
          alter table nation write unordered          | [alter] privilege on [tpch/nation]
          alter table nation set identifier fields n_name | [alter] privilege on [tpch/nation]
          """)
  void whoLacksThePrivilegeLearnsNothing(String sql, String what) {
    planner
        .as("intern")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED, "Permission denied: user [intern] does not have " + what);
  }

  @Test
  void toMoveMainIsToUpdate() {
    PlannerFixture fixture =
        PlannerFixture.with(
                PlannerFixture.tpchCatalog(),
                new FakePolicies()
                    .grant("u", "lake.tpch.nation")
                    .permit("u", Access.ALTER, "lake.tpch.nation"))
            .as("u");
    fixture.sql("alter table nation replace branch audit as of version 5").analysis();
    for (String sql :
        List.of(
            "alter table nation replace branch main as of version 5",
            "alter table nation create or replace branch `main` as of version 5",
            "alter table nation create branch if not exists main")) {
      fixture
          .sql(sql)
          .refused(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: user [u] does not have [update] privilege on [tpch/nation]");
    }
  }

  @Test
  void aTableOfWhichAPartIsHiddenIsNotChanged() {
    PlannerFixture fixture =
        PlannerFixture.with(
                PlannerFixture.tpchCatalog(),
                new FakePolicies()
                    .grant("u", "lake.*")
                    .permitAll("u", "lake.*")
                    .deny("u", "lake.tpch.nation", "n_comment"))
            .as("u");
    for (String sql :
        List.of(
            "alter table nation create branch x",
            "alter table nation add partition field n_comment",
            "alter table nation set identifier fields n_nationkey")) {
      assertThat(fixture.sql(sql).refused(ErrorCode.PERMISSION_DENIED))
          .hasMessage(
              "Permission denied: user [u] may not change [tpch/nation], of which a policy hides a"
                  + " part");
    }
  }

  @Test
  void aMissingTableIsMissingForWhoMayChangeIt() {
    planner.sql("alter table missing create branch x").refused(ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
  }
}
