package io.sluice.planner;

import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TableName;
import io.sluice.planner.catalog.TableMetadata;
import io.sluice.planner.policy.Access;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code open} and {@code closed} are equal but for the property that opens one of them. */
class DeleteVisibleRowsTest {

  private static final String BEFORE =
      "`lake`.`hr`.`open` AS `r` WHERE (`r`.`_file`, `r`.`_pos`) IN (SELECT `_file`, `_pos` FROM"
          + " (SELECT * FROM (SELECT `r`.`id`, `r`.`name`, `r`.`pay`, `r`.`_file`, `r`.`_pos` FROM"
          + " `lake`.`hr`.`open` AS `r` WHERE (`r`.`name` = 'ann')) TABLESAMPLE (100 PERCENT)"
          + " REPEATABLE (0))";

  private final FakePolicies policies =
      new FakePolicies()
          .grant("u", "lake.hr.*")
          .permit("u", Access.UPDATE, "lake.hr*")
          .permit("u", Access.ALTER, "lake.hr*")
          .permit("u", Access.CREATE, "lake.hr*")
          .permitAll("admin", "lake.*")
          .grant("admin", "lake.*")
          .filter("u", "lake.hr.open", "name = 'ann'")
          .filter("u", "lake.hr.closed", "name = 'ann'");

  private PlannerFixture u() {
    FakeCatalog catalog =
        new FakeCatalog()
            .table("lake", "hr", "open", "id bigint", "name string", "pay decimal")
            .table("lake", "hr", "closed", "id bigint", "name string", "pay decimal")
            .table("lake", "hr", "all", "id bigint");
    TableMetadata table = catalog.table(new TableName("lake", "hr", "open")).orElseThrow();
    catalog.table(
        new TableMetadata(
            table.name(),
            table.uuid(),
            0,
            table.columns(),
            table.partitionColumns(),
            Map.of("sluice.delete-visible-rows", "TRUE"),
            table.location()));
    return PlannerFixture.with(catalog, policies).in("lake", "hr").as("u");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          delete from open                              | delete from BEFORE AS `open`)
          delete from open where id = 1                 | delete from BEFORE AS `open` where id = 1)
          delete from hr.open x where x.id = ?          | delete from BEFORE x where x.id = ?)
          delete from open as x where x.name = current_user | delete from BEFORE as x where x.name = 'u')
          delete from hr.open where hr.open.id = 1      | delete from BEFORE AS `open` where open.id = 1)
          delete from open where id in (select id from all) | delete from BEFORE AS `open` where id in (select id from `lake`.`hr`.`all`))
          with a as (select 1 as i) delete from open where id in (select i from a) | with a as (select 1 as i) delete from BEFORE AS `open` where id in (select i from a))
          """)
  void theRowsThatAreSeenAreFoundFirst(String sql, String expected) {
    u().sql(sql).becomes(expected.replace("BEFORE", BEFORE));
    assertThat(u().sql(sql).analysis().restricted()).isTrue();
    assertThat(u().sql(sql).analysis().writes()).containsExactly("lake.hr.open");
  }

  @Test
  void aTableInItsOwnConditionIsReadBehindItsFilter() {
    assertThat(u().sql("delete from open where id = (select max(id) from open)").rewritten())
        .endsWith(
            " AS `open` where id = (select max(id) from (SELECT * FROM (SELECT `r`.`id`, `r`.`name`,"
                + " `r`.`pay` FROM `lake`.`hr`.`open` AS `r` WHERE (`r`.`name` = 'ann'))"
                + " TABLESAMPLE (100 PERCENT) REPEATABLE (0)) AS `open`))");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete from closed",
        "delete from closed where id = 1",
        "update open set id = 1",
        "truncate table open",
        "insert into open values (1, 'x', 2)",
        "insert overwrite open values (1, 'x', 2)",
        "merge into open using all on open.id = all.id when matched then delete",
      })
  void nothingElseIsOpened(String sql) {
    u().sql(sql).refused(PERMISSION_DENIED);
  }

  @Test
  void aMaskedColumnDecidesAboutNoRow() {
    policies.mask("u", "lake.hr.open", "pay", "MASK_NULL");
    assertThat(u().sql("delete from open where id = 1").rewritten())
        .contains("CAST(NULL AS decimal(15,2)) AS `pay`");
    for (String condition :
        new String[] {"pay is null", "open.PAY = 1", "`pay` = 1", "id in (select pay from all)"}) {
      u().sql("delete from open where " + condition)
          .refused(
              PERMISSION_DENIED,
              "Permission denied: user [u] may not delete from [hr/open] by a column that a policy"
                  + " masks");
    }
    u().sql("delete from open where to_json(struct(*)) like '%null%'").refused(PERMISSION_DENIED);
    u().sql("delete from open where id * 2 = 4").reads("lake.hr.open");
    u().sql("delete from open where name = 'pay' -- pay").reads("lake.hr.open");
  }

  /** Before the condition stand the columns that tell the rows, too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "if(to_json(struct(*)) like '%\"_pos\":4%', raise_error('x'), false)",
        "to_json(struct(open.*)) like '%4%'",
        "hash(*) = 0",
        "hash(* except (id)) = 0",
        "exists (select 1 from all where hash(*, open.*) = 0)",
        "exists (select open.* from all)",
        "exists (select hr.open.* from all)",
        "exists (select a.* from all a)",
        "exists (select *)",
        "exists (select 1 from all, lateral (select *))",
        "exists (select 1 from all, explode(array(hash(*))))",
        "exists (select (select *) from all)",
        "exists (select (values (hash(*))) from all)",
        "count(*) = 1",
      })
  void whereTheRowsLieIsNotToldByAStar(String condition) {
    u().sql("delete from open where " + condition)
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [u] may not delete from [hr/open] by all of its columns, of"
                + " which a policy hides a part; name the columns");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exists (select * from all where all.id = open.id)",
        "id = (select count(*) from all)",
        "id in (select * except (name, pay) from closed)",
        "exists (select * from (select *, 1 as one from all) where open.id = one)",
      })
  void aStarOfWhatAConditionReadsItselfIsServed(String condition) {
    assertThat(u().sql("delete from open where " + condition).analysis().writes())
        .containsExactly("lake.hr.open");
  }

  @Test
  void aTableWithADeniedColumnIsNotOpened() {
    policies.deny("u", "lake.hr.open", "pay");
    u().sql("delete from open where id = 1").refused(PERMISSION_DENIED);
  }

  @Test
  void aTableWithMasksAloneIsNotOpened() {
    policies.grant("m", "lake.hr.*").permit("m", Access.UPDATE, "lake.hr*");
    policies.mask("m", "lake.hr.open", "pay", "MASK_NULL");
    u().as("m").in("lake", "hr").as("m").sql("delete from open").refused(PERMISSION_DENIED);
  }

  @Test
  void aliasesOfColumnsAndRowIdsAreRefused() {
    u().sql("delete from open as x (a, b, c) where a = 1").refused(NOT_SUPPORTED);
    u().sql("delete from open where _pos = 0").refused(NOT_SUPPORTED);
  }

  @Test
  void thePlanIsForAdministrators() {
    u().sql("explain delete from open where id = 1").refused(PERMISSION_DENIED);
  }

  @Test
  void whoSeesAllDeletesAsEver() {
    u().as("admin")
        .in("lake", "hr")
        .sql("delete from open where id = 1")
        .becomes("delete from `lake`.`hr`.`open` where id = 1");
  }

  @Test
  void administratorsAloneOpenATable() {
    for (String sql :
        new String[] {
          "alter table all set tblproperties ('sluice.delete-visible-rows' = 'true')",
          "alter table all set tblproperties (\"sluice.delete-visible-rows\" = 'true')",
          "alter table all set tblproperties (`sluice.delete-visible-rows` = 'true')",
          "alter table all unset tblproperties ('sluice.delete-visible-rows')",
          "create table t (a int) tblproperties ('sluice.delete-visible-rows' = 'true')",
          "create table t tblproperties ('sluice.delete-visible-rows' = 'true') as select 1 a",
        }) {
      u().sql(sql)
          .refused(
              PERMISSION_DENIED,
              "Permission denied: user [u] is not an administrator, and the property"
                  + " sluice.delete-visible-rows is for administrators only");
      u().as("admin").in("lake", "hr").sql(sql).analysis();
    }
    u().sql("alter table all set tblproperties ('comment' = 'sluice.delete-visible-rows')")
        .analysis();
  }
}
