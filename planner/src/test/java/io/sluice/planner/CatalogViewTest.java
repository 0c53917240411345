package io.sluice.planner;

import static io.sluice.model.ErrorCode.NOT_SUPPORTED;
import static io.sluice.model.ErrorCode.PERMISSION_DENIED;
import static io.sluice.model.ErrorCode.TABLE_OR_VIEW_ALREADY_EXISTS;
import static io.sluice.model.ErrorCode.TABLE_OR_VIEW_NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.TableName;
import io.sluice.planner.view.NamedColumn;
import io.sluice.planner.view.ViewChange;
import io.sluice.planner.view.ViewDefinition;
import io.sluice.planner.view.ViewDefinition.Mode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogViewTest {

  private static final Namespace TPCH = new Namespace("lake", "tpch");

  private final FakeCatalog catalog =
      PlannerFixture.tpchCatalog()
          .view(name("names"), TPCH, "select n_name from nation", "n_name")
          .view(name("priorities"), TPCH, "select o_orderpriority from orders", "p")
          .view(name("addresses"), TPCH, "select c_name, c_address from customer", "n", "a")
          .view(name("who"), TPCH, "select concat(current_user(), '!') from nation", "w")
          .view(name("again"), TPCH, "select n_name from tpch.again", "n_name")
          .view(name("closes"), TPCH, "select 1) union all (select 2", "a")
          .view(name("asks"), TPCH, "select n_name from nation where n_nationkey = ?", "a")
          .view(name("changes_it"), TPCH, "delete from nation", "a")
          .view(name("env"), TPCH, "select '${env:HOME}'", "a")
          .view(name("foreign_"), new Namespace("spark_catalog", "x"), "select * from t", "a")
          .view(new TableName("lake", "scratch", "mine"), TPCH, "select n_name from nation", "x");

  private final FakePolicies policies = PlannerFixture.tpchPolicies();

  private static TableName name(String view) {
    return new TableName("lake", "tpch", view);
  }

  private PlannerFixture as(String user) {
    return PlannerFixture.with(catalog, policies).as(user);
  }

  @Test
  void theTextOfTheCatalogStandsWhereTheViewIsNamed() {
    as("analyst")
        .in("lake", "other")
        .sql("select tpch.names.n_name, lake.tpch.names.* from tpch.names")
        .becomes(
            "select names.n_name, names.* from (SELECT `r`.`n_name` AS `n_name` FROM (select n_name"
                + " from `lake`.`tpch`.`nation`) AS `r`) AS `names`")
        .reads("lake.tpch.nation");
    as("analyst").sql("select p from priorities").reads("lake.tpch.orders");
    assertThat(as("analyst").sql("select p from priorities").rewritten()).contains("'1-URGENT'");
    assertThat(as("admin").sql("select p from priorities").rewritten())
        .doesNotContain("'1-URGENT'");
  }

  @Test
  void columnsWhoseNamesDependOnTheReaderGoByTheirPlace() {
    as("analyst")
        .sql("select w from who")
        .becomes(
            "select w from (SELECT * FROM (select concat('analyst', '!') from"
                + " `lake`.`tpch`.`nation`) AS `r`(`w`)) AS `who`");
  }

  @Test
  void theViewAndWhatIsBehindItNeedAPrivilege() {
    as("intern")
        .sql("select * from names")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/names]");
    as("intern")
        .sql("select * from missing")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/missing]");
    policies.grant("intern", "lake.tpch.names").grant("intern", "lake.tpch.priorities");
    as("intern").sql("select * from names").reads("lake.tpch.nation");
    as("intern")
        .sql("select * from priorities")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [intern] does not have [select] privilege on [tpch/orders] (in"
                + " view `lake`.`tpch`.`priorities`)");
    as("analyst")
        .sql("select n from addresses")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/c_address] (in view `lake`.`tpch`.`addresses`)");
  }

  @Test
  void aMaskOnTheViewItselfAppliesToItsRows() {
    String plain = as("analyst").sql("select 1 from names").rewritten();
    policies.mask("analyst", "lake.tpch.names", "n_name", "MASK_NULL");
    PlannerFixture.Statement masked = as("analyst").sql("select 1 from names");
    String query = plain.substring("select 1 from (".length(), plain.indexOf(") AS `names`"));
    masked.becomes(
        "select 1 from (SELECT CAST(NULL AS string) AS `n_name` FROM ("
            + query
            + ") AS `r`) AS `names`");
    assertThat(masked.analysis().restricted()).isTrue();
    assertThat(masked.analysis().relations().get(0).policyIds()).containsExactly("8");
  }

  @Test
  void aFilterOnTheViewItselfStandsBehindTheSameBarrier() {
    policies.filter("analyst", "lake.tpch.names", "n_name = 'x'");
    assertThat(as("analyst").sql("select 1 from names").rewritten())
        .startsWith("select 1 from (SELECT * FROM (SELECT `r`.`n_name` FROM (")
        .endsWith(
            ") AS `r` WHERE (`r`.`n_name` = 'x')) TABLESAMPLE (100 PERCENT) REPEATABLE (0)) AS"
                + " `names`");
    as("analyst").sql("explain select 1 from names").refused(PERMISSION_DENIED);
    as("analyst").sql("select * from names version as of 1").refused(NOT_SUPPORTED);
  }

  @Test
  void aColumnOfAViewMayBeDenied() {
    policies.deny("analyst", "lake.tpch.pairs", "b");
    catalog.view(name("pairs"), TPCH, "select n_name a, n_comment b from nation", "a", "b");
    as("analyst")
        .sql("select * from pairs")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/pairs/b]");
    assertThat(as("analyst").sql("select a from pairs").rewritten())
        .startsWith("select a from (SELECT `r`.`a` FROM (");
  }

  /** What a policy hides of a view stays hidden from whoever reads a view of it. */
  @Test
  void aPolicyOnAViewHoldsInsideAnotherOne() {
    catalog.view(name("outer_names"), TPCH, "select n_name from names", "n_name");
    policies.mask("analyst", "lake.tpch.names", "n_name", "MASK_NULL");
    PlannerFixture.Statement outer = as("analyst").sql("select n_name from outer_names");
    assertThat(outer.rewritten()).contains("CAST(NULL AS string) AS `n_name`");
    assertThat(outer.analysis().restricted()).isTrue();
    assertThat(outer.analysis().relations().get(0).restricted()).isTrue();
    assertThat(outer.analysis().relations().get(0).policyIds()).containsExactly("8");
    as("analyst").sql("explain select n_name from outer_names").refused(PERMISSION_DENIED);
    assertThat(as("admin").sql("select n_name from outer_names").analysis().restricted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"again", "asks", "changes_it", "env", "nation_view", "foreign_"})
  void aTextThatIsNotServedIsNotReadEither(String view) {
    assertThat(as("admin").sql("select *\n from " + view).failure().code())
        .isIn(NOT_SUPPORTED, PERMISSION_DENIED);
    as("admin")
        .sql("select *\n from " + view)
        .refusedAt(as("admin").sql("select *\n from " + view).failure().code(), 2, 6);
  }

  @Test
  void aTextThatClosesItsBracketIsNotRead() {
    assertThat(as("admin").sql("select * from closes").failure())
        .hasMessageContaining("(in view `lake`.`tpch`.`closes`)");
  }

  @Test
  void temporaryViewsAreNotSeenInside() {
    as("admin")
        .having("create temporary view nation as select r_name n_name from region", "n_name")
        .sql("select * from names")
        .reads("lake.tpch.nation");
    as("admin")
        .having("create temporary view names as select r_name n_name from region", "n_name")
        .sql("select * from names")
        .reads("lake.tpch.region");
  }

  @Test
  void aViewIsDefinedWithTheUsersText() {
    assertThat(
            as("analyst")
                .sql(
                    "create view scratch.v (a comment 'first', b) comment 'all' tblproperties"
                        + " ('team' = 'x') as /* mine */ select n_name, current_user() from nation")
                .analyze())
        .isInstanceOfSatisfying(
            Analysis.DefineView.class,
            defined -> {
              assertThat(defined.definition())
                  .isEqualTo(
                      new ViewDefinition(
                          new TableName("lake", "scratch", "v"),
                          "select n_name, current_user() from nation",
                          TPCH,
                          Map.of("comment", "all", "team", "x"),
                          "analyst",
                          Mode.CREATE));
              assertThat(defined.names())
                  .containsExactly(
                      new NamedColumn("a", Optional.of("first")),
                      new NamedColumn("b", Optional.empty()));
            });
  }

  @Test
  void definingNeedsThePrivilegeAndWhatIsRead() {
    as("analyst")
        .sql("create view v as select 1 a")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [create] privilege on [tpch/v]");
    as("intern").sql("create or replace view names as select 1 a").refused(PERMISSION_DENIED);
    as("analyst")
        .sql("create view scratch.v as select * from customer")
        .refused(
            PERMISSION_DENIED,
            "Permission denied: user [analyst] does not have [select] privilege on"
                + " [tpch/customer/c_address]");
    as("intern").sql("drop view names").refused(PERMISSION_DENIED);
    as("intern").sql("drop view if exists missing").refused(PERMISSION_DENIED);
    as("intern").sql("alter view names as select 1 a").refused(PERMISSION_DENIED);
    as("intern").sql("alter view names rename to x").refused(PERMISSION_DENIED);
    as("intern").sql("alter view names set tblproperties ('a' = 'b')").refused(PERMISSION_DENIED);
  }

  @Test
  void aViewThatStaysReadsNoTemporaryView() {
    assertThat(
            as("admin")
                .having("create temporary view t as select n_name from nation", "n_name")
                .sql("create view v as select * from nation join t")
                .refused(NOT_SUPPORTED))
        .hasMessageContaining("`t` is a temporary view");
  }

  @Test
  void replacingCannotMakeAViewReadItself() {
    assertThat(
            as("admin")
                .sql("create or replace view names as select * from scratch.mine, tpch.names")
                .refused(NOT_SUPPORTED))
        .hasMessageContaining("reads itself");
    assertThat(as("admin").sql("alter view names as select * from names").refused(NOT_SUPPORTED))
        .hasMessageContaining("reads itself");
  }

  @Test
  void tablesAndViewsShareTheirNames() {
    as("admin").sql("create view nation as select 1 a").refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    as("admin")
        .sql("create or replace view nation as select 1 a")
        .refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    as("admin").sql("create view names as select 1 a").refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    as("admin").sql("create table names (a int)").refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    as("admin").sql("create or replace table names (a int)").refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    as("admin").sql("alter table nation rename to names").refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    as("admin").sql("alter view names rename to nation").refused(TABLE_OR_VIEW_ALREADY_EXISTS);
    assertThat(as("admin").sql("create view if not exists names as select 1 a").analyze())
        .isEqualTo(new Analysis.Nothing());
    as("admin").sql("drop table names").refused(NOT_SUPPORTED);
    as("admin").sql("drop view nation").refused(NOT_SUPPORTED);
    as("admin").sql("alter table names add column x int").refused(NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into names values (1)",
        "update names set n_name = 1",
        "delete from names",
        "merge into names using region on true when matched then delete",
        "truncate table names",
      })
  void aViewIsNotWrittenTo(String write) {
    assertThat(as("admin").sql(write).refused(NOT_SUPPORTED))
        .hasMessage("`lake`.`tpch`.`names` is a view; only tables are written to.");
  }

  @Test
  void viewsAreChangedAndDropped() {
    assertThat(as("admin").sql("drop view names").analyze())
        .isEqualTo(new Analysis.ChangeView(new ViewChange.Drop(name("names"))));
    assertThat(as("admin").sql("drop view if exists missing").analyze())
        .isEqualTo(new Analysis.Nothing());
    as("admin").sql("drop view missing").refused(TABLE_OR_VIEW_NOT_FOUND);
    assertThat(as("admin").sql("alter view names rename to scratch.other").analyze())
        .isEqualTo(
            new Analysis.ChangeView(
                new ViewChange.Rename(name("names"), new TableName("lake", "scratch", "other"))));
    assertThat(
            as("admin")
                .sql("alter view names set tblproperties ('a' = 'b', comment = 'c')")
                .analyze())
        .isEqualTo(
            new Analysis.ChangeView(
                new ViewChange.Properties(
                    name("names"), Map.of("a", "b", "comment", "c"), Set.of())));
    assertThat(as("admin").sql("alter view names unset tblproperties if exists (`team`)").analyze())
        .isEqualTo(
            new Analysis.ChangeView(
                new ViewChange.Properties(name("names"), Map.of(), Set.of("team"))));
    assertThat(as("admin").sql("alter view names as select r_name from region").analyze())
        .isInstanceOfSatisfying(
            Analysis.DefineView.class,
            defined -> assertThat(defined.definition().mode()).isEqualTo(Mode.ALTER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter view names rename to other",
        "drop view names",
        "create or replace view names as select r_name from region",
        "alter view names as select r_name from region",
      })
  void aViewOfWhichAPolicySpeaksIsChangedByAnAdministratorsForceAlone(String sql) {
    PlannerFixture admin =
        PlannerFixture.with(
                catalog,
                PlannerFixture.tpchPolicies()
                    .filter("intern", "lake.tpch.names", "n_name = 'GERMANY'"))
            .as("admin");
    admin.sql(sql).refused(PERMISSION_DENIED);
    assertThat(admin.set("sluice.forcePolicyObjectChanges", "true").sql(sql).analyze().note())
        .isEqualTo("forced change of names that a policy speaks of");
    assertThat(as("admin").sql(sql).analyze().note()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "write.metadata.path",
        "location",
        "owner",
        "spark.query-column-names",
        "replace.drop-dialect.allowed"
      })
  void propertiesThatMeanSomethingToEnginesAreRefused(String key) {
    as("admin")
        .sql("alter view names set tblproperties ('%s' = 'x')".formatted(key))
        .refused(NOT_SUPPORTED);
    as("admin")
        .sql("create view v tblproperties ('%s' = 'x') as select 1 a".formatted(key))
        .refused(NOT_SUPPORTED);
  }

  @Test
  void aViewOfWhichAPolicySpeaksKeepsItsName() {
    policies.mask("analyst", "lake.tpch.names", "n_name", "MASK_NULL");
    as("admin").sql("drop view names").refused(PERMISSION_DENIED);
    as("admin").sql("alter view names rename to other").refused(PERMISSION_DENIED);
    as("admin").sql("create or replace view names as select 1 a").refused(PERMISSION_DENIED);
    as("admin").sql("alter view names as select 1 a").refused(PERMISSION_DENIED);
  }

  @Test
  void whatTheAnalysisWasMadeFromTellsTheVersionOfTheView() {
    List<String> before = as("admin").sql("select * from names").analysis().dependencies();
    catalog.view(name("names"), TPCH, "select  n_name from nation", "n_name");
    assertThat(as("admin").sql("select * from names").analysis().dependencies())
        .isNotEqualTo(before);
  }

  @Test
  void timeTravelIsForTables() {
    as("admin").sql("select * from names version as of 1").refused(NOT_SUPPORTED);
    as("admin").sql("select * from tpch.names.snapshots").refused(TABLE_OR_VIEW_NOT_FOUND);
  }
}
