package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Commands.isRefused;
import static io.sluice.gateway.endtoend.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * REPLACE TABLE on the real Spark where policies speak of columns that the table lacks: it gets the
 * names that were asked for or is not replaced, whatever others do in between. The text that Spark
 * gets is taken from EXPLAIN POLICIES and sent when they have done it.
 */
class ReplaceTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static ExtraTables tables;
  private static ChangedPolicies policies;
  private static Connection admin;

  @BeforeAll
  static void make() throws SQLException {
    tables =
        ExtraTables.in(GATEWAY, "replaced")
            .table("source", "select * from values (2, 'y'), (1, 'x') as t(a, b)")
            .table("target", "select 0 as id")
            .table("raced", "select 0 as id")
            .table("moving", "select 1 as a, 'x' as b")
            .table("planned", "select 0 as id")
            .table("taken", "select 0 as id");
    tables.spark().run("drop table lake.replaced.planned");
    tables.spark().run("drop table lake.replaced.taken");
    tables.spark().run("alter table lake.replaced.source alter column a comment 'the first'");
    policies = ChangedPolicies.in(GATEWAY);
    policies.apply(Policy.mask("replaced.*.card", Policy.users("analyst"), "MASK_NULL"));
    admin = GATEWAY.connect("admin");
    run(admin, "use lake.replaced");
  }

  @AfterAll
  static void drop() throws SQLException {
    admin.close();
    policies.close();
    tables.close();
  }

  private static String sent(String sql) throws SQLException {
    return Rows.query(admin, "explain policies " + sql).stream()
        .filter(row -> row.get(2).equals("rewritten"))
        .findFirst()
        .orElseThrow()
        .get(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '"',
      textBlock =
          """
          select a, b from source order by a limit 1 => a,b => [[1, x]]
          with c(one) as (select max(b) from source) select one from c => one => [[y]]
          from source |> where a = 1 |> select b => b => [[x]]
          from source select b where a = 2 => b => [[y]]
          table source order by a desc limit 1 => a,b => [[2, y]]
          values (5) => col1 => [[5]]
          select current_user as me => me => [[admin]]
          (select 1 as `o``dd`) union all (select 2) order by 1 desc limit 1 => o`dd => [[2]]
          """)
  void itHasTheNamesAndRowsOfItsQuery(String query, String columns, String rows)
      throws SQLException {
    run(admin, "create or replace table target as " + query);
    assertThat(Rows.query(admin, "select * from target")).hasToString(rows);
    assertThat(Rows.query(admin, "show columns in target").stream().map(row -> row.get(0)))
        .containsExactly(columns.split(","));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select upper('x')",
        "select s.* from (select named_struct('card', 1) as s)",
        "select current_user",
        "select held",
        "select session.held"
      })
  void whatSparkAloneNamesIsRefused(String query) throws SQLException {
    run(admin, "declare or replace held = 1");
    isRefused(admin, "create or replace table target as " + query, "names are not known");
  }

  @Test
  void commentsOfColumnsComeWithThem() throws SQLException {
    run(admin, "create or replace table target as select * from source");
    assertThat(Rows.query(admin, "describe target")).contains(List.of("a", "int", "the first"));
  }

  @Test
  void aColumnThatIsRenamedMeanwhileIsNotTaken() throws SQLException {
    String text = sent("create or replace table raced as select * from moving");
    tables.spark().run("alter table lake.replaced.moving rename column b to card");
    Answer renamed = tables.spark().answer(text);
    assertThat(renamed.failed()).as(text).isTrue();
    assertThat(renamed.message()).contains("`raced`.`b` cannot be resolved");
    assertThat(tables.spark().rows("select * from lake.replaced.raced"))
        .containsExactly(List.of("0"));
    tables.spark().run("alter table lake.replaced.moving rename column card to b");
    tables.spark().run("alter table lake.replaced.moving alter column b first");
    tables.spark().run("alter table lake.replaced.moving add column card string");
    tables.spark().run(text);
    assertThat(tables.spark().rows("select * from lake.replaced.raced"))
        .containsExactly(List.of("1", "x"));
    assertThat(tables.spark().rows("select a, b from lake.replaced.raced"))
        .containsExactly(List.of("1", "x"));
  }

  /** The name that qualifies those of policies would let a user's text capture them. */
  @Test
  void itsErrorsTellNoNameThatUsersMayNotKnow() {
    isRefused(admin, "replace table target as select 1 as a, 2 as a", "`target`.`a` is ambiguous");
    isRefused(admin, "replace table target as select c as a from source", "[UNRESOLVED_COLUMN");
  }

  @Test
  void whatIsNotThereIsCreated() throws SQLException {
    run(admin, "create or replace table planned as select 1 as card");
    isRefused(
        admin,
        "create or replace table planned as select 2 as card, 3 as more",
        "may not replace [replaced/planned]");
    isRefused(admin, "replace table missing as select 1 as id", "[TABLE_OR_VIEW_NOT_FOUND]");
    String text = sent("create or replace table taken as select 1 as card");
    tables.spark().run("create table lake.replaced.taken using iceberg as select 0 as id");
    Answer taken = tables.spark().answer(text);
    assertThat(taken.message()).as(text).contains("already exists");
    assertThat(tables.spark().rows("select * from lake.replaced.taken"))
        .containsExactly(List.of("0"));
  }
}
