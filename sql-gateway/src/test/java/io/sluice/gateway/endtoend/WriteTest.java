package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Commands.isRefused;
import static io.sluice.gateway.endtoend.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Writes and definitions on the real Spark, each followed at once by what must see them. */
class WriteTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  @Test
  void whatAnAdministratorWritesShowsAtOnce() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin")) {
      run(admin, "create schema lake.written comment 'made by a test'", "use written");
      run(
          admin,
          "create table people (id int, name string comment 'who', born date)"
              + " using iceberg partitioned by (bucket(2, id)) comment 'a table'"
              + " tblproperties ('write.delete.mode' = 'merge-on-read')");
      assertThat(Rows.query(admin, "select * from people")).isEmpty();
      assertThat(Rows.query(admin, "show tables")).hasSize(1);

      run(
          admin,
          "insert into people values (1, 'ann', date'2000-01-01'), (2, 'bob', null)",
          "insert into people (name, id) select 'eve', 3",
          "insert into people by name select 'dan' as name, 4 as id, null as born",
          "with more as (select 5 as id) insert into people select id, current_user(), null from more");
      assertThat(Rows.query(admin, "select id, name from people order by id"))
          .containsExactly(
              List.of("1", "ann"),
              List.of("2", "bob"),
              List.of("3", "eve"),
              List.of("4", "dan"),
              List.of("5", "admin"));

      run(
          admin,
          "update people set name = upper(name) where id in (select n_nationkey from tpch.nation where n_nationkey = 1)",
          "delete from people p where p.id > 3 and exists (select 1 from tpch.region)",
          "merge into people p using (select 2 as id, 'ben' as name union all select 9, 'zoe') s"
              + " on p.id = s.id when matched then update set name = s.name"
              + " when not matched then insert (id, name) values (s.id, s.name)");
      assertThat(Rows.query(admin, "select id, name from people order by id"))
          .containsExactly(
              List.of("1", "ANN"), List.of("2", "ben"), List.of("3", "eve"), List.of("9", "zoe"));

      try (PreparedStatement insert =
          admin.prepareStatement("insert into people values (?, ?, ?)")) {
        insert.setInt(1, 7);
        insert.setString(2, "it's");
        insert.setDate(3, Date.valueOf("1999-12-31"));
        assertThat(insert.executeUpdate()).isZero();
      }
      try (PreparedStatement update =
          admin.prepareStatement("update people set born = ?, name = ? where id = ?")) {
        update.setDate(1, Date.valueOf("1999-01-31"));
        update.setString(2, "it's");
        update.setInt(3, 7);
        assertThat(update.executeUpdate()).isZero();
      }
      assertThat(Rows.query(admin, "select * from people where id = 7"))
          .containsExactly(List.of("7", "it's", "1999-01-31"));
      run(
          admin,
          "insert into people replace where id = 9 select 9, 'zac', null",
          "create table copy as select id, name from people",
          "from people insert into copy select id + 100, name where id = 1"
              + " insert into copy select id + 200, name where id = 1",
          "insert overwrite copy select * from copy where id <> 3");
      assertThat(Rows.query(admin, "select id, name from copy order by id"))
          .containsExactly(
              List.of("1", "ANN"),
              List.of("2", "ben"),
              List.of("7", "it's"),
              List.of("9", "zac"),
              List.of("101", "ANN"),
              List.of("201", "ANN"));

      run(
          admin,
          "alter table copy add column extra string comment 'later' after id",
          "alter table copy rename column name to called",
          "alter table copy alter column id type bigint",
          "update copy set extra = called",
          "alter table copy drop column called",
          "alter table copy set tblproperties ('comment' = 'c')",
          "comment on table copy is 'changed'");
      assertThat(Rows.query(admin, "select extra, id from copy where id = 1"))
          .containsExactly(List.of("ANN", "1"));
      assertThat(Rows.query(admin, "describe copy"))
          .extracting(row -> row.get(0))
          .contains("id", "extra")
          .doesNotContain("called");

      run(admin, "alter table copy rename to moved");
      assertThat(Rows.query(admin, "select count(*) from moved")).containsExactly(List.of("6"));
      assertThatThrownBy(() -> Rows.query(admin, "select * from copy"))
          .hasMessageContaining("[TABLE_OR_VIEW_NOT_FOUND]");
      run(
          admin,
          "create or replace table moved as select 1 as only",
          "truncate table people",
          "comment on schema written is 'x'");
      assertThat(Rows.query(admin, "select * from moved")).containsExactly(List.of("1"));
      assertThat(Rows.query(admin, "select count(*) from people")).containsExactly(List.of("0"));

      run(admin, "drop table moved", "drop table people", "drop table if exists people");
      assertThat(Rows.query(admin, "show tables")).isEmpty();
      run(admin, "use tpch", "drop schema written");
      assertThat(Rows.query(admin, "show schemas")).doesNotContain(List.of("written"));
    }
  }

  @Test
  void aTableMayBeMadeBeforeItsColumns() throws SQLException {
    Connection admin = GATEWAY.shared("admin");
    Commands.run(admin, "create table tpch.unmade using iceberg");
    try {
      assertThat(Rows.query(admin, "describe table tpch.unmade")).isEmpty();
      assertThat(Rows.query(admin, "show columns in tpch.unmade")).isEmpty();
      assertThat(Rows.query(admin, "show tables in tpch like 'unmade'")).hasSize(1);
      assertThat(Rows.query(admin, "show create table tpch.unmade").get(0).get(0))
          .contains("USING iceberg");
      Commands.isRefused(
          GATEWAY.shared("intern"), "describe table tpch.unmade", "[PERMISSION_DENIED]");
      Commands.run(admin, "alter table tpch.unmade add column a int");
      assertThat(Rows.query(admin, "describe table tpch.unmade")).hasSize(1);
    } finally {
      Commands.run(admin, "drop table tpch.unmade");
    }
  }

  @Test
  void executeTellsThatThereAreNoRows() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin");
        Statement statement = admin.createStatement()) {
      assertThat(statement.execute("create schema lake.executed")).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(statement.execute("drop schema lake.executed")).isFalse();
      isRefused(admin, "drop schema lake.executed", "[SCHEMA_NOT_FOUND]");
    }
  }

  @Test
  void whoMayOnlyReadChangesNothing() throws SQLException {
    Connection analyst = GATEWAY.shared("analyst");
    for (String command :
        List.of(
            "insert into nation select * from nation",
            "update nation set n_name = 'x'",
            "delete from nation",
            "truncate table nation")) {
      isRefused(
          analyst,
          command,
          "Permission denied: user [analyst] does not have [update] privilege on [tpch/nation]");
    }
    isRefused(analyst, "drop table gone", "does not have [drop] privilege on [tpch/gone]");
    isRefused(analyst, "create table t as select 1", "[create] privilege on [tpch/t]");
    assertThat(Rows.query(analyst, "select count(*) from nation")).containsExactly(List.of("25"));
  }

  @Test
  void maskedAndFilteredDataStaysSoWhenItIsWritten() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin");
        Connection analyst = GATEWAY.connect("analyst");
        ChangedPolicies policies =
            ChangedPolicies.in(GATEWAY)
                .apply(
                    Stream.of(
                            Policy.allow("tpch.*.*", Policy.users("analyst")),
                            Policy.deny("tpch.customer.c_address", Policy.users("analyst")),
                            Policy.mask(
                                "tpch.customer.c_phone",
                                Policy.users("analyst"),
                                "MASK_SHOW_LAST_4"),
                            Policy.filter(
                                "tpch.orders", Policy.users("analyst"), "o_orderkey < 100"),
                            grant("scratch", "create"),
                            grant("scratch.*.*", "select"),
                            grant("scratch.*.*", "update"),
                            grant("tpch.orders.*", "update"),
                            grant("tpch.region.*", "alter"))
                        .toArray(String[]::new))) {
      assertThat(policies).isNotNull();
      run(admin, "create schema lake.scratch");
      try {
        run(
            analyst,
            "create table scratch.phones as select c_custkey, c_phone from customer",
            "insert into scratch.phones select c_custkey + 1000000000, c_phone from customer",
            "create table scratch.keys as select o_orderkey from orders",
            "merge into scratch.keys k using orders on k.o_orderkey = orders.o_orderkey"
                + " when matched then delete",
            "insert into scratch.keys select o_orderkey from orders");
        assertThat(
                Rows.query(
                    admin,
                    "select count(*) from scratch.phones where c_phone not rlike"
                        + " '^xx-xxx-xxx-[0-9]{4}$'"))
            .containsExactly(List.of("0"));
        assertThat(Rows.query(admin, "select count(*) > 0 from scratch.phones"))
            .containsExactly(List.of("true"));
        assertThat(Rows.query(admin, "select max(o_orderkey) < 100 from scratch.keys"))
            .containsExactly(List.of("true"));
        assertThat(Rows.query(admin, "select count(*) from scratch.keys"))
            .isEqualTo(Rows.query(admin, "select count(*) from orders where o_orderkey < 100"));

        isRefused(
            analyst,
            "create table scratch.t as select * from customer",
            "[select] privilege on [tpch/customer/c_address]");
        isRefused(analyst, "delete from orders", "may not change [tpch/orders]");
        isRefused(
            analyst, "update orders set o_comment = o_clerk", "of which a policy hides a part");
        isRefused(analyst, "drop table scratch.keys", "[drop] privilege on [scratch/keys]");
        isRefused(analyst, "alter table region rename to r2", "[drop] privilege on [tpch/region]");
        isRefused(
            admin,
            "alter table customer rename column c_phone to c_tel",
            "because a policy hides a part of it");
        isRefused(
            admin, "create or replace table orders (a int)", "because a policy hides a part of it");
      } finally {
        run(
            admin,
            "drop table if exists lake.scratch.phones",
            "drop table if exists lake.scratch.keys",
            "drop table if exists lake.scratch.t",
            "drop schema lake.scratch");
      }
    }
  }

  private static String grant(String path, String access) {
    return Policy.access(
        path,
        "\"policyItems\":[{%s,\"accesses\":[{\"type\":\"%s\"}]}]"
            .formatted(Policy.users("analyst"), access));
  }
}
