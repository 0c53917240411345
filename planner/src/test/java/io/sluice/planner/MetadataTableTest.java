package io.sluice.planner;

import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TableName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Iceberg's metadata tables and added columns, for those from whom nothing is hidden. */
class MetadataTableTest {

  private static final TableName NATION = new TableName("lake", "tpch", "nation");
  private static final TableName ORDERS = new TableName("lake", "tpch", "orders");

  private static FakeCatalog catalog() {
    return PlannerFixture.tpchCatalog()
        .metadata(NATION, "snapshots", "snapshot_id", "summary")
        .metadata(NATION, "files", "file_path")
        .metadata(ORDERS, "files", "file_path");
  }

  private final PlannerFixture planner =
      PlannerFixture.with(catalog(), PlannerFixture.tpchPolicies());

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          select * from lake.tpch.nation.snapshots     | select * from `lake`.`tpch`.`nation`.`snapshots`
          select * from tpch.nation.snapshots s        | select * from `lake`.`tpch`.`nation`.`snapshots` s
          select snapshots.summary from tpch.nation.`Snapshots` | select snapshots.summary from `lake`.`tpch`.`nation`.`snapshots`
          table tpch.nation.FILES                      | table `lake`.`tpch`.`nation`.`files`
          select 1 from nation where exists (select 1 from tpch.nation.files) | select 1 from `lake`.`tpch`.`nation` where exists (select 1 from `lake`.`tpch`.`nation`.`files`)
          with files as (select 1 a) select * from files, lake.tpch.nation.files f | with files as (select 1 a) select * from files, `lake`.`tpch`.`nation`.`files` f
          select _file, n.`_POS` from nation n         | select _file, n.`_POS` from `lake`.`tpch`.`nation` n
          """)
  void whoMayReadAllOfATableMayReadWhatIsBehindItsName(String sql, String text) {
    planner.sql(sql).becomes(text);
    planner.as("analyst").sql(sql).becomes(text);
  }

  @Test
  void theJournalNamesTheTableItself() {
    assertThat(planner.sql("select * from tpch.nation.files").analysis().relations())
        .extracting(Analysis.RelationUse::table)
        .containsExactly(NATION);
  }

  @Test
  void noVariableKeepsWhatTheyTell() {
    // What policy hides later of the table stands in them under other names.
    PlannerFixture holding =
        planner
            .as("analyst")
            .holding("DECLARE VARIABLE x STRING", "''")
            .having("create temporary view paths as select * from tpch.nation.files", "file_path");
    holding
        .sql("SET VAR x = (select max(file_path) from tpch.nation.files)")
        .refused(NOT_SUPPORTED);
    holding.sql("SET VAR x = (select max(file_path) from paths)").refused(NOT_SUPPORTED);
    holding.sql("SET VAR x = (select max(n_name) from nation)").analysis();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from lake.tpch.orders.files",
        "select * from tpch.orders.`FiLeS`",
        "table tpch.orders.files",
        "select (select max(file_path) from tpch.orders.files)",
        "with a as (select * from tpch.orders.files) select * from a",
      })
  void aRowFilterClosesThem(String sql) {
    planner
        .as("analyst")
        .sql(sql)
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [analyst] may not read the metadata of [tpch/orders], of"
                + " which a policy hides a part");
  }

  @Test
  void soDoesADeniedColumnAMaskAndOneOnAColumnThatTheTableHadOnce() {
    for (FakePolicies policies :
        new FakePolicies[] {
          new FakePolicies().grant("u", "lake.*").deny("u", "lake.tpch.nation", "n_name"),
          new FakePolicies().grant("u", "lake.*").mask("u", "lake.tpch.nation", "n_name", "MASK"),
          new FakePolicies().grant("u", "lake.*").deny("u", "lake.tpch.nation", "ssn"),
          new FakePolicies()
              .grantOnly(
                  "u", "lake.tpch.nation", "n_nationkey", "n_name", "n_regionkey", "n_comment"),
        }) {
      PlannerFixture user =
          PlannerFixture.with(catalog().formerly("lake", "tpch", "nation", "ssn"), policies)
              .as("u");
      user.sql("select * from tpch.nation.files").refused(PERMISSION_DENIED);
      user.sql("select _file from nation").refused(NOT_SUPPORTED);
    }
  }

  @Test
  void aStateOfTheTableBeforeSuchAColumnOrAfterItShowsItsFilesNoMore() {
    FakeCatalog catalog =
        catalog()
            .formerly("lake", "tpch", "nation", "ssn")
            .state("lake", "tpch", "nation", "main", "n_nationkey 1", "n_name 2");
    PlannerFixture user =
        PlannerFixture.with(
                catalog,
                new FakePolicies().grant("u", "lake.*").deny("u", "lake.tpch.nation", "ssn"))
            .as("u");
    assertThat(user.sql("select n_name from nation version as of 'main'").analysis().sql())
        .contains("n_name");
    user.sql("select _file from nation version as of 'main'").refused(NOT_SUPPORTED);
  }

  @Test
  void aTableThatForgotColumnsShowsNothingToAnybody() {
    PlannerFixture all =
        PlannerFixture.with(
            catalog().forgetting("lake", "tpch", "nation"), PlannerFixture.tpchPolicies());
    all.sql("select * from tpch.nation.files").refused(PERMISSION_DENIED);
    all.sql("select _file from nation").refused(NOT_SUPPORTED);
    all.sql("select n_name from nation").becomes("select n_name from `lake`.`tpch`.`nation`");
  }

  @Test
  void whoMayReadNothingOfTheTableIsToldThatAlone() {
    planner
        .as("intern")
        .sql("select * from lake.tpch.orders.files")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/orders]");
  }

  /** Among them one of which the catalog says that a real table of that name is there. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from tpch.nation.history",
        "select * from tpch.nation.position_deletes",
        "select * from tpch.nation.changes",
        "select * from tpch.nation.branch_main",
        "select * from tpch.nation.files.files",
        "select * from tpch.nation.files version as of 1",
        "select * from tpch.nation.files timestamp as of '2026-01-01'",
        "select * from tpch.nation.files with ('split-size' = '1')",
        "select * from explode(table(tpch.nation.files))",
        "merge into nation using tpch.nation.files f on true when matched then delete",
        "insert into tpch.nation.files select 'x'",
        "delete from tpch.nation.files",
        "select n._file from nation n, orders",
        "insert into nation select 1, _file, 1, '' from nation",
        "create temporary view v as select _file from nation",
      })
  void anythingElseIsRefused(String sql) {
    assertThat(planner.as("analyst").sql(sql).failure().code())
        .isIn(NOT_SUPPORTED, PERMISSION_DENIED, io.sluice.model.ErrorCode.FUNCTION_NOT_ALLOWED);
  }

  @Test
  void aViewOverThemIsJudgedByItsReader() {
    FakeCatalog catalog =
        catalog()
            .view(
                new TableName("lake", "tpch", "places"),
                new Namespace("lake", "tpch"),
                "select file_path as x from tpch.orders.files",
                "x");
    PlannerFixture both = PlannerFixture.with(catalog, PlannerFixture.tpchPolicies());
    assertThat(both.sql("select * from places").analysis().sql())
        .contains("`lake`.`tpch`.`orders`.`files`");
    both.as("analyst").sql("select * from places").refused(PERMISSION_DENIED);
  }
}
