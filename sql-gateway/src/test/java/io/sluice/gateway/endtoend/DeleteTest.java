package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.access;
import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.filter;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * DELETE from a table of which a row filter leaves the even rows. Nothing that a condition does may
 * depend on an odd one: those hold the word LEAK and must all stay.
 */
class DeleteTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = users("analyst");

  private static ChangedPolicies policies;
  private static ArrowSession analyst;
  private static ArrowSession admin;

  private static ExtraTables tables;

  @BeforeAll
  static void start() {
    policies =
        ChangedPolicies.in(GATEWAY)
            .apply(
                allow("deletes.*.*", ANALYST),
                access(
                    "deletes.*.*",
                    "\"policyItems\":[{%s,\"accesses\":[{\"type\":\"update\"},{\"type\":\"alter\"}]}]"
                        .formatted(ANALYST)),
                filter("deletes.*", ANALYST, "half = 0"),
                mask("deletes.rows.pay", ANALYST, "MASK_NULL"));
    analyst = ArrowSession.open(GATEWAY, "analyst");
    admin = ArrowSession.open(GATEWAY, "admin");
    String rows =
        "select id, id % 2 as half, if(id % 2 = 0, 'open', 'LEAK') as name, 100 * id as pay"
            + " from range(10)";
    tables =
        ExtraTables.in(GATEWAY, "deletes")
            .table("rows", rows)
            .table("shut", rows)
            .table("anew", rows)
            .table("beside", rows)
            .table("plain", rows);
    for (String table : List.of("rows", "anew", "beside", "plain")) {
      assertThat(
              admin
                  .run(
                      "alter table lake.deletes.%s set tblproperties".formatted(table)
                          + " ('sluice.delete-visible-rows' = 'true')")
                  .message())
          .isEmpty();
    }
  }

  @AfterAll
  static void putBack() {
    tables.close();
    analyst.close();
    admin.close();
    policies.close();
  }

  private static String left(String table) {
    return tables.spark().rows("select id from lake.deletes." + table + " order by id").stream()
        .map(row -> row.get(0))
        .collect(Collectors.joining(" "));
  }

  /** Tells nothing but that it was done: no rows, no count. */
  private static void delete(String table, String condition) {
    Answer answer = analyst.run("delete from lake.deletes." + table + " " + condition);
    assertThat(answer.message()).as(condition).isEmpty();
    assertThat(answer.rows()).as(condition).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"copy-on-write, anew", "merge-on-read, beside"})
  void whatIsSeenIsDeletedAndNothingElse(String mode, String table) {
    tables
        .spark()
        .run(
            "alter table lake.deletes.%s set tblproperties ('write.delete.mode' = '%s')"
                .formatted(table, mode));
    delete(table, "where id in (2, 3)");
    assertThat(left(table)).isEqualTo("0 1 3 4 5 6 7 8 9");
    delete(table, "as d where d.id = (select max(id) from lake.deletes.%s)".formatted(table));
    assertThat(left(table)).isEqualTo("0 1 3 4 5 6 7 9");
    delete(table, "where name = 'LEAK' or id = 9");
    assertThat(left(table)).isEqualTo("0 1 3 4 5 6 7 9");
    delete(
        table,
        "where exists (select 1 from lake.deletes.shut s where s.id = %s.id and s.id < 5)"
            .formatted(table));
    assertThat(left(table)).isEqualTo("1 3 5 6 7 9");
    delete(table, "");
    assertThat(left(table)).isEqualTo("1 3 5 7 9");
  }

  /** Each fails on an odd row, and an administrator's fails. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "where 1 / (id - 3) > 5",
        "where 1 / (half - 1) > 5",
        "where if(half = 1, cast(name as int), 1) = 3",
        "where id = 3 and raise_error(name) is null",
        "where assert_true(half = 0, name) is not null",
        "where case when half = 1 then raise_error(name) else false end",
        "where id in (select id from lake.deletes.rows where 1 / (half - 1) > 5)",
      })
  void aHiddenRowIsNeverGivenToTheCondition(String condition) {
    Answer told = admin.run("delete from lake.deletes.rows " + condition);
    assertThat(told.failed()).as("the administrator's %s", condition).isTrue();
    delete("rows", condition);
    assertThat(left("rows")).isEqualTo("0 1 2 3 4 5 6 7 8 9");
  }

  /**
   * Where a row lies counts the hidden rows before it. An administrator's star brings it in by name
   * alone; the condition of the others has it before it.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "if(to_json(struct(*)) like '%\"_pos\":4%', raise_error('x'), false)",
        "if(to_json(struct(plain.*)) like '%parquet%', raise_error('x'), false)",
        "exists (select 1 from lake.deletes.shut where hash(plain.*) = 0)",
        "exists (select *)",
      })
  void noStarTellsWhereTheRowsLie(String condition) {
    Answer answer = analyst.run("delete from lake.deletes.plain where " + condition);
    assertThat(answer.error()).as(condition).isEqualTo("PERMISSION_DENIED");
    assertThat(answer.message()).contains("by all of its columns").doesNotContain("LEAK");
    assertThat(left("plain")).isEqualTo("0 1 2 3 4 5 6 7 8 9");
  }

  @Test
  void aStarOfWhatTheConditionReadsItselfIsServed() {
    delete(
        "plain",
        "where exists (select * from lake.deletes.shut s where s.id = plain.id and s.id = 11)");
    assertThat(left("plain")).isEqualTo("0 1 2 3 4 5 6 7 8 9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete from lake.deletes.shut where id = 2",
        "delete from lake.deletes.shut",
        "delete from lake.deletes.rows where pay is null",
        "delete from lake.deletes.rows where id = 2 and rows.pay > 0",
        "delete from lake.deletes.rows as r (id, half, name, pay) where id = 2",
        "delete from lake.deletes.rows where _pos >= 0",
        "explain delete from lake.deletes.rows where id = 2",
        "update lake.deletes.rows set half = 0",
        "update lake.deletes.rows set id = 3 where id = 2",
        "merge into lake.deletes.rows using lake.deletes.shut on true when matched then delete",
        "truncate table lake.deletes.rows",
        "insert overwrite lake.deletes.rows select * from lake.deletes.shut",
        "alter table lake.deletes.shut set tblproperties ('sluice.delete-visible-rows' = 'true')",
        "select * from lake.deletes.rows.snapshots",
      })
  void everythingElseIsRefusedAsEver(String sql) {
    Answer answer = analyst.run(sql);
    assertThat(answer.failed()).as(sql).isTrue();
    assertThat(answer.message()).doesNotContain("LEAK");
    assertThat(left("rows")).isEqualTo("0 1 2 3 4 5 6 7 8 9");
    assertThat(left("shut")).isEqualTo("0 1 2 3 4 5 6 7 8 9");
  }
}
