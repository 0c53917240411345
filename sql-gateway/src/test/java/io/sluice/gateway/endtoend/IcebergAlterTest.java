package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.sluice.model.SluiceException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Iceberg's own forms of ALTER TABLE, EXPLAIN of writes and DESCRIBE of queries, on Spark. */
class IcebergAlterTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @BeforeAll
  static void makeTable() throws SQLException {
    run(
        "admin",
        "create schema lake.altered",
        "create table altered.t (id bigint not null, `a b` string, at timestamp)",
        "insert into altered.t values (1, 'x', timestamp'2026-01-01')");
  }

  @AfterAll
  static void dropTable() throws SQLException {
    run("admin", "drop table altered.t", "drop schema lake.altered");
  }

  private static void run(String user, String... commands) throws SQLException {
    for (String command : commands) {
      try (Statement statement = GATEWAY.shared(user).createStatement()) {
        assertThat(statement.executeUpdate(command)).as(command).isZero();
      }
    }
  }

  private static List<List<String>> rows(String sql) throws SQLException {
    return Rows.query(GATEWAY.shared("admin"), sql);
  }

  private static String described() throws SQLException {
    return rows("describe extended altered.t").toString();
  }

  private static void isRefused(String user, String sql, String why) {
    Throwable refusal = catchThrowable(() -> Rows.query(GATEWAY.shared(user), sql));
    assertThat(refusal).as(sql).isInstanceOf(SQLException.class).hasMessageContaining(why);
  }

  @Test
  void partitionFieldsComeAndGo() throws SQLException {
    run("admin", "alter table altered.t add partition field bucket(4, id) as shard");
    assertThat(described()).contains("bucket(4, id)");
    run("admin", "alter table altered.t replace partition field shard with truncate(`a b`, 2)");
    assertThat(described()).contains("truncate(").doesNotContain("bucket(4, id)");
    run(
        "admin",
        "alter table altered.t drop partition field truncate(`a b`, 2)",
        "alter table altered.t add partition field days(at)",
        "insert into altered.t values (2, 'y', timestamp'2026-02-02')",
        "alter table altered.t drop partition field days(at)");
    assertThat(rows("select id from altered.t where id = 2")).hasSize(1);
  }

  @Test
  void writeOrderAndIdentifierFieldsAreSet() throws SQLException {
    run(
        "admin",
        "alter table altered.t write distributed by partition locally ordered by `a b` desc, id",
        "alter table altered.t set identifier fields id");
    assertThat(described()).contains("identifier-fields=[id]").contains("DESC NULLS LAST");
    run(
        "admin",
        "alter table altered.t write unordered",
        "alter table altered.t drop identifier fields id");
    assertThat(described()).doesNotContain("identifier-fields").doesNotContain("DESC NULLS LAST");
  }

  @Test
  void branchesAndTagsComeAndGo() throws SQLException {
    run(
        "admin",
        "alter table altered.t create branch if not exists side retain 7 days"
            + " with snapshot retention 2 snapshots 3 hours",
        "alter table altered.t create or replace branch side",
        "alter table altered.t create tag `end-of-year` retain 365 days",
        "alter table altered.t replace tag `end-of-year` retain 30 days");
    assertThat(rows("select count(*) from altered.t version as of 'side'")).hasSize(1);
    assertThat(rows("select count(*) from altered.t version as of 'end-of-year'")).hasSize(1);
    run(
        "admin",
        "alter table altered.t drop branch side",
        "alter table altered.t drop tag if exists `end-of-year`");
    Throwable gone =
        catchThrowable(() -> rows("select count(*) from altered.t version as of 'side'"));
    assertThat(gone).isInstanceOf(SQLException.class);
  }

  @Test
  void othersMayNot() {
    isRefused(
        "analyst",
        "alter table tpch.nation create branch x",
        "does not have [alter] privilege on [tpch/nation]");
    isRefused(
        "admin", "/* /* */ ALTER TABLE altered.t CREATE BRANCH x -- */ SELECT 1", "NOT_SUPPORTED");
  }

  @Test
  void aPlanOfAWriteIsShownToWhoMayWriteAndSeeAllOfIt() throws SQLException {
    assertThat(rows("explain insert into altered.t select * from altered.t").toString())
        .contains("AppendData");
    assertThat(rows("explain delete from altered.t where id = 7").toString()).contains("Delete");
    assertThat(
            rows("explain update altered.t set id = 7 where `a b` in (select n_name from tpch.nation)")
                .toString())
        .contains("nation");
    assertThat(
            rows("explain merge into altered.t using tpch.nation on id = n_nationkey"
                    + " when matched then delete")
                .toString())
        .contains("nation");
    assertThat(rows("select count(*) from altered.t where id = 7")).containsExactly(List.of("0"));
    isRefused(
        "analyst",
        "explain insert into tpch.nation select * from tpch.nation",
        "does not have [update] privilege on [tpch/nation]");
    isRefused(
        "analyst",
        "explain select count(*) from tpch.orders",
        "may not see the plan of a statement on [tpch/orders]");
  }

  @Test
  void aQueryIsDescribedAsTheUserWouldGetIt() throws SQLException {
    assertThat(
            Rows.query(
                GATEWAY.shared("analyst"),
                "describe query select c_custkey, c_phone as phone, 1 as one from tpch.customer"))
        .extracting(row -> row.get(0) + " " + row.get(1))
        .containsExactly("c_custkey bigint", "phone string", "one int");
    isRefused("analyst", "describe query select * from tpch.customer", "[tpch/customer/c_address]");
  }

  @Test
  void columnsAreChangedAndMergedInAsHiveWritesIt() throws SQLException {
    run(
        "admin",
        "create table altered.wide (id int)"
            + " tblproperties ('write.spark.auto-schema-evolution.enabled' = 'true')",
        "alter table altered.wide change column id id bigint comment 'wider'",
        "merge with schema evolution into altered.wide using (select 1L as id, 'new' as more) s"
            + " on wide.id = s.id when not matched then insert *");
    assertThat(rows("select id, more from altered.wide")).containsExactly(List.of("1", "new"));
    run("admin", "drop table altered.wide");
  }

  @Test
  void cascadeDropsNoTable() throws SQLException {
    run("admin", "create schema lake.full", "create table full.t (id int)");
    Throwable refusal = catchThrowable(() -> run("admin", "drop schema lake.full cascade"));
    assertThat(refusal).isInstanceOf(SQLException.class);
    assertThat(rows("select * from full.t")).isEmpty();
    run("admin", "drop table full.t", "drop schema if exists lake.full cascade");
    assertThat(rows("show schemas")).doesNotContain(List.of("full"));
  }

  /** Each is refused with these words; when Spark or Iceberg learns one, it can be served. */
  @Test
  void whatIsRefusedBecauseSparkDoesNotRunItIsNotRunBySpark() {
    try (DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
      for (String sql :
          List.of(
              "analyze table lake.altered.t compute statistics",
              "create table lake.altered.l like lake.altered.t",
              "show partitions lake.altered.t",
              "create table lake.altered.d (id int default 1) using iceberg",
              "alter table lake.altered.t add column d int default 1")) {
        assertThatThrownBy(() -> spark.run(sql)).as(sql).hasCauseInstanceOf(SluiceException.class);
      }
    }
  }

  @Test
  void toolsMaySpeakOfCaches() throws SQLException {
    run("analyst", "refresh table tpch.nation", "cache table tpch.nation", "clear cache");
    assertThat(Rows.query(GATEWAY.shared("analyst"), "show functions like 'abs'"))
        .containsExactly(List.of("abs"));
    assertThat(rows("show procedures in lake")).isNotEmpty();
  }
}
