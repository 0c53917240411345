package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Commands.isRefused;
import static io.sluice.gateway.endtoend.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** A session's own functions on the real Spark, and what an attacker would do with them. */
class SqlFunctionTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static List<List<String>> rows(Connection connection, String sql) throws SQLException {
    return Rows.query(connection, sql);
  }

  @Test
  void aFunctionLivesInItsSession() throws SQLException {
    try (Connection first = GATEWAY.connect("analyst");
        Connection second = GATEWAY.connect("analyst")) {
      run(
          first,
          "create temporary function greet(a int comment 'how often', b string default 'x')"
              + " returns string comment 'says it' return concat(b, a + 1)");
      assertThat(rows(first, "select greet(1), greet(2, 'y'), greet('3'), greet(b => 'q', a => 4)"))
          .containsExactly(List.of("x2", "y3", "x4", "q5"));
      assertThat(
              rows(
                  first,
                  "select greet(n_regionkey), count(*) from nation group by greet(n_regionkey)"
                      + " having greet(n_regionkey) > 'x3' order by greet(n_regionkey) desc"))
          .containsExactly(List.of("x5", "5"), List.of("x4", "5"));
      assertThat(rows(first, "select greet(sum(r_regionkey)) from region"))
          .containsExactly(List.of("x11"));
      assertThat(rows(first, "select transform(array(1, 2), y -> greet(y))[1]"))
          .containsExactly(List.of("x3"));
      assertThat(rows(first, "show user functions")).containsExactly(List.of("greet"));
      assertThat(rows(first, "describe function greet"))
          .containsExactly(
              List.of("Function: greet"),
              List.of("Type:     SCALAR"),
              List.of("Input:    a int 'how often', b string DEFAULT 'x'"),
              List.of("Returns:  string"));
      assertThat(rows(second, "show user functions")).isEmpty();
      isRefused(second, "select greet(1)", "[FUNCTION_NOT_ALLOWED]");
      isRefused(first, "select greet('abc')", "[CAST_INVALID_INPUT]");
      isRefused(first, "select greet()", "[WRONG_NUM_ARGS]");
      isRefused(
          first,
          "create temporary function greet(a int) returns int return a",
          "[ROUTINE_ALREADY_EXISTS]");
      isRefused(
          first,
          "create temporary function bad(a int) returns date return a",
          "[DATATYPE_MISMATCH");
      run(first, "drop temporary function greet");
      isRefused(first, "select greet(1)", "[FUNCTION_NOT_ALLOWED]");
      isRefused(first, "drop temporary function greet", "[ROUTINE_NOT_FOUND]");
    }
  }

  @Test
  void anArgumentIsEvaluatedOnce() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      run(
          connection,
          "create temporary function same(a double) returns boolean return a = a and a < a + 1",
          "create temporary function minus(a int, b int) returns int return -b + a + b - b");
      assertThat(rows(connection, "select count_if(s) from (select same(rand()) s from lineitem)"))
          .isEqualTo(rows(connection, "select count(*) from lineitem"));
      try (PreparedStatement query = connection.prepareStatement("select minus(?, ?), ?")) {
        query.setInt(1, 50);
        query.setInt(2, 8);
        query.setString(3, "7");
        try (ResultSet results = query.executeQuery()) {
          assertThat(Rows.of(results)).containsExactly(List.of("42", "7"));
        }
      }
    }
  }

  @Test
  void queriesInFunctions() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      run(
          connection,
          "create temporary function biggest(r bigint) returns string return"
              + " select max(n_name) from nation where n_regionkey = r",
          "create temporary function of_region(r bigint) returns table (k int, name string) return"
              + " select n_nationkey, n_name from nation where n_regionkey = r");
      assertThat(rows(connection, "select r_name, biggest(r_regionkey) from region order by 1"))
          .isEqualTo(
              rows(
                  connection,
                  "select r_name, max(n_name) from region join nation on n_regionkey = r_regionkey"
                      + " group by r_name order by 1"));
      assertThat(rows(connection, "select count(*), max(k) from of_region(2)"))
          .isEqualTo(
              rows(
                  connection,
                  "select count(*), max(n_nationkey) from nation where n_regionkey = 2"));
      assertThat(
              rows(
                  connection,
                  "select r_name, f.name from region, lateral of_region(r_regionkey) f order by f.k"))
          .isEqualTo(
              rows(
                  connection,
                  "select r_name, n_name from region join nation on n_regionkey = r_regionkey"
                      + " order by n_nationkey"));
    }
  }

  /** Whoever makes what masks and filters call, or are written with, must change nothing. */
  @Test
  void noFunctionTakesThePlaceOfWhatAMaskCalls() throws SQLException {
    String masked = "select c_phone, c_acctbal from customer order by c_custkey limit 20";
    String filtered = "select count(*), min(o_orderpriority) from orders";
    try (Connection attacker = GATEWAY.connect("analyst")) {
      List<List<String>> phones = rows(attacker, masked);
      List<List<String>> orders = rows(attacker, filtered);
      assertThat(phones.get(0).get(0)).startsWith("xx-xxx-xxx-");
      for (String name :
          new String[] {
            "concat",
            "current_user",
            "user",
            "sha2",
            "regexp_replace",
            "repeat",
            "substring",
            "length",
            "right",
            "left",
            "cast",
            "case",
            "transform",
            "in",
            "reflect"
          }) {
        for (String quoted :
            new String[] {name, "`" + name + "`", "`" + name.toUpperCase(Locale.ROOT) + "`"}) {
          isRefused(
              attacker,
              "create or replace temporary function "
                  + quoted
                  + "(a string, b string default '', c string default '') returns string return a",
              "[");
        }
      }
      run(
          attacker,
          "create temporary function c_phone(a string) returns string return a",
          "create temporary function orders(a string) returns boolean return true",
          "create temporary function o_orderpriority() returns string return '1-URGENT'");
      assertThat(rows(attacker, masked)).isEqualTo(phones);
      assertThat(rows(attacker, filtered)).isEqualTo(orders);
    }
  }

  @Test
  void aFunctionReadsWhatItsCallerMay() throws SQLException {
    try (Connection analyst = GATEWAY.connect("analyst")) {
      run(
          analyst,
          "create temporary function phone(k bigint) returns string return"
              + " (select max(c_phone) from customer where c_custkey = k)",
          "create temporary function all_orders() returns bigint return"
              + " (select count(*) from orders)");
      assertThat(rows(analyst, "select phone(1)").get(0).get(0)).startsWith("xx-xxx-xxx-");
      assertThat(rows(analyst, "select all_orders()"))
          .isEqualTo(rows(analyst, "select count(*) from orders"))
          .isNotEqualTo(rows(GATEWAY.shared("admin"), "select count(*) from orders"));
      String denied = "[select] privilege on [tpch/customer/c_address]";
      isRefused(
          analyst,
          "create temporary function a(k bigint) returns string return"
              + " (select max(c_address) from customer where c_custkey = k)",
          denied);
      // A hidden name means the column, not the parameter and not a column of the caller's.
      isRefused(
          analyst,
          "create temporary function a(c_address string) returns bigint return"
              + " (select count(*) from customer where c_address = a.c_address)",
          denied);
      isRefused(
          analyst,
          "create temporary function a(x string) returns bigint return x || c_address",
          "[UNRESOLVED_COLUMN]");
      isRefused(analyst, "explain select all_orders()", "[PERMISSION_DENIED]");
    }
  }

  @Test
  void aFunctionFollowsThePolicies() throws Exception {
    try (Connection analyst = GATEWAY.connect("analyst")) {
      run(
          analyst,
          "create temporary function names() returns bigint return"
              + " (select count(distinct n_name) from nation)");
      assertThat(rows(analyst, "select names()")).containsExactly(List.of("25"));
      try (ChangedPolicies changed = ChangedPolicies.in(GATEWAY)) {
        changed.apply(
            Policy.allow("tpch.*.*", Policy.users("analyst")),
            Policy.filter("tpch.nation", Policy.users("analyst"), "n_regionkey = 1"));
        assertThat(rows(analyst, "select names()")).containsExactly(List.of("5"));
      }
      assertThat(rows(analyst, "select names()")).containsExactly(List.of("25"));
    }
  }

  @Test
  void namesOfTheBodyMeanNothingOfTheCallers() throws SQLException {
    try (Connection admin = GATEWAY.connect("admin")) {
      run(
          admin,
          "create schema if not exists lake.functions",
          "create table lake.functions.t as select 1 k, 10 hidden",
          "create temporary function f(x int) returns int return"
              + " (select max(k) from functions.t where hidden = 10 and k = x)");
      try {
        assertThat(rows(admin, "select f(1)")).containsExactly(List.of("1"));
        run(admin, "alter table lake.functions.t drop column hidden");
        isRefused(admin, "select f(one) from (select 1 one, 10 hidden)", "[UNRESOLVED_COLUMN");
        run(
            admin,
            "create temporary view v as select k from functions.t where k = 1",
            "alter table lake.functions.t rename column k to other");
        isRefused(
            admin,
            "select one from (select 1 one, 1 k) where exists (select 1 from v)",
            "[UNRESOLVED_COLUMN");
      } finally {
        run(admin, "drop table lake.functions.t", "drop schema lake.functions");
      }
    }
  }

  @Test
  void noFunctionStays() throws SQLException {
    Connection admin = GATEWAY.shared("admin");
    String kept = "Iceberg's catalogs keep no functions";
    isRefused(admin, "create function lake.tpch.f(a int) returns int return a", kept);
    isRefused(admin, "create or replace function f(a int) returns int return a", kept);
    isRefused(
        admin, "create function f as 'com.example.F' using jar '/tmp/x.jar'", "[NOT_SUPPORTED]");
    try (DirectSpark spark = DirectSpark.open(GATEWAY.sparkEndpoint())) {
      assertThat(spark.answer("create function lake.tpch.f() returns int return 1").error())
          .startsWith("MISSING_CATALOG_ABILITY");
      assertThat(spark.rows("show user functions in lake.tpch")).isEmpty();
    }
  }
}
