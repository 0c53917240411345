package io.sluice.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.planner.policy.Access;
import io.sluice.planner.policy.PolicyEngine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CALL of Iceberg's procedures: who may, and what comes of the arguments. */
class ProcedureTest {

  private final PlannerFixture planner = PlannerFixture.tpch();

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          call lake.system.expire_snapshots('nation')              | expire_snapshots`(table => {N})
          call system.expire_snapshots('tpch.nation')              | expire_snapshots`(table => {N})
          CALL `lake`.`System`.`EXPIRE_SNAPSHOTS`("lake.tpch.nation") | expire_snapshots`(table => {N})
          call system.expire_snapshots(table => 'nation', older_than => timestamp '2026-01-01 00:00:00', retain_last => 3) | expire_snapshots`(table => {N}, older_than => TIMESTAMP '2026-01-01 00:00:00', retain_last => 3)
          call system.expire_snapshots(retain_last => 3, `TABLE` => 'nation', older_than => '2026-01-01') | expire_snapshots`(table => {N}, older_than => TIMESTAMP '2026-01-01', retain_last => 3)
          call system.expire_snapshots('nation', null, null, 4, false, array(1, -2L), true) | expire_snapshots`(table => {N}, max_concurrent_deletes => 4, stream_results => false, snapshot_ids => array(1L, -2L), clean_expired_metadata => true)
          call system.remove_orphan_files(table => 'nation', dry_run => true) | remove_orphan_files`(table => {N}, dry_run => true)
          call system.rewrite_data_files('nation')                 | rewrite_data_files`(table => {N})
          call system.rewrite_data_files(table => 'nation', where => 'n_nationkey > 3 and N_NAME = "a"') | rewrite_data_files`(table => {N}, where => '`nation`.`n_nationkey` > 3 and `nation`.`n_name` = "a"')
          call system.rewrite_data_files(table => 'nation', where => "upper(n_name) = 'IT\\\\'S'") | rewrite_data_files`(table => {N}, where => 'upper(`nation`.`n_name`) = \\'IT\\\\\\'S\\'')
          call system.rewrite_data_files(table => 'nation', where => 'n_name = current_user()') | rewrite_data_files`(table => {N}, where => '`nation`.`n_name` = \\'admin\\'')
          call system.rewrite_data_files(table => 'nation', strategy => 'sort', sort_order => 'zorder(n_name, n_nationkey)') | rewrite_data_files`(table => {N}, strategy => 'sort', sort_order => 'zorder(`n_name`, `n_nationkey`)')
          call system.rewrite_data_files(table => 'nation', sort_order => 'n_name desc nulls last, bucket(4, n_nationkey)') | rewrite_data_files`(table => {N}, sort_order => '`n_name` DESC NULLS LAST, bucket(4, `n_nationkey`)')
          call system.rewrite_data_files(table => 'nation', options => map('rewrite-all', 'true', 'min-input-files', '2'), branch => 'audit') | rewrite_data_files`(table => {N}, options => map('rewrite-all', 'true', 'min-input-files', '2'), branch => 'audit')
          call system.rewrite_manifests('nation', false)           | rewrite_manifests`(table => {N}, use_caching => false)
          call system.rewrite_position_delete_files('nation')      | rewrite_position_delete_files`(table => {N})
          call system.compute_table_stats(table => 'nation', columns => array('N_NAME', 'n_comment')) | compute_table_stats`(table => {N}, columns => array('n_name', 'n_comment'))
          call system.compute_partition_stats('nation')            | compute_partition_stats`(table => {N})
          call system.rollback_to_snapshot('nation', 5)            | rollback_to_snapshot`(table => {N}, snapshot_id => 5L)
          call system.rollback_to_timestamp('nation', timestamp '2026-01-01') | rollback_to_timestamp`(table => {N}, timestamp => TIMESTAMP '2026-01-01')
          call system.set_current_snapshot(table => 'nation', ref => 'audit') | set_current_snapshot`(table => {N}, ref => 'audit')
          call system.cherrypick_snapshot('nation', 5)             | cherrypick_snapshot`(table => {N}, snapshot_id => 5L)
          call system.publish_changes('nation', 'wap-1')           | publish_changes`(table => {N}, wap_id => 'wap-1')
          call system.fast_forward('nation', 'main', 'audit')      | fast_forward`(table => {N}, branch => 'main', to => 'audit')
          call system.ancestors_of('nation')                       | ancestors_of`(table => {N})
          call system.expire_snapshots('`odd``name`')              | expire_snapshots`(table => '`lake`.`tpch`.`odd``name`')
          """)
  void isPrintedAnewWithTheTableInFull(String sql, String expected) {
    planner
        .sql(sql)
        .becomes("CALL `lake`.`system`.`" + expected.replace("{N}", "'`lake`.`tpch`.`nation`'"));
  }

  /** The names that its columns had are told by it, and policies may speak of those. */
  @Test
  void expiredMetadataOfARestrictedTableIsKept() {
    String call = "call system.expire_snapshots(table => 'orders', clean_expired_metadata => %s)";
    planner.sql(call.formatted("true")).refused(ErrorCode.PERMISSION_DENIED);
    assertThat(planner.sql(call.formatted("false")).analysis().sql()).contains("=> false");
  }

  @Test
  void itsAnswerIsKnownWithoutAskingSpark() {
    Analysis.SparkQuery call =
        planner.sql("call system.rollback_to_snapshot('nation', 5)").analysis();
    assertThat(call.command()).isTrue();
    assertThat(call.columns().stream().map(AnswerTable.AnswerColumn::name))
        .containsExactly("previous_snapshot_id", "current_snapshot_id");
    assertThat(call.relations().stream().map(use -> use.table().toString()))
        .containsExactly("lake.tpch.nation");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Procedures that are not served, and names that are none.
        "call system.register_table('x', '/etc/x')",
        "call lake.system.`register_table`(table => 'x', metadata_file => '/x')",
        "call lake.SYSTEM.Create_Changelog_View(table => 'nation')",
        "call system.snapshot('nation', 'scratch.x')",
        "call system.migrate('nation')",
        "call system.add_files('nation', '`parquet`.`/etc`')",
        "call system.rewrite_table_path('nation', 'a', 'b')",
        "call system.unknown('nation')",
        "call system.`expire_snapshots `('nation')",
        "call expire_snapshots('nation')",
        "call other.expire_snapshots('nation')",
        "call lake.other.expire_snapshots('nation')",
        "call lake.system.system.expire_snapshots('nation')",
        "call spark_catalog.system.expire_snapshots('nation')",
        "call nowhere.system.expire_snapshots('nation')",
        "call LAKE.system.expire_snapshots('nation')",
        "call identifier('lake.system.expire_snapshots')('nation')",
        "call system.identifier('expire_snapshots')('nation')",
        // Tables that are none of the catalog's.
        "call system.expire_snapshots('lake.tpch.nation.files')",
        "call system.expire_snapshots('tpch.nation.branch_x')",
        "call system.expire_snapshots('nowhere.tpch.nation')",
        "call system.expire_snapshots('spark_catalog.default.t')",
        "call system.expire_snapshots('ocean.deep.fish')",
        "call ocean.system.expire_snapshots('nation')",
        "call system.expire_snapshots('identifier(\"nation\")')",
        "call system.rewrite_data_files('nation_view')",
        // Arguments.
        "call system.expire_snapshots()",
        "call system.expire_snapshots(null)",
        "call system.expire_snapshots(retain_last => 3)",
        "call system.expire_snapshots('nation', table => 'region')",
        "call system.expire_snapshots(table => 'nation', table => 'region')",
        "call system.expire_snapshots(table => 'nation', `Table` => 'region')",
        "call system.expire_snapshots(table => 'nation', '2026-01-01')",
        "call system.expire_snapshots('nation', nothing => 1)",
        "call system.expire_snapshots('nation', null, null, null, null, null, null, null)",
        "call system.expire_snapshots('nat' || 'ion')",
        "call system.expire_snapshots(concat('nat', 'ion'))",
        "call system.expire_snapshots((select 'nation'))",
        "call system.expire_snapshots(?)",
        "call system.expire_snapshots(:t)",
        "call system.expire_snapshots(nation)",
        "call system.expire_snapshots(1)",
        "call system.expire_snapshots('nation', current_timestamp())",
        "call system.expire_snapshots('nation', date '2026-01-01')",
        "call system.expire_snapshots('nation', 'soon')",
        "call system.expire_snapshots('nation', '2026-01-01', 1.5)",
        "call system.expire_snapshots('nation', '2026-01-01', -1)",
        "call system.expire_snapshots('nation', max_concurrent_deletes => 100000)",
        "call system.expire_snapshots('nation', snapshot_ids => array('a'))",
        "call system.expire_snapshots('nation', snapshot_ids => array())",
        "call system.expire_snapshots('nation', snapshot_ids => array((select 1)))",
        "call system.expire_snapshots('nation', snapshot_ids => array(array(1)))",
        "call system.expire_snapshots('nation', snapshot_ids => sequence(1, 3))",
        "call system.expire_snapshots('nation', snapshot_ids => array(1) over ())",
        "call system.remove_orphan_files('nation', location => '/etc')",
        "call system.remove_orphan_files('nation', file_list_view => 'secret')",
        "call system.remove_orphan_files('nation', prefix_mismatch_mode => 'DELETE')",
        "call system.remove_orphan_files('nation', equal_schemes => map('file', 's3'))",
        "call system.remove_orphan_files('nation', null, null)",
        "call system.rewrite_data_files('nation', options => map('path', '/etc'))",
        "call system.rewrite_data_files('nation', options => map('rewrite-all', '/etc/x'))",
        "call system.rewrite_data_files('nation', options => map('rewrite-all'))",
        "call system.rewrite_data_files('nation', options => map())",
        "call system.rewrite_data_files('nation', options => map('rewrite-all', 'true', 'rewrite-all', 'false'))",
        "call system.rewrite_data_files('nation', options => map('max-concurrent-file-group-rewrites', '999'))",
        "call system.rewrite_data_files('nation', options => map_from_arrays(array('a'), array('b')))",
        "call system.rewrite_data_files('nation', where => 'n_nationkey in (select s_key from secret)')",
        "call system.rewrite_data_files('nation', where => 'exists (table secret)')",
        "call system.rewrite_data_files('nation', where => 's_key = 1')",
        "call system.rewrite_data_files('nation', where => '_file = \"x\"')",
        "call system.rewrite_data_files('nation', where => 'secret.s_key = 1')",
        "call system.rewrite_data_files('nation', where => 'n_name')",
        "call system.rewrite_data_files('nation', where => '1')",
        "call system.rewrite_data_files('nation', where => 'true -- x')",
        "call system.rewrite_data_files('nation', where => 'true /* x */')",
        "call system.rewrite_data_files('nation', where => 'true; drop table nation')",
        "call system.rewrite_data_files('nation', where => 'reflect(\"a\", \"b\") = 1')",
        "call system.rewrite_data_files('nation', where => 'rand() > 0')",
        "call system.rewrite_data_files('nation', where => 'n_name = \"$\\u007benv:HOME}\"')",
        "call system.rewrite_data_files('nation', where => '')",
        "call system.rewrite_data_files('nation', branch => 'a b')",
        "call system.rewrite_data_files('nation', strategy => 'a\\'b')",
        "call system.rewrite_data_files('nation', sort_order => 'my_function(n_name)')",
        "call system.publish_changes('nation', 'a\\\\b')",
        "explain call system.expire_snapshots('nation')",
      })
  void isNotServed(String sql) {
    planner.sql(sql).refused(ErrorCode.NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call system.expire_snapshots('')",
        "call system.expire_snapshots('a b')",
        "call system.expire_snapshots('nation; drop table nation')",
        "call system.expire_snapshots('tpch..nation')",
        "call system.rewrite_data_files('nation', sort_order => 'n_name)')",
        "call system.rewrite_data_files('nation', sort_order => 'n_name, (select 1)')",
        "call system.rewrite_data_files('nation', sort_order => '')",
      })
  void textsInArgumentsMustBeWhatTheyAreTakenFor(String sql) {
    planner.sql(sql).refusedAt(ErrorCode.PARSE_SYNTAX_ERROR, 1, sql.indexOf('(') + 1 + offset(sql));
  }

  private static int offset(String sql) {
    return sql.contains("sort_order") ? "'nation', ".length() : 0;
  }

  @Test
  void aColumnThatIsNoneIsUnresolved() {
    planner
        .sql("call system.compute_table_stats(table => 'nation', columns => array('s_key'))")
        .refused(ErrorCode.UNRESOLVED_COLUMN, "The table has no column `s_key`.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          call system.expire_snapshots('nation')           | [alter] privilege on [tpch/nation]
          call system.expire_snapshots('missing')          | [alter] privilege on [tpch/missing]
          call system.rewrite_data_files('nation')         | [alter] privilege on [tpch/nation]
          call system.rewrite_manifests('nation')          | [alter] privilege on [tpch/nation]
          call system.rewrite_position_delete_files('nation') | [alter] privilege on [tpch/nation]
          call system.compute_table_stats('nation')        | [alter] privilege on [tpch/nation]
          call system.compute_partition_stats('nation')    | [alter] privilege on [tpch/nation]
          call system.rollback_to_snapshot('nation', 1)    | [update] privilege on [tpch/nation]
          call system.rollback_to_timestamp('nation', '2026-01-01') | [update] privilege on [tpch/nation]
          call system.set_current_snapshot('nation', 1)    | [update] privilege on [tpch/nation]
          call system.cherrypick_snapshot('nation', 1)     | [update] privilege on [tpch/nation]
          call system.publish_changes('nation', 'a')       | [update] privilege on [tpch/nation]
          call system.fast_forward('nation', 'main', 'a')  | [update] privilege on [tpch/nation]
          call system.ancestors_of('secret')               | [select] privilege on [tpch/secret]
          call system.ancestors_of('missing')              | [select] privilege on [tpch/missing]
          """)
  void whoLacksThePrivilegeLearnsNothing(String sql, String what) {
    planner
        .as("intern")
        .sql(sql)
        .refused(
            ErrorCode.PERMISSION_DENIED, "Permission denied: user [intern] does not have " + what);
  }

  @Test
  void whoOnlyUpdatesDoesNotMaintain() {
    PlannerFixture analyst = planner.as("analyst");
    analyst
        .sql("call system.rollback_to_snapshot('nation', 5)")
        .becomes(
            "CALL `lake`.`system`.`rollback_to_snapshot`(table => '`lake`.`tpch`.`nation`',"
                + " snapshot_id => 5L)");
    analyst.sql("call system.expire_snapshots('nation')").refused(ErrorCode.PERMISSION_DENIED);
    analyst.sql("call system.expire_snapshots('region')").analysis();
    analyst
        .sql("call system.rollback_to_snapshot('region', 5)")
        .refused(ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void removingOrphansIsForAdministrators() {
    planner
        .as("analyst")
        .sql("call system.remove_orphan_files('scratch.notes')")
        .refused(
            ErrorCode.PERMISSION_DENIED,
            "Permission denied: user [analyst] may not call [remove_orphan_files], which is for"
                + " administrators alone");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call system.expire_snapshots('nation')",
        "call system.rewrite_data_files('nation', where => 'n_nationkey = 1')",
        "call system.rollback_to_snapshot('nation', 1)",
        "call system.ancestors_of('nation')",
        "call system.compute_table_stats('nation')",
      })
  void aTableOfWhichAPartIsHiddenIsNotWorkedOn(String sql) {
    for (FakePolicies policies :
        List.of(
            new FakePolicies().filter("u", "lake.tpch.nation", "n_nationkey > 3"),
            new FakePolicies().mask("u", "lake.tpch.nation", "n_comment", "MASK_NULL"),
            new FakePolicies().deny("u", "lake.tpch.nation", "n_comment"))) {
      PolicyEngine engine = policies.grant("u", "lake.*").permitAll("u", "lake.*");
      assertThat(
              PlannerFixture.with(PlannerFixture.tpchCatalog(), (FakePolicies) engine)
                  .as("u")
                  .sql(sql)
                  .refused(ErrorCode.PERMISSION_DENIED))
          .hasMessage(
              "Permission denied: user [u] may not change [tpch/nation], of which a policy hides a"
                  + " part");
    }
  }

  @Test
  void aMissingTableIsMissingForWhoMayWorkOnIt() {
    planner
        .sql("call system.expire_snapshots('missing')")
        .refused(ErrorCode.TABLE_OR_VIEW_NOT_FOUND);
    assertThat(
            PlannerFixture.with(
                    PlannerFixture.tpchCatalog(),
                    new FakePolicies().permit("u", Access.ALTER, "lake.tpch.nation"))
                .as("u")
                .sql("call system.expire_snapshots('nation')")
                .refused(ErrorCode.PERMISSION_DENIED))
        .hasMessage(
            "Permission denied: user [u] does not have [select] privilege on [tpch/nation]");
  }
}
