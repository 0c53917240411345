package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainPoliciesTest {

  private final PlannerFixture planner = PlannerFixture.tpch();

  private static List<@Nullable Object> row(@Nullable Object... cells) {
    return Arrays.asList(cells);
  }

  private List<List<@Nullable Object>> explained(String rest) {
    return planner.sql("explain policies " + rest).answer();
  }

  private static List<@Nullable Object> last(List<List<@Nullable Object>> rows) {
    return rows.get(rows.size() - 1);
  }

  @Test
  void eachRelationEachRestrictionAndTheTextForSparkAreShown() {
    List<List<@Nullable Object>> rows =
        explained("for user analyst select c_name from customer join orders on true join nation");
    assertThat(rows.subList(0, 7))
        .containsExactly(
            row("lake.tpch.customer", null, "granted", "1", null),
            row("lake.tpch.customer", "c_address", "denied", "2", null),
            row("lake.tpch.customer", "c_phone", "mask", "8", "MASK_SHOW_LAST_4"),
            row("lake.tpch.customer", "c_acctbal", "mask", "8", "MASK_NULL"),
            row("lake.tpch.orders", null, "granted", "1", null),
            row(
                "lake.tpch.orders",
                null,
                "filter",
                "7",
                "o_orderpriority in ('1-URGENT', '2-HIGH')"),
            row("lake.tpch.nation", null, "granted", "1", null));
    assertThat(rows).hasSize(8);
    assertThat(last(rows).subList(0, 4)).isEqualTo(row(null, null, "rewritten", null));
    assertThat((String) last(rows).get(4))
        .startsWith("select c_name from (SELECT ")
        .contains("join `lake`.`tpch`.`nation`");
  }

  @Test
  void withoutAUserItIsTheAdministratorsOwn() {
    assertThat(explained("select n_name from nation"))
        .containsExactly(
            row("lake.tpch.nation", null, "granted", "1", null),
            row(null, null, "rewritten", null, "select n_name from `lake`.`tpch`.`nation`"));
  }

  @Test
  void theTextForSparkIsWhatTheUserWouldHaveSentButForTheAliasThatNobodyMayKnow() {
    String sql = "select * from orders";
    String shown = (String) last(explained("for user analyst " + sql)).get(4);
    assertThat(shown.replaceAll("_sluice_[0-9a-f]{16}", "r"))
        .isEqualTo(planner.as("analyst").sql(sql).rewritten());
    assertThat(shown).isNotEqualTo(planner.as("analyst").sql(sql).analysis().sql());
  }

  @Test
  void aRefusalIsShownAsItsSenderWouldReadItAndTheOtherRelationsToo() {
    assertThat(explained("for user intern select 1 from orders, nation, secret"))
        .containsExactly(
            row("lake.tpch.orders", null, "denied", null, null),
            row("lake.tpch.nation", null, "granted", "1", null),
            row("lake.tpch.secret", null, "denied", null, null),
            row(
                null,
                null,
                "refused",
                null,
                "[PERMISSION_DENIED] Permission denied: user [intern] does not have [select]"
                    + " privilege on [tpch/orders] (SQLSTATE 42501)"));
  }

  @Test
  void aDeniedColumnIsARefusalAndARow() {
    List<List<@Nullable Object>> rows = explained("for user analyst select * from customer");
    assertThat(rows).contains(row("lake.tpch.customer", "c_address", "denied", "2", null));
    assertThat((String) last(rows).get(4)).contains("[tpch/customer/c_address]");
  }

  @Test
  void whatAnotherUserIsLeftOfATableOfWhichNothingIsLeftIsNothing() {
    FakePolicies policies =
        PlannerFixture.tpchPolicies()
            .deny("clerk", "lake.tpch.nation", "n_nationkey", "n_name", "n_regionkey", "n_comment");
    assertThat(
            PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
                .sql("explain policies for user clerk select 1 from nation")
                .answer()
                .get(0))
        .isEqualTo(row("lake.tpch.nation", null, "denied", "2", null));
  }

  @Test
  void accessesOtherThanReadingAreShownToo() {
    assertThat(explained("insert into region select * from region"))
        .contains(
            row("lake.tpch.region", null, "granted", "1", null),
            row("lake.tpch.region", null, "update granted", "3", null));
    assertThat(explained("for user analyst drop table region"))
        .contains(row("lake.tpch.region", null, "drop denied", null, null));
  }

  @Test
  void whatAnAnswerOfTheGatewaysOwnHidesIsShownToo() {
    assertThat(explained("for user analyst describe customer"))
        .contains(
            row("lake.tpch.customer", null, "granted", "1", null),
            row("lake.tpch.customer", "c_address", "denied", "2", null),
            row("lake.tpch.customer", "c_phone", "mask", "8", "MASK_SHOW_LAST_4"),
            row(null, null, "answered", null, null));
    assertThat(explained("for user intern show columns in orders"))
        .contains(row("lake.tpch.orders", null, "denied", null, null));
  }

  @Test
  void aColumnThatIsHiddenByAnOldNameIsShownWithIt() {
    FakeCatalog catalog =
        PlannerFixture.tpchCatalog().renamed("lake", "tpch", "nation", "n_name", "n_title");
    FakePolicies policies =
        PlannerFixture.tpchPolicies()
            .mask("analyst", "lake.tpch.nation", "n_title", "MASK")
            .deny("clerk", "lake.tpch.nation", "n_title");
    PlannerFixture fixture = PlannerFixture.with(catalog, policies);
    assertThat(fixture.sql("explain policies for user analyst table nation").answer())
        .contains(row("lake.tpch.nation", "n_name", "mask as n_title", "8", "MASK"));
    assertThat(fixture.sql("explain policies for user clerk table nation").answer())
        .contains(row("lake.tpch.nation", "n_name", "denied as n_title", "2", null));
  }

  /** The table itself is granted; what it had once, or may have had, is not. */
  @Test
  void whatRefusesTheMetadataOfATableIsShown() {
    FakeCatalog catalog = PlannerFixture.tpchCatalog().formerly("lake", "tpch", "nation", "n_iban");
    FakePolicies policies =
        PlannerFixture.tpchPolicies().deny("analyst", "lake.tpch.nation", "n_iban");
    assertThat(
            PlannerFixture.with(catalog, policies)
                .sql("explain policies for user analyst select * from lake.tpch.nation.files")
                .answer())
        .contains(
            row("lake.tpch.nation", null, "granted", "1", null),
            row("lake.tpch.nation", "n_iban", "denied", "2", null));
    assertThat(explained("for user clerk select * from lake.tpch.nation.files"))
        .contains(row("lake.tpch.nation", "any other", "denied", "2", null));
  }

  @Test
  void thePoliciesForWhichNamesStayAreNamed() {
    assertThat(explained("alter table orders rename column o_clerk to clerk"))
        .contains(row("lake.tpch.orders", null, "hidden from somebody", "7", null));
    assertThat(explained("alter table orders add column o_orderstatus2 int"))
        .noneMatch(row -> String.valueOf(row.get(2)).startsWith("named"));
    FakePolicies policies =
        PlannerFixture.tpchPolicies().filter("intern", "lake.tpch.orders", "region = 'us'");
    assertThat(
            PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
                .sql("explain policies alter table orders add column region string")
                .answer())
        .contains(row("lake.tpch.orders", null, "named by an expression", "7", null));
  }

  @Test
  void placesAreShownWithWhoGrantsThem() {
    String create = "create table lake.scratch.x (a int) location 'file:///tmp/away/x'";
    assertThat(explained(create))
        .contains(row("file:///tmp/away/x", null, "location denied", null, null));
    assertThat(
            PlannerFixture.with(
                    PlannerFixture.tpchCatalog(),
                    PlannerFixture.tpchPolicies().permitPlaces("admin"))
                .sql("explain policies " + create)
                .answer())
        .contains(row("file:///tmp/away/x", null, "location granted", "4", null));
  }

  @Test
  void theQueryOfAViewOrFunctionIsShownAsSparkSeesIt() {
    assertThat(
            (String)
                last(explained("for user analyst create temporary view v as table orders")).get(4))
        .contains("o_orderpriority")
        .contains("TABLESAMPLE (100 PERCENT)");
    assertThat(last(explained("create view lake.scratch.v as select n_name from nation")).get(4))
        .isEqualTo("select n_name from `lake`.`tpch`.`nation`");
    assertThat(
            last(explained(
                    "create temporary function f() returns string return (select max(n_name)"
                        + " from nation)"))
                .get(2))
        .isEqualTo("rewritten");
  }

  @Test
  void aCustomMaskShowsItsExpression() {
    FakePolicies policies =
        PlannerFixture.tpchPolicies()
            .mask("analyst", "lake.tpch.nation", "n_name", "CUSTOM", "upper({col})");
    assertThat(
            PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
                .sql("explain policies for user analyst table nation")
                .answer())
        .contains(row("lake.tpch.nation", "n_name", "mask", "8", "upper({col})"));
  }

  @Test
  void aPolicyThatCannotBeAppliedIsNamed() {
    FakePolicies policies =
        PlannerFixture.tpchPolicies().filter("analyst", "lake.tpch.nation", "no_such = 1");
    List<List<@Nullable Object>> rows =
        PlannerFixture.with(PlannerFixture.tpchCatalog(), policies)
            .sql("explain policies for user analyst select n_name from nation")
            .answer();
    assertThat(rows).contains(row("lake.tpch.nation", null, "filter", "7", "no_such = 1"));
    assertThat(rows)
        .contains(
            row("lake.tpch.nation", null, "unusable", "7", "the table has no column no_such"));
    assertThat((String) last(rows).get(4)).startsWith("[POLICY_INVALID] Policy 7 cannot");
  }

  @Test
  void otherStatementsAreAnsweredOrRefused() {
    assertThat(explained("set")).containsExactly(row(null, null, "answered", null, null));
    assertThat(last(explained("drop table nation")).get(4))
        .isEqualTo("drop table `lake`.`tpch`.`nation`");
    assertThat((String) last(explained("call lake.system.x()")).get(4))
        .startsWith("[NOT_SUPPORTED]");
    assertThat((String) last(explained("select '${x}'")).get(4)).startsWith("[NOT_SUPPORTED]");
    assertThat((String) last(explained("explain policies select 1")).get(4))
        .startsWith("[PARSE_SYNTAX_ERROR]");
    assertThat((String) last(explained("explain select n_name from nation")).get(4))
        .startsWith("explain select n_name");
  }

  @Test
  void aPositionIsOneInTheWholeText() {
    assertThat(
            (String)
                last(planner
                        .sql("/* ä\n𝒳 */ explain policies\nfor user\n`intern` selec 1")
                        .answer())
                    .get(4))
        .contains("near 'selec'. (line 4, column 10)");
    assertThat((String) last(planner.sql("explain /* 𝒳 */ policies selec 1").answer()).get(4))
        .contains("near 'selec'. (line 1, column 26)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXPLAIN POLICIES SELECT 1",
        "eXplain Policies select 1;",
        " \n\t explain\n-- a comment\npolicies select 1",
        "/* one /* in another */ */explain/**/policies/**/select 1",
        "--\nexplain policies(select 1)",
        "\u00a0explain\u3000policies select 1",
        "explain policies for user 'intern' select 1",
        "explain policies for user \"intern\" select 1",
        "explain policies FOR/**/USER/**/`intern`select 1",
        "explain policies for user 'int\\u0065rn' with a as (select 1) select * from a",
      })
  void itIsRecognisedHoweverItIsWritten(String sql) {
    assertThat(last(planner.sql(sql).answer()).get(2)).isEqualTo("rewritten");
    planner.as("intern").sql(sql).refused(ErrorCode.PERMISSION_DENIED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explain policies select n_name from nation",
        "explain policies for user admin select 1",
        "explain policies for user nobody select 1",
        "explain policies for user",
        "explain policies for",
        "explain policies",
        "explain policies drop table nation",
        "explain policies no statement at all",
        "explain policies select '${x}'",
        "explain policies select /* never closed",
        "explain policies alter table t create branch b",
      })
  void allButAdministratorsAreDeniedItWhateverTheStatementIs(String sql) {
    planner
        .as("analyst")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] is not an administrator, and EXPLAIN POLICIES is for"
                + " administrators only");
  }

  @Test
  void theClauseIsWholeAndTheUserKnown() {
    planner.sql("explain policies").refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, 16);
    planner
        .sql("explain policies for analyst select 1")
        .refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, 21);
    planner.sql("explain policies for user").refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, 25);
    planner
        .sql("explain policies for user select 1")
        .refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, 26);
    planner.sql("explain policies for user intern").refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, 32);
    planner
        .sql("explain policies for user Intern select 1")
        .refusedAt(ErrorCode.INVALID_PARAMETER, 1, 26);
  }

  /** Were the second word possible in Spark's grammar, the error would stand behind it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "`policies` select 1",
        "policie select 1",
        "policy",
        "policiess for user a select 1"
      })
  void otherWordsAreSparksSyntaxErrorsAsEver(String rest) {
    planner.sql("explain " + rest).refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, 8);
    planner.as("intern").sql("explain " + rest).refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, 8);
  }

  @Test
  void statementsOfSparkThatLookAlikeKeepTheirMeaning() {
    planner
        .as("intern")
        .sql("select n_name explain from nation policies")
        .becomes("select n_name explain from `lake`.`tpch`.`nation` policies");
    planner.sql("explain extended select 1").becomes("explain extended select 1");
  }
}
