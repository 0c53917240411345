package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.procedure.Parameter;
import io.sluice.planner.procedure.Procedure;
import io.sluice.planner.procedure.ProcedureTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Iceberg's procedures on the real Spark, with what they do to a table. */
class ProcedureTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String TABLE = "procedures.kept";

  @BeforeAll
  static void makeTable() throws SQLException {
    run(
        "create schema lake.procedures",
        "create table procedures.kept (id bigint, name string)",
        "insert into procedures.kept values (1, 'it''s'), (2, 'b')",
        "insert into procedures.kept values (3, 'c')",
        "insert into procedures.kept values (4, 'd')");
  }

  @AfterAll
  static void dropTable() throws SQLException {
    run("drop table procedures.kept", "drop schema lake.procedures");
  }

  private static void run(String... commands) throws SQLException {
    for (String command : commands) {
      try (Statement statement = GATEWAY.shared("admin").createStatement()) {
        assertThat(statement.executeUpdate(command)).as(command).isZero();
      }
    }
  }

  private static List<List<String>> rows(String sql) throws SQLException {
    return Rows.query(GATEWAY.shared("admin"), sql);
  }

  private static long snapshots() throws SQLException {
    return rows("call lake.system.ancestors_of('" + TABLE + "')").size();
  }

  private static void isRefused(String user, String sql, String why) {
    Throwable refusal = catchThrowable(() -> Rows.query(GATEWAY.shared(user), sql));
    assertThat(refusal).as(sql).isInstanceOf(SQLException.class).hasMessageContaining(why);
  }

  /** As a client does that knows the statement for one without rows. */
  @Test
  void anUpdateMayBeACall() throws SQLException {
    run("create or replace table procedures.updated as select 1 id");
    try (FlightSqlSession flight = new FlightSqlSession(GATEWAY.grpcPort(), "admin")) {
      assertThat(
              flight.client.executeUpdate(
                  "call lake.system.rewrite_data_files(table => 'procedures.updated',"
                      + " options => map('rewrite-all', 'true'))",
                  flight.token))
          .isEqualTo(-1);
      assertThat(rows("call lake.system.ancestors_of('procedures.updated')")).hasSize(2);
      assertThatThrownBy(() -> flight.client.executeUpdate("select 1", flight.token))
          .hasMessageContaining("The statement returns rows; run it as a query");
    }
    assertThat(GATEWAY.runningStatements()).isZero();
    run("drop table procedures.updated");
  }

  /** Spark describes no procedure's parameters, but names the first one that it does not know. */
  @Test
  void everyParameterIsOneOfIcebergs() {
    try (DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
      for (Procedure procedure : ProcedureTable.served()) {
        for (Parameter parameter : procedure.parameters()) {
          String call =
              "call lake.system.%s(%s => null, no_such_parameter => 1)"
                  .formatted(procedure.name(), parameter.name());
          assertThatThrownBy(() -> spark.run(call))
              .as(call)
              .cause()
              .hasMessageContaining("`no_such_parameter`");
        }
      }
      assertThatThrownBy(
              () -> spark.run("call lake.system.ancestors_of(other => 1, no_such_parameter => 1)"))
          .cause()
          .hasMessageContaining("`other`");
    }
  }

  @Test
  void whatIsPromisedIsWhatComes() throws SQLException {
    Connection admin = GATEWAY.shared("admin");
    try (Statement statement = admin.createStatement();
        ResultSet results =
            statement.executeQuery("call lake.system.compute_table_stats('" + TABLE + "')")) {
      ResultSetMetaData columns = results.getMetaData();
      Procedure procedure = ProcedureTable.find("compute_table_stats").orElseThrow();
      assertThat(procedure.columns().stream().map(AnswerColumn::name))
          .containsExactly(columns.getColumnLabel(1));
      assertThat(results.next()).isTrue();
      assertThat(results.getString(1)).endsWith(".stats");
    }
    for (String sql :
        List.of(
            "call lake.system.compute_partition_stats('procedures.spread')",
            "call lake.system.rewrite_manifests('procedures.spread', false)",
            "call lake.system.rewrite_position_delete_files(table => 'procedures.spread',"
                + " where => 'id > 1', options => map('rewrite-all', 'true'))",
            "call lake.system.remove_orphan_files(table => 'procedures.spread', dry_run => true)",
            "call lake.system.rewrite_data_files(table => 'procedures.spread', strategy => 'sort',"
                + " sort_order => 'zorder(id, name)', options => map('rewrite-all', 'true',"
                + " 'max-concurrent-file-group-rewrites', '2'))")) {
      run(
          "create or replace table procedures.spread (id bigint, name string) partitioned by"
              + " (bucket(2, id)) tblproperties ('write.delete.mode' = 'merge-on-read')",
          "insert into procedures.spread values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')");
      assertThat(rows(sql)).as(sql).allSatisfy(row -> assertThat(row).isNotEmpty());
    }
    run("drop table procedures.spread");
  }

  @Test
  void aTableIsMovedBackAndForth() throws SQLException {
    run(
        "create table procedures.moved (id int)",
        "insert into procedures.moved values (1)",
        "insert into procedures.moved values (2)");
    List<List<String>> ancestors = rows("call lake.system.ancestors_of('procedures.moved')");
    assertThat(ancestors).hasSize(2);
    String newest = ancestors.get(0).get(0);
    String oldest = ancestors.get(1).get(0);

    assertThat(rows("call lake.system.rollback_to_snapshot('procedures.moved', " + oldest + ")"))
        .containsExactly(List.of(newest, oldest));
    assertThat(rows("select * from procedures.moved")).containsExactly(List.of("1"));

    assertThat(
            rows(
                "call lake.system.set_current_snapshot(table => 'procedures.moved', snapshot_id => "
                    + newest
                    + ")"))
        .containsExactly(List.of(oldest, newest));
    assertThat(rows("select * from procedures.moved")).hasSize(2);

    run("alter table procedures.moved create branch side as of version " + oldest);
    assertThat(rows("call lake.system.fast_forward('procedures.moved', 'side', 'main')").get(0))
        .containsExactly("side", oldest, newest);
    run("drop table procedures.moved");
  }

  @Test
  void oldSnapshotsExpireAndFilesAreRewritten() throws SQLException {
    assertThat(snapshots()).isGreaterThan(1);
    List<List<String>> before = rows("select * from procedures.kept order by id");
    assertThat(
            rows("call lake.system.rewrite_data_files(table => 'procedures.kept',"
                    + " where => 'id > 0 and name <> \"it''s not\"',"
                    + " options => map('rewrite-all', 'true'))")
                .get(0)
                .get(0))
        .isIn("3", "4");
    assertThat(rows("select * from procedures.kept order by id")).isEqualTo(before);
    assertThat(
            rows(
                "call lake.system.expire_snapshots(table => 'procedures.kept',"
                    + " older_than => timestamp '2100-01-01 00:00:00', retain_last => 1)"))
        .hasSize(1)
        .allSatisfy(row -> assertThat(row).hasSize(6));
    assertThat(snapshots()).isEqualTo(1);
    assertThat(rows("select * from procedures.kept order by id")).isEqualTo(before);
  }

  @Test
  void aUserWithoutThePrivilegeChangesNothing() {
    isRefused(
        "analyst",
        "call lake.system.expire_snapshots('tpch.nation')",
        "does not have [alter] privilege on [tpch/nation]");
    isRefused(
        "analyst",
        "call lake.system.remove_orphan_files('tpch.nation')",
        "is for administrators alone");
    isRefused(
        "analyst",
        "call lake.system.ancestors_of('tpch.orders')",
        "may not change [tpch/orders], of which a policy hides a part");
    isRefused("admin", "call lake.system.expire_snapshots('tpch.nation.files')", "NOT_SUPPORTED");
  }
}
