package io.sluice.planner.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.planner.FakeCatalog;
import io.sluice.planner.FakePolicies;
import io.sluice.planner.PlannerFixture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {

  private static final String TABLE = "lake.tpch.logins";

  private static PlannerFixture filtered(String expression) {
    return PlannerFixture.with(
            PlannerFixture.tpchCatalog(),
            new FakePolicies().grant("u", "lake.*").filter("u", TABLE, expression))
        .as("u");
  }

  private static PlannerFixture masked(String column, String type, @Nullable String expression) {
    return PlannerFixture.with(
            PlannerFixture.tpchCatalog(),
            new FakePolicies().grant("u", "lake.*").mask("u", TABLE, column, type, expression))
        .as("u");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          ok                           | `r`.`ok`
          OK = true                    | `r`.`ok` = true
          user = 'x' or true           | `r`.`user` = 'x' or true
          `user` like 'a%'             | `r`.`user` like 'a%'
          logins.ok                    | `r`.`ok`
          tpch.n_name = 'x'            | `r`.`tpch`.n_name = 'x'
          user = current_user()        | `r`.`user` = 'u'
          user = session_user          | `r`.`user` = 'u'
          at > current_timestamp()     | `r`.`at` > current_timestamp()
          upper(user) in ('A', 'B')    | upper(`r`.`user`) in ('A', 'B')
          case when ok then true end   | case when `r`.`ok` then true end
          (ok)                         | (`r`.`ok`)
          user = '-- /* ; */'          | `r`.`user` = '-- /* ; */'
          true                         | true
          """)
  void aFilterNamesItsTablesColumnsInFull(String filter, String expected) {
    assertThat(filtered(filter).sql("select 1 from logins").rewritten())
        .endsWith(
            " FROM `lake`.`tpch`.`logins` AS `r` WHERE ("
                + expected
                + ")) TABLESAMPLE (100 PERCENT) REPEATABLE (0)) AS `logins`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "boss = 'carl'",
        "n_name = 'x'",
        "nation.n_name = 'x'",
        "ok; drop table x",
        "ok -- comment",
        "ok /* comment */",
        "ok) or (true",
        "ok as x",
        "ok, ok",
        "*",
        "user in (select n_name from nation)",
        "exists (select 1)",
        "(select true)",
        "rand() < 0.5",
        "uuid() = 'x'",
        "reflect('a', 'b') = 'c'",
        "no_such(user) = 'c'",
        "lake.f(user)",
        "max(ok)",
        "first(ok)",
        "max(ok) over ()",
        "explode(array(ok))",
        "exists(array(ok), x -> x)",
        "user = ?",
        "user = :p",
        "user = '${x}'",
        "identifier('ok')",
        "current_schema() = 'tpch'",
        "1 + 1",
        "'true'",
        "user",
        "-1",
        "ok and",
      })
  void aFilterThatCannotBeTrustedRefusesTheTable(String filter) {
    filtered(filter)
        .sql("select 1 from logins")
        .refused(
            ErrorCode.POLICY_INVALID,
            "Policy 7 cannot be applied; ask an administrator to correct it.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          user | MASK                | regexp_replace(mask(`r`.`user`), r'[\\p{Lo}\\p{Lt}\\p{Lm}\\p{Nl}\\p{No}]', 'x') AS string
          ok   | MASK                | NULL AS boolean
          user | MASK_SHOW_FIRST_4   | CASE WHEN length(`r`.`user`) <= 4 THEN regexp_replace(`r`.`user`, r'[\\p{L}\\p{N}]', 'x') ELSE concat(left(`r`.`user`, 4), regexp_replace(substring(`r`.`user`, 5), r'[\\p{L}\\p{N}]', 'x')) END AS string
          at   | MASK_SHOW_LAST_4    | NULL AS timestamp
          user | MASK_HASH           | sha2(`r`.`user`, 256) AS string
          ok   | MASK_HASH           | NULL AS boolean
          tpch | MASK_NULL           | NULL AS struct<`a b`: string, `n_name`: string>
          at   | MASK_DATE_SHOW_YEAR | date_trunc('YEAR', `r`.`at`) AS timestamp
          user | mask_date_show_year | NULL AS string
          """)
  void aMaskIsCastToItsColumnsType(String column, String type, String expected) {
    assertThat(masked(column, type, null).sql("select 1 from logins").rewritten())
        .contains("CAST(" + expected + ") AS `" + column + "`");
  }

  @Test
  void aNewColumnDoesNotChangeWhatAPolicySays() {
    FakeCatalog catalog =
        new FakeCatalog()
            .table("lake", "tpch", "flags", "secret boolean", "flags struct", "current_user string")
            .table("lake", "tpch", "plain", "a int", "current_user string");
    PlannerFixture fixture =
        PlannerFixture.with(
                catalog,
                new FakePolicies()
                    .grant("u", "lake.*")
                    .filter("u", "lake.tpch.flags", "coalesce(flags.secret, false) = false")
                    .filter("u", "lake.tpch.plain", "current_user = 'u'"))
            .as("u");
    assertThat(fixture.sql("select secret from flags").rewritten())
        .contains("WHERE (coalesce(`r`.`secret`, false) = false)");
    fixture.sql("select a from plain").refused(ErrorCode.POLICY_INVALID);
    PlannerFixture.with(
            catalog,
            new FakePolicies()
                .grant("u", "lake.*")
                .filter("u", "lake.tpch.plain", "`Current_User` = 'u'"))
        .as("u")
        .sql("select a from plain")
        .refused(ErrorCode.POLICY_INVALID);
  }

  @Test
  void aCustomMaskStandsForItsColumn() {
    assertThat(masked("user", "CUSTOM", "concat({col}, at)").sql("table logins").rewritten())
        .contains("CAST(concat(`r`.`user`, `r`.`at`) AS string) AS `user`");
    assertThat(masked("user", "CUSTOM", null).sql("table logins").rewritten())
        .contains("CAST(NULL AS string) AS `user`");
  }

  @Test
  void aColumnsOddNameCannotLeaveItsQuotes() {
    FakePolicies policies =
        new FakePolicies()
            .grant("u", "lake.*")
            .mask("u", "lake.tpch.odd`name", "c`d", "CUSTOM", "{col} + 1");
    assertThat(
            PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
                .as("u")
                .sql("select 1 from `odd``name`")
                .rewritten())
        .contains("CAST(`r`.`c``d` + 1 AS int) AS `c``d`")
        .endsWith("AS `odd``name`");
  }

  @Test
  void maskNoneShowsTheValue() {
    assertThat(masked("user", "MASK_NONE", null).sql("select 1 from logins").rewritten())
        .contains("(SELECT `r`.`user`, ");
  }

  @ParameterizedTest
  @CsvSource({
    "MASK_TOMORROW,",
    "'',",
    "CUSTOM,(select max(s_text) from secret)",
    "CUSTOM,rand()",
    "CUSTOM,secret.s_text",
    "CUSTOM,max({col})",
    "CUSTOM,'{col}, 1'"
  })
  void aMaskThatIsNotKnownOrTrustedRefusesTheTable(String type, @Nullable String expression) {
    masked("user", type, expression)
        .sql("select ok from logins")
        .refused(
            ErrorCode.POLICY_INVALID,
            "Policy 8 cannot be applied; ask an administrator to correct it.");
  }

  @Test
  void theAliasInsideIsNotTheSameInTwoGateways() {
    String first = filtered("ok").sql("table logins").analysis().sql();
    String second = filtered("ok").sql("table logins").analysis().sql();
    assertThat(first).isNotEqualTo(second);
  }
}
