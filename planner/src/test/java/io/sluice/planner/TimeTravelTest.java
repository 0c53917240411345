package io.sluice.planner;

import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.POLICY_INVALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.catalog.TimeTravel;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A table that is now {@code id, name, ssn, code, boss}, with the ids 1 to 5. What is {@code ssn}
 * now was {@code code} in snapshot 7, where {@code secret} was still there and {@code boss} not
 * yet.
 */
class TimeTravelTest {

  private static final String T = "`lake`.`hr`.`emp`";

  private final FakeCatalog catalog =
      new FakeCatalog()
          .table(
              "lake",
              "hr",
              "emp",
              "id bigint",
              "name string",
              "ssn string",
              "code string",
              "boss string")
          .formerly("lake", "hr", "emp", "secret", "alias")
          .state("lake", "hr", "emp", "7", "id:int 1", "name 2", "code 3 ssn", "secret 9 alias")
          .state("lake", "hr", "emp", "8", "id:bigint 1", "name 12 nick", "code 4")
          .state(
              "lake", "hr", "emp", "audit", "id:bigint 1", "name 2", "ssn 3", "code 4", "boss 5");

  private final FakePolicies policies =
      new FakePolicies().grant("u", "lake.*").grant("whole", "lake.*");

  private PlannerFixture as(String user) {
    return PlannerFixture.with(catalog, policies).as(user).in("lake", "hr").as(user);
  }

  private PlannerFixture u() {
    return as("u");
  }

  @Test
  void whoMayReadWhateverTheTableEverHadSendsTheirOwnText() {
    as("whole")
        .sql("select * from emp version as of 999")
        .becomes("select * from " + T + " version as of 999");
    assertThat(catalog.statesAskedFor()).isEmpty();
  }

  @Test
  void aColumnIsReadIfBothItsNamesMayBe() {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().sql("select id, name, secret from emp version as of 7")
        .becomes(
            "select id, name, secret from (SELECT `r`.`id`, `r`.`name`, `r`.`secret` FROM "
                + T
                + " VERSION AS OF '7' AS `r`) AS `emp`");
    u().sql("select code from emp version as of 7")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [u] does not have [select] privilege on [hr/emp/code]");
    u().sql("select * from emp version as of 7").refused(PERMISSION_DENIED);
  }

  @Test
  void theNameThatItHadThenIsAskedForTooThoughAnotherColumnHasItNow() {
    policies.deny("u", "lake.hr.emp", "code");
    u().sql("select code from emp version as of 7").refused(PERMISSION_DENIED);
    u().sql("select boss from emp").reads("lake.hr.emp");
  }

  @Test
  void ofAColumnThatIsGoneEveryNameThatItHadIsAskedFor() {
    policies.deny("u", "lake.hr.emp", "alias");
    u().sql("select secret from emp version as of 7").refused(PERMISSION_DENIED);
    u().sql("select code from emp version as of 7").reads("lake.hr.emp");
  }

  @Test
  void aColumnThatCameLaterIsNotThere() {
    policies.deny("u", "lake.hr.emp", "boss");
    u().sql("select * from emp version as of 7")
        .becomes("select * from " + T + " VERSION AS OF '7'");
    u().sql("select * from emp").refused(PERMISSION_DENIED);
    u().sql("select * from emp version as of 'audit'").refused(PERMISSION_DENIED);
  }

  @Test
  void whenNoneOfItsColumnsMayBeReadTheTableIsDenied() {
    policies.grantOnly("few", "lake.hr.emp", "boss");
    as("few").sql("select boss from emp").reads("lake.hr.emp");
    as("few")
        .sql("select 1 from emp version as of 7")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [few] does not have [select] privilege on [hr/emp]");
  }

  @Test
  void theMaskOfEitherNameApplies() {
    policies.mask("u", "lake.hr.emp", "ssn", "MASK_NULL");
    u().sql("select * from emp version as of 7")
        .becomes(
            "select * from (SELECT `r`.`id`, `r`.`name`, CAST(NULL AS string) AS `code`,"
                + " `r`.`secret` FROM "
                + T
                + " VERSION AS OF '7' AS `r`) AS `emp`");
  }

  @Test
  void theMaskOfTheNameThatItHadThenApplies() {
    policies.mask("u", "lake.hr.emp", "code", "MASK_HASH");
    assertThat(u().sql("select * from emp version as of 7").rewritten())
        .contains("CAST(sha2(`r`.`code`, 256) AS string) AS `code`");
  }

  @Test
  void ofTwoMasksThatDifferNothingIsLeftAndBothAreOnRecord() {
    policies.mask("u", "lake.hr.emp", "code", "MASK_HASH");
    policies.mask("u", "lake.hr.emp", "ssn", "MASK_SHOW_LAST_4");
    PlannerFixture.Statement statement = u().sql("select * from emp version as of 7");
    assertThat(statement.rewritten()).contains("CAST(NULL AS string) AS `code`");
    assertThat(statement.analysis().relations().get(0).policyIds()).containsExactly("8");
  }

  @Test
  void ofTwoMasksThatAreEqualOneApplies() {
    policies.mask("u", "lake.hr.emp", "code", "MASK_HASH");
    policies.mask("u", "lake.hr.emp", "ssn", "MASK_HASH");
    assertThat(u().sql("select * from emp version as of 7").rewritten()).contains("sha2");
  }

  @Test
  void aMaskOfItsOwnWordsAppliesWhereItsColumnsAreTheSame() {
    policies.mask("u", "lake.hr.emp", "name", "CUSTOM", "concat(left({col}, 1), id)");
    assertThat(u().sql("select * from emp version as of 7").rewritten())
        .contains("CAST(concat(left(`r`.`name`, 1), CAST(`r`.`id` AS bigint)) AS string) AS");
    assertThat(u().sql("select * from emp version as of 8").rewritten())
        .contains("CAST(NULL AS string) AS `name`");
  }

  /** {@code code} is another column now, so the words cannot mean what was {@code code} then. */
  @Test
  void aMaskOfItsOwnWordsNeverShowsWhatHasAnotherNameNow() {
    policies.mask("u", "lake.hr.emp", "ssn", "CUSTOM", "concat(right({col}, 2), code)");
    assertThat(u().sql("select * from emp version as of 7").rewritten())
        .contains("CAST(NULL AS string) AS `code`");
  }

  @Test
  void aRowFilterAppliesWhereItsColumnsAreTheSame() {
    policies.filter("u", "lake.hr.emp", "name = 'ann' and id > 3");
    u().sql("select * from emp version as of 7")
        .becomes(
            "select * from (SELECT * FROM (SELECT `r`.`id`, `r`.`name`, `r`.`code`, `r`.`secret`"
                + " FROM "
                + T
                + " VERSION AS OF '7' AS `r` WHERE (`r`.`name` = 'ann' and CAST(`r`.`id` AS bigint)"
                + " > 3)) TABLESAMPLE (100 PERCENT) REPEATABLE (0)) AS `emp`");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Another name then, another column of the name then, and none.
        "select 1 from emp version as of 7 | ssn = '1'",
        "select 1 from emp version as of 7 | code = '1'",
        "select 1 from emp version as of 7 | boss = 'ann'",
        "select 1 from emp version as of 8 | name = 'ann'",
        "select 1 from emp version as of 8 | emp.name = 'ann'",
      })
  void aRowFilterOfOtherColumnsRefusesTheRead(String line) {
    String[] parts = line.split(" \\| ");
    policies.filter("u", "lake.hr.emp", parts[1]);
    u().sql(parts[0])
        .refused(
            NOT_SUPPORTED,
            "The table's row filter speaks of a column that the table did not have then, or had as"
                + " another one; read the table as it is now.");
    u().sql("select 1 from emp").reads("lake.hr.emp");
    u().sql("select 1 from emp version as of 'audit'").reads("lake.hr.emp");
  }

  /** {@code user} is a column now; before it was there the word would have been the reader. */
  @Test
  void aWordThatMeansAColumnNowDoesNotMeanTheUserThen() {
    catalog
        .table("lake", "hr", "logins", "id bigint", "user string")
        .state("lake", "hr", "logins", "1", "id:bigint 1");
    policies.filter("u", "lake.hr.logins", "user = 'u'");
    u().sql("select 1 from logins version as of 1").refused(NOT_SUPPORTED);
  }

  @Test
  void aFilterThatIsWrongNowIsWrongThenToo() {
    policies.filter("u", "lake.hr.emp", "nothing = 1");
    u().sql("select 1 from emp version as of 7").refused(POLICY_INVALID);
  }

  @Test
  void oneStatementMayReadSeveralStates() {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().sql(
            "select a.id, b.boss from emp version as of 7 a join emp for system_version as of 8 c"
                + " join emp b")
        .becomes(
            "select a.id, b.boss from (SELECT `r`.`id`, `r`.`name`, `r`.`secret` FROM "
                + T
                + " VERSION AS OF '7' AS `r`) a join "
                + T
                + " VERSION AS OF '8' c join (SELECT `r`.`id`, `r`.`name`, `r`.`code`, `r`.`boss`"
                + " FROM "
                + T
                + " AS `r`) b");
  }

  @Test
  void optionsAndSamplesStayInTheirPlaces() {
    policies.mask("u", "lake.hr.emp", "ssn", "MASK_NULL");
    u().sql(
            "select 1 from emp for version as of '8' with (`split-size` = 5) tablesample (3 rows) x")
        .becomes(
            "select 1 from "
                + T
                + " VERSION AS OF '8' with (`split-size` = 5) tablesample (3 rows) x");
    u().sql("select 1 from emp for version as of '7' with (`split-size` = 5) tablesample (3 rows)")
        .becomes(
            "select 1 from (SELECT `r`.`id`, `r`.`name`, CAST(NULL AS string) AS `code`,"
                + " `r`.`secret` FROM "
                + T
                + " VERSION AS OF '7' with (`split-size` = 5) AS `r`) tablesample (3 rows) AS"
                + " `emp`");
  }

  @Test
  void aStateThatIsNotThereIsRefused() {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().sql("select 1 from emp version as of 'gone'")
        .refused(
            NOT_SUPPORTED,
            "The table has no such snapshot, tag or branch, or had none at that time.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          timestamp as of '2026-01-02'                       | 2026-01-02T00:00:00Z
          timestamp as of ' 2026-01-02 03:04 '               | 2026-01-02T03:04:00Z
          for timestamp as of '2026-01-02 03:04:05.6789'     | 2026-01-02T03:04:05.678Z
          for system_time as of '2026-01-02T03:04:05Z'       | 2026-01-02T03:04:05Z
          timestamp as of '2026-01-02 03:04:05+02:00'        | 2026-01-02T01:04:05Z
          timestamp as of timestamp '2026-01-02 03:04:05'    | 2026-01-02T03:04:05Z
          timestamp as of date '2026-01-02'                  | 2026-01-02T00:00:00Z
          timestamp as of 1700000000                         | 2023-11-14T22:13:20Z
          timestamp as of '\\u0032026-01-02'                 | 2026-01-02T00:00:00Z
          """)
  void aTimeIsReadAsSparkReadsIt(String clause, String instant) {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().sql("select 1 from emp " + clause).refused(NOT_SUPPORTED);
    assertThat(catalog.statesAskedFor())
        .containsExactly(new TimeTravel.AsOfTime(Instant.parse(instant).toEpochMilli()));
  }

  @Test
  void aTimeIsInTheSessionsTimeZone() {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().set("spark.sql.session.timeZone", "Europe/Berlin")
        .sql("select 1 from emp timestamp as of '2026-07-01 00:00:00'")
        .refused(NOT_SUPPORTED);
    assertThat(catalog.statesAskedFor())
        .containsExactly(
            new TimeTravel.AsOfTime(Instant.parse("2026-06-30T22:00:00Z").toEpochMilli()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"current_timestamp()", "now()", "current_timestamp"})
  void theCurrentTimeIsAfterEverySnapshot(String clock) {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().sql("select 1 from emp timestamp as of " + clock).refused(NOT_SUPPORTED);
    assertThat(catalog.statesAskedFor()).containsExactly(new TimeTravel.AsOfTime(Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'2026-1-2'",
        "'2026-01-02 3:04'",
        "'2026'",
        "'2026-13-02'",
        "'now'",
        "'2026-01-02 03:04:05 Europe/Berlin'",
        "1.5",
        "5L",
        "99999999999999999999",
        "date '2026-01-02 03:04:05'",
        "timestamp_ntz '2026-01-02 03:04:05'",
        "X'00'",
        "null",
        "true",
      })
  void aTimeThatIsWrittenInAnotherWayIsRefused(String time) {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().sql("select 1 from emp timestamp as of " + time).refused(NOT_SUPPORTED);
    assertThat(catalog.statesAskedFor()).isEmpty();
  }

  @Test
  void aVersionIsUnescapedAsSparkDoes() {
    policies.deny("u", "lake.hr.emp", "ssn");
    u().sql("select id from emp version as of '\\u0037'").reads("lake.hr.emp");
    u().sql("select id from emp version as of 'au' 'dit'")
        .becomes(
            "select id from (SELECT `r`.`id`, `r`.`name`, `r`.`code`, `r`.`boss` FROM "
                + T
                + " VERSION AS OF 'audit' AS `r`) AS `emp`");
  }
}
