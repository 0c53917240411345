package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Commands.isRefused;
import static io.sluice.gateway.endtoend.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Views on the real Spark and the real catalog, and what an attacker would do with them. */
class ViewTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = Policy.users("analyst");

  /** Returns what a driver lists. */
  private static List<String> listed(
      Connection connection, String catalog, String schema, String... types) throws SQLException {
    return names(connection.getMetaData().getTables(catalog, schema, "%", types), "TABLE_NAME");
  }

  private static List<String> names(ResultSet rows, String column) throws SQLException {
    List<String> names = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        names.add(rows.getString(column));
      }
    }
    return names;
  }

  @BeforeAll
  static void makeSchema() throws SQLException {
    run(GATEWAY.shared("admin"), "create schema if not exists lake.viewed");
  }

  @AfterAll
  static void dropSchema() throws SQLException {
    run(GATEWAY.shared("admin"), "drop schema lake.viewed");
  }

  @Test
  void aTemporaryViewLivesInItsSession() throws SQLException {
    try (Connection first = GATEWAY.connect("analyst");
        Connection second = GATEWAY.connect("analyst")) {
      run(
          first,
          "create temporary view few (k comment 'the key', name) as"
              + " select n_nationkey, n_name from nation where n_nationkey < 3 -- and that is all",
          "create temporary view fewer as select * from few where k < 2");
      assertThat(Rows.query(first, "select * from fewer order by k"))
          .containsExactly(List.of("0", "ALGERIA"), List.of("1", "ARGENTINA"));
      assertThat(
              Rows.query(
                  first,
                  "select f.name, count(*) from few f join nation n on n.n_nationkey = f.k where"
                      + " exists (select 1 from fewer x where x.k = f.k) group by all order by 1"))
          .containsExactly(List.of("ALGERIA", "1"), List.of("ARGENTINA", "1"));
      assertThat(Rows.query(first, "describe few"))
          .containsExactly(List.of("k", "bigint", "the key"), List.of("name", "string", "null"));
      assertThat(Rows.query(first, "show columns in FEWER")).hasSize(2);
      assertThat(Rows.query(first, "show views like 'f*'"))
          .containsExactly(List.of("", "few", "true"), List.of("", "fewer", "true"));
      assertThat(listed(first, "", "", "VIEW")).containsExactly("few", "fewer");
      assertThat(listed(first, "lake", "tpch", "VIEW")).isEmpty();
      assertThat(listed(second, "", "", "VIEW")).isEmpty();
      assertThat(names(first.getMetaData().getColumns("", "", "few", "%"), "COLUMN_NAME"))
          .containsExactly("k", "name");
      isRefused(second, "select * from few", "[TABLE_OR_VIEW_NOT_FOUND]");
      isRefused(first, "create temporary view few as select 1", "[TABLE_OR_VIEW_ALREADY_EXISTS]");
      isRefused(first, "create temporary view two as select 1 a, 2 A", "[COLUMN_ALREADY_EXISTS]");
      isRefused(
          first,
          "create temporary view two (a) as select 1, 2",
          "[CREATE_VIEW_COLUMN_ARITY_MISMATCH]");
      isRefused(
          first, "create temporary view bad as select nope from nation", "[UNRESOLVED_COLUMN");
      run(first, "create or replace temporary view few as select 7 k", "drop view fewer");
      assertThat(Rows.query(first, "select * from few")).containsExactly(List.of("7"));
      isRefused(first, "select * from fewer", "[TABLE_OR_VIEW_NOT_FOUND]");
      try (DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
        assertThat(spark.rows("show views in lake.tpch")).isEmpty();
      }
    }
  }

  @Test
  void aViewMayHaveColumnsOfNoType() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin")) {
      String columns = "null a, array() b, named_struct('c', null) d, 1 e";
      run(admin, "create view viewed.untyped as select " + columns);
      try {
        assertThat(
                Rows.query(admin, "select a is null, size(b), d.c is null, e from viewed.untyped"))
            .containsExactly(List.of("true", "0", "true", "1"));
        List<List<String>> described =
            List.of(
                List.of("a", "void", ""),
                List.of("b", "array<void>", ""),
                List.of("d", "struct<c:void>", ""),
                List.of("e", "int", ""));
        assertThat(Rows.query(admin, "describe viewed.untyped")).isEqualTo(described);
        assertThat(
                names(
                    admin.getMetaData().getColumns("lake", "viewed", "untyped", "%"), "TYPE_NAME"))
            .hasSize(4);
        try (DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
          assertThat(spark.rows("select a, b, e from lake.viewed.untyped")).hasSize(1);
          assertThat(spark.rows("describe lake.viewed.untyped")).hasSize(4);
        }
        isRefused(
            admin,
            "create view viewed.timed as select interval '1' day as i",
            "The column `i` is of type interval day to second");
      } finally {
        run(admin, "drop view viewed.untyped");
      }
    }
  }

  @Test
  void whatDbtDoesWithATemporaryView() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin")) {
      run(
          admin,
          "create table viewed.model using iceberg as select n_nationkey id, n_name name from nation"
              + " where n_nationkey < 5");
      try {
        run(
            admin,
            "create temporary view `model__dbt_tmp` as select n_nationkey id, lower(n_name) name"
                + " from nation where n_nationkey between 3 and 6");
        assertThat(Rows.query(admin, "describe table `model__dbt_tmp`")).hasSize(2);
        run(
            admin,
            "merge into viewed.model as DBT_INTERNAL_DEST using `model__dbt_tmp` as"
                + " DBT_INTERNAL_SOURCE on DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.id when"
                + " matched then update set * when not matched then insert *",
            "insert into table viewed.model select id + 100, name from model__dbt_tmp",
            "insert into viewed.model table model__dbt_tmp",
            "drop table if exists `model__dbt_tmp`");
        isRefused(admin, "select * from model__dbt_tmp", "[TABLE_OR_VIEW_NOT_FOUND]");
        assertThat(Rows.query(admin, "select count(*), count(distinct id) from viewed.model"))
            .containsExactly(List.of("15", "11"));
        assertThat(Rows.query(admin, "select name from viewed.model where id in (2, 103)"))
            .containsExactlyInAnyOrder(List.of("BRAZIL"), List.of("canada"));
      } finally {
        run(admin, "drop table viewed.model");
      }
    }
  }

  @Test
  void policiesOfTheMomentHoldInsideATemporaryView() throws SQLException {
    try (Connection analyst = GATEWAY.connect("analyst");
        ChangedPolicies policies = ChangedPolicies.in(GATEWAY)) {
      policies.apply(Policy.allow("tpch.*.*", ANALYST));
      run(
          analyst,
          "create temporary view c as select * from customer",
          "create temporary view o as select o_orderkey, o_clerk from orders");
      assertThat(Rows.query(analyst, "select c_address from c where c_custkey = 1"))
          .containsExactly(List.of(GATEWAY.secretAddress()));
      policies.apply(
          Policy.allow("tpch.*.*", ANALYST),
          Policy.filter("tpch.orders", ANALYST, "o_orderkey < 10"),
          Policy.mask("tpch.customer.c_address", ANALYST, "MASK_NULL"));
      assertThat(Rows.query(analyst, "select c_address from c where c_custkey = 1"))
          .containsExactly(List.of("null"));
      assertThat(Rows.query(analyst, "select max(o_orderkey) < 10 from o"))
          .containsExactly(List.of("true"));
      isRefused(analyst, "explain select * from o", "may not see the plan");
      isRefused(
          analyst, "select assert_true(o_orderkey < 0, o_clerk) from o", "Its text is withheld");
      policies.apply(
          Policy.allow("tpch.*.*", ANALYST), Policy.deny("tpch.customer.c_address", ANALYST));
      isRefused(analyst, "select c_custkey from c", "privilege on [tpch/customer/c_address]");
      isRefused(
          analyst,
          "create temporary view d as select c_address from customer",
          "privilege on [tpch/customer/c_address]");
      policies.apply();
      isRefused(analyst, "select * from o", "privilege on [tpch/orders] (in view `o`)");
    }
  }

  @Test
  void aViewOfTheCatalogIsWrittenAndRead() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin");
        DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
      run(
          admin,
          "create view viewed.names (k comment 'the key', name) comment 'few of them'"
              + " tblproperties ('team' = 'x') as select n_nationkey, /* by name */ n_name"
              + " from nation where n_nationkey < 2");
      try {
        assertThat(Rows.query(admin, "select name from viewed.names order by k"))
            .containsExactly(List.of("ALGERIA"), List.of("ARGENTINA"));
        assertThat(spark.rows("select name from lake.viewed.names order by k"))
            .containsExactly(List.of("ALGERIA"), List.of("ARGENTINA"));
        run(admin, "use viewed");
        assertThat(Rows.query(admin, "select names.k from names where lake.viewed.names.k = 1"))
            .containsExactly(List.of("1"));
        assertThat(Rows.query(admin, "describe names"))
            .containsExactly(List.of("k", "bigint", "the key"), List.of("name", "string", ""));
        assertThat(Rows.query(admin, "show views"))
            .containsExactly(List.of("viewed", "names", "false"));
        assertThat(Rows.query(admin, "show tables")).isEmpty();
        assertThat(Rows.query(admin, "show create table names").get(0).get(0))
            .isEqualTo(
                "CREATE VIEW lake.viewed.names (\n  k COMMENT 'the key',\n  name)\nCOMMENT 'few of"
                    + " them'\nTBLPROPERTIES (\n  'owner' = 'admin',\n  'team' = 'x')\nAS\nselect"
                    + " n_nationkey, /* by name */ n_name from nation where n_nationkey < 2\n");
        isRefused(admin, "create view names as select 1 a", "[TABLE_OR_VIEW_ALREADY_EXISTS]");
        isRefused(admin, "create table names (a int)", "[TABLE_OR_VIEW_ALREADY_EXISTS]");
        isRefused(admin, "insert into names values (1, 'x')", "only tables are written to");
        isRefused(admin, "drop table names", "is a view");
        run(
            admin,
            "create view if not exists names as select 1 a",
            "create or replace view names as select 'x' as only",
            "alter view names set tblproperties ('team' = 'y')");
        assertThat(Rows.query(admin, "select * from names")).containsExactly(List.of("x"));
        run(
            admin,
            "alter view names as select r_name only from tpch.region where r_regionkey = 1",
            "alter view names rename to others");
        assertThat(Rows.query(admin, "select * from viewed.others"))
            .containsExactly(List.of("AMERICA"));
        assertThat(Rows.query(admin, "show tblproperties others ('team')"))
            .containsExactly(List.of("team", "y"));
        isRefused(admin, "select * from names", "[TABLE_OR_VIEW_NOT_FOUND]");
        run(admin, "alter view others rename to names");
      } finally {
        run(
            admin,
            "drop view if exists lake.viewed.names",
            "drop view if exists lake.viewed.others");
      }
      assertThat(Rows.query(admin, "show views in viewed")).isEmpty();
    }
  }

  @Test
  void aViewThatSparkMadeIsRead() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin");
        DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
      spark.run("use lake.tpch");
      spark.run("create view lake.viewed.theirs as select * from region where r_regionkey = 0");
      try {
        assertThat(Rows.query(admin, "select r_name from lake.viewed.theirs"))
            .containsExactly(List.of("AFRICA"));
      } finally {
        spark.run("drop view lake.viewed.theirs");
      }
    }
  }

  @Test
  void aViewGivesItsReaderNoRightOfItsMaker() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin");
        Connection analyst = GATEWAY.connect("analyst");
        ChangedPolicies policies = ChangedPolicies.in(GATEWAY)) {
      run(
          admin,
          "create view viewed.phones as select c_custkey, c_phone, current_user() u from customer",
          "create view viewed.addresses as select c_custkey, c_address from customer",
          "create view viewed.orders_ as select * from orders",
          "create view viewed.deep as select * from viewed.orders_");
      try {
        String[] base = {
          Policy.allow("tpch.*.*", ANALYST),
          Policy.deny("tpch.customer.c_address", ANALYST),
          Policy.mask("tpch.customer.c_phone", ANALYST, "MASK_SHOW_LAST_4"),
          Policy.filter("tpch.orders", ANALYST, "o_orderkey < 10")
        };
        policies.apply(base);
        isRefused(analyst, "select * from viewed.phones", "privilege on [viewed/phones]");
        isRefused(analyst, "select * from viewed.gone", "privilege on [viewed/gone]");
        assertThat(listed(analyst, "lake", "viewed", "VIEW")).isEmpty();
        assertThat(listed(admin, "lake", "viewed", "TABLE")).isEmpty();
        policies.apply(with(base, Policy.allow("viewed.*.*", ANALYST)));
        assertThat(
                Rows.query(
                    analyst,
                    "select distinct u, c_phone rlike '^xx-xxx-xxx-[0-9]{4}$' from viewed.phones"))
            .containsExactly(List.of("analyst", "true"));
        assertThat(listed(analyst, "lake", "viewed", "VIEW", "TABLE"))
            .containsExactly("addresses", "deep", "orders_", "phones");
        isRefused(
            analyst,
            "select c_custkey from viewed.addresses",
            "privilege on [tpch/customer/c_address] (in view `lake`.`viewed`.`addresses`)");
        assertThat(Rows.query(analyst, "select max(o_orderkey) < 10 from viewed.deep"))
            .containsExactly(List.of("true"));
        isRefused(analyst, "explain select * from viewed.deep", "may not see the plan");
        isRefused(analyst, "drop view viewed.deep", "[drop] privilege on [viewed/deep]");
        isRefused(analyst, "create view viewed.mine as select 1 a", "[create] privilege");
        policies.apply(
            with(
                base,
                Policy.allow("viewed.*.*", ANALYST),
                Policy.filter("viewed.deep", ANALYST, "o_orderkey = 1"),
                Policy.deny("viewed.phones.u", ANALYST)));
        assertThat(Rows.query(analyst, "select o_orderkey from viewed.deep"))
            .containsExactly(List.of("1"));
        assertThat(Rows.query(analyst, "select count(c_custkey) > 0 from viewed.phones"))
            .containsExactly(List.of("true"));
        isRefused(
            analyst, "select u from viewed.phones", "[select] privilege on [viewed/phones/u]");
        isRefused(analyst, "select * from viewed.phones", "privilege on [viewed/phones/u]");
        assertThat(Rows.query(analyst, "show columns in viewed.phones"))
            .containsExactly(List.of("c_custkey"), List.of("c_phone"));
        assertThat(
                names(
                    analyst.getMetaData().getColumns("lake", "viewed", "phones", "%"),
                    "COLUMN_NAME"))
            .containsExactly("c_custkey", "c_phone");
        isRefused(analyst, "show create table viewed.phones", "is not shown");
        isRefused(admin, "drop view viewed.deep", "a policy hides a part of it");
        isRefused(
            admin, "create or replace view viewed.deep as select 1 a", "a policy hides a part");
      } finally {
        policies.apply();
        run(
            admin,
            "drop view viewed.deep",
            "drop view viewed.orders_",
            "drop view viewed.addresses",
            "drop view viewed.phones");
      }
    }
  }

  private static String[] with(String[] policies, String... more) {
    return Stream.concat(Stream.of(policies), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void aColumnThatIsAddedShiftsNothing() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin")) {
      run(
          admin,
          "create table viewed.wide (a int, b string)",
          "insert into viewed.wide values (1, 'x')",
          "create temporary view mine as select * from viewed.wide",
          "create view viewed.theirs as select * from viewed.wide");
      try {
        run(admin, "alter table viewed.wide add column z int first");
        assertThat(Rows.query(admin, "select * from mine")).containsExactly(List.of("1", "x"));
        assertThat(Rows.query(admin, "select * from viewed.theirs"))
            .containsExactly(List.of("1", "x"));
      } finally {
        run(admin, "drop view viewed.theirs", "drop table viewed.wide");
      }
    }
  }
}
