package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.sluice.model.ErrorCode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of which a policy speaks, or would speak, change by an administrator's force alone. */
class NameChangeTest {

  private final PlannerFixture planner = PlannerFixture.tpch();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table orders rename column o_clerk to clerk",
        "alter table orders drop column o_clerk",
        "alter table orders rename to scratch.orders",
        "replace table orders (a int)",
        "create or replace table orders as select 1 a",
      })
  void anAdministratorMayForceAChangeOfNamesThatAPolicySpeaksOf(String sql) {
    String key = "sluice.forcePolicyObjectChanges";
    planner.sql(sql).refused(ErrorCode.PERMISSION_DENIED);
    planner.set(key, "false").sql(sql).refused(ErrorCode.PERMISSION_DENIED);
    assertThat(planner.set(key, "TRUE").sql(sql).analysis().note())
        .isEqualTo("forced change of names that a policy speaks of");
    PlannerFixture.with(
            PlannerFixture.tpchCatalog(),
            PlannerFixture.tpchPolicies().permitAll("intern", "lake.*").grant("intern", "lake.*"))
        .as("intern")
        .set(key, "true")
        .sql(sql)
        .refused(ErrorCode.PERMISSION_DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table orders add column region string",
        "alter table orders add columns (x int, `Region` string)",
        "alter table orders add column `user` string",
        "merge with schema evolution into orders using region on true when matched then delete",
        "begin merge with schema evolution into orders using region on true when matched then"
            + " delete; end",
      })
  void aColumnDoesNotTakeANameOfWhichAnExpressionSpeaks(String sql) {
    PlannerFixture fixture =
        PlannerFixture.with(
            PlannerFixture.tpchCatalog(),
            PlannerFixture.tpchPolicies()
                .filter(
                    "intern",
                    "lake.tpch.orders",
                    "case when user = 'intern' and region = 'us' then false else true end"));
    fixture.sql(sql).refused(ErrorCode.PERMISSION_DENIED);
    assertThat(fixture.set("sluice.forcePolicyObjectChanges", "true").sql(sql).analyze().note())
        .isEqualTo("forced change of names that a policy speaks of");
    assertThat(planner.sql("alter table orders add column other string").analysis().note())
        .isEmpty();
    fixture.sql("alter table orders add column other string").analysis();
    fixture.sql("alter table nation add column region string").analysis();
    fixture.sql("alter table orders add column o_comment.region string").analysis();
  }

  private static final String TAKES =
      "may not give [scratch/notes] a column `%s`, because a policy hides columns of that name";
  private static final String ADDS = "may not add a column of this name to [scratch/notes]";
  private static final String UNKNOWN =
      "may not give [scratch/notes] columns whose names are not known before Spark runs";

  static Stream<Arguments> replacements() {
    return Stream.of(
        arguments(TAKES.formatted("Card"), "replace table scratch.notes (id int, Card string)"),
        arguments(
            TAKES.formatted("card"),
            "create or replace table scratch.notes as select 1 id, 'x' card"),
        arguments(
            TAKES.formatted("CARD"),
            "replace table scratch.notes as select r_name as `CARD` from region"),
        arguments(
            TAKES.formatted("card"),
            "replace table scratch.notes as with c as (select 1 card) select * from c"),
        arguments(
            TAKES.formatted("card"),
            "replace table scratch.notes as select 1 card union select 2 id"),
        arguments(
            TAKES.formatted("card"), "replace table scratch.notes as from (select 1 as card)"),
        arguments(
            TAKES.formatted("card"),
            "replace table scratch.notes as select * from values (1) as t(card)"),
        arguments(ADDS, "replace table scratch.notes (Region string)"),
        arguments(ADDS, "replace table scratch.notes as select 1 id, 'de' as region"),
        arguments(ADDS, "replace table scratch.notes as select *, 'de' REGION from scratch.notes"),
        arguments(UNKNOWN, "replace table scratch.notes as select upper('x')"),
        arguments(UNKNOWN, "replace table scratch.notes as select 1 id, inline(array(struct(1)))"),
        arguments(
            UNKNOWN,
            "replace table scratch.notes as select * from (select inline(array(named_struct('a', 1,"
                + " 'b', 'x', 'c', 'de')))) as t(id, other, region)"),
        arguments(
            UNKNOWN,
            "merge with schema evolution into scratch.notes using (select 'de' region) s on false"
                + " when not matched then insert *"),
        arguments(ADDS, "alter table scratch.notes rename column id to region"),
        arguments(TAKES.formatted("Card"), "alter table scratch.notes rename column id to Card"));
  }

  private static PlannerFixture withMaskOfAColumnThatIsNotThere() {
    String mask = "if(region = 'de', {col}, 'x')";
    return PlannerFixture.with(
        PlannerFixture.tpchCatalog().table("lake", "scratch", "regional", "region string"),
        PlannerFixture.tpchPolicies()
            .mask("intern", "lake.scratch.notes", "card", "CUSTOM", mask)
            .mask("intern", "lake.scratch.planned", "card", "CUSTOM", mask)
            .mask("intern", "lake.scratch.regional", "card", "CUSTOM", mask));
  }

  @ParameterizedTest
  @MethodSource("replacements")
  void noTableIsReplacedByColumnsOfWhichPoliciesSpeak(String refusal, String sql) {
    PlannerFixture fixture = withMaskOfAColumnThatIsNotThere();
    assertThat(fixture.sql(sql).refused(ErrorCode.PERMISSION_DENIED))
        .hasMessageStartingWith("Permission denied: user [admin] " + refusal);
    assertThat(fixture.set("sluice.forcePolicyObjectChanges", "true").sql(sql).analysis().note())
        .isEqualTo("forced change of names that a policy speaks of");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replace table scratch.notes (id int, other string)",
        "replace table scratch.notes using iceberg",
        "replace table scratch.notes as select * from scratch.notes",
        "replace table scratch.notes as select n.n_name, count(*) as c from nation n group by 1",
        "replace table scratch.notes as values (1)",
        "replace table scratch.regional as select 'de' Region, 1 id",
        "create or replace table scratch.planned as select 1 id",
        "create or replace table scratch.fresh as select upper('x')",
        "create or replace table scratch.fresh as select 1 card, 'de' region",
      })
  void otherColumnsMayTakeTheirPlace(String sql) {
    assertThat(withMaskOfAColumnThatIsNotThere().sql(sql).analysis().note()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(id int, card string)",
        "as select 1 card, 'de' region",
        "as select count(*) from nation",
        "using iceberg select * from region"
      })
  void whatIsNotThereIsCreatedAndNotReplaced(String definition) {
    PlannerFixture fixture = withMaskOfAColumnThatIsNotThere();
    Analysis.SparkQuery created =
        fixture
            .set("sluice.forcePolicyObjectChanges", "true")
            .sql("create or replace table scratch.planned " + definition)
            .analysis();
    assertThat(created.note()).isEmpty();
    assertThat(created.sql())
        .isEqualTo(
            fixture
                .sql("create  table scratch.planned " + definition)
                .becomes(created.sql())
                .rewritten());
    fixture
        .sql("replace table scratch.planned " + definition)
        .refused(ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
    assertThat(fixture.sql("create or replace table scratch.fresh " + definition).rewritten())
        .startsWith("create or replace table `lake`.`scratch`.`fresh` ");
  }

  /** A column that has another name by the time that Spark reads its table is not found. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '"',
      textBlock =
          """
          select n_name as id from nation order by 1 limit 3 => `id`
          select * from nation => `n_nationkey`, `n_name`, `n_regionkey`, `n_comment`
          with c as (select 1 as one) select one from c => `one`
          from nation |> select n_name => `n_name`
          from nation select n_name => `n_name`
          values (1, 'x') => `col1`, `col2`
          (select 1 as `a``b`) union all (select 2 as x) => `a``b`
          select 1 as y, user() as who -- at the end => `y`, `who`
          """)
  void whatReplacesTakesTheColumnsOfItsQueryByTheNamesThatWereAsked(String query, String columns) {
    PlannerFixture fixture = withMaskOfAColumnThatIsNotThere();
    String untouched = fixture.sql("replace table scratch.fresh as " + query).rewritten();
    String named = fixture.sql("replace table scratch.notes as " + query).rewritten();
    assertThat(named)
        .isEqualTo(
            untouched
                    .replace(
                        "`fresh` as ",
                        "`notes` as  SELECT "
                            + columns.replaceAll("(^|, )`", "$1`notes`.`")
                            + " FROM (")
                    .stripTrailing()
                + ") AS `notes`");
  }

  @Test
  void aMaskedSourceIsTakenByItsNamesToo() {
    withMaskOfAColumnThatIsNotThere()
        .as("analyst")
        .sql("replace table scratch.notes as table customer")
        .refused(ErrorCode.PERMISSION_DENIED);
    assertThat(
            withMaskOfAColumnThatIsNotThere()
                .as("analyst")
                .sql("replace table scratch.notes as select c_phone from customer")
                .rewritten())
        .startsWith(
            "replace table `lake`.`scratch`.`notes` as  SELECT `notes`.`c_phone` FROM (select")
        .endsWith(" AS `customer`) AS `notes`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replace table scratch.notes as(select 1 as id)",
        "replace table scratch.notes using iceberg(select 1 as id)",
        "replace table scratch.notes as/* */(select 1 as id)"
      })
  void aQueryMayStandRightBehindAWord(String sql) {
    assertThat(withMaskOfAColumnThatIsNotThere().as("analyst").sql(sql).rewritten())
        .contains(" SELECT `notes`.`id` FROM ((select 1 as id)) AS `notes`");
  }

  @Test
  void aChangeThatNeedsNoForceIsNotForced() {
    assertThat(
            planner
                .set("sluice.forcePolicyObjectChanges", "true")
                .sql("alter table nation drop column n_name")
                .analysis()
                .note())
        .isEmpty();
  }
}
