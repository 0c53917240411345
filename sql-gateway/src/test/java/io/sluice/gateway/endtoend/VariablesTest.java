package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Commands.isRefused;
import static io.sluice.gateway.endtoend.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Session variables on the real Spark, and what an attacker would do with them. */
class VariablesTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = Policy.users("analyst");

  private static String value(Connection connection, String sql) throws SQLException {
    return Rows.query(connection, sql).get(0).get(0);
  }

  @Test
  void aVariableIsDeclaredSetReadAndDropped() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      run(connection, "declare variable x int default 5", "declare y default x + 1");
      assertThat(Rows.query(connection, "select x, session.y, System.Session.X, typeof(y)"))
          .containsExactly(List.of("5", "6", "5", "int"));
      run(connection, "set var x = (select max(n_nationkey) from nation), y = x * 2");
      // Spark reads x there as what the statement sets it to.
      assertThat(Rows.query(connection, "select x, y")).containsExactly(List.of("24", "48"));
      run(connection, "set variable (x, y) = (select 7, 8)");
      assertThat(value(connection, "select count(*) from nation where n_nationkey < x"))
          .isEqualTo("7");
      // Spark takes no default that names another variable once it has been declared.
      isRefused(connection, "set var y = default", "[INVALID_DEFAULT_VALUE.UNRESOLVED_EXPRESSION]");
      assertThat(value(connection, "select y")).isEqualTo("8");
      run(connection, "set var x = default");
      assertThat(Rows.query(connection, "select x, y")).containsExactly(List.of("5", "8"));
      run(connection, "declare or replace x = 'text'");
      assertThat(value(connection, "select x || '!'")).isEqualTo("text!");
      isRefused(connection, "declare x int", "[VARIABLE_ALREADY_EXISTS]");
      isRefused(connection, "set var z = 1", "[UNRESOLVED_VARIABLE]");
      isRefused(connection, "drop temporary variable z", "[VARIABLE_NOT_FOUND]");
      isRefused(connection, "set var y = 'no number'", "[CAST_INVALID_INPUT]");
      isRefused(
          connection,
          "set var y = (select n_nationkey from nation)",
          "[SCALAR_SUBQUERY_TOO_MANY_ROWS]");
      isRefused(connection, "declare z int default (select 1)", "SUBQUERY_EXPRESSION]");
      assertThat(value(connection, "select y")).isEqualTo("8");
      // Spark's column comes first.
      run(connection, "declare n_name = 'mine'");
      assertThat(value(connection, "select n_name from nation where n_nationkey = 1"))
          .isEqualTo("ARGENTINA");
      assertThat(value(connection, "select session.n_name from nation limit 1")).isEqualTo("mine");
      run(connection, "drop temporary variable x");
      isRefused(connection, "select x + y", "[UNRESOLVED_COLUMN");
      isRefused(connection, "select x", "[UNRESOLVED_COLUMN");
      run(connection, "drop temporary variable if exists x");
    }
  }

  @Test
  void aValueOfEveryTypeComesBackAsItWas() throws SQLException {
    List<String> expressions =
        List.of(
            "null",
            "true",
            "cast(-128 as tinyint)",
            "-9223372036854775808",
            "double('-infinity')",
            "0.1d",
            "cast('-12345678901234567.89' as decimal(38,2))",
            "'it\\'s \\\\ \\n `q` $' || '{x} ü €'",
            "x'00ff'",
            "date'0001-01-01'",
            "timestamp'1969-12-31 23:59:59.999999'",
            "timestamp_ntz'2024-02-29 00:00:00.000001'",
            "interval '-1-2' year to month",
            "interval '-1 02:03:04.000005' day to second",
            "array(1, null, 3)",
            "array()",
            "map('a', array(date'2024-01-01'), 'b', null)",
            "named_struct('a b', 1, 'c', named_struct('d', 'x'))",
            "'a' collate utf8_lcase");
    try (Connection connection = GATEWAY.connect("analyst")) {
      List<String> same = new ArrayList<>();
      for (String expression : expressions) {
        String variable = "v" + same.size();
        run(connection, "declare " + variable + " = " + expression);
        same.add(
            "typeof(%1$s) = typeof(%2$s) and %1$s::string <=> (%2$s)::string"
                .formatted(variable, expression));
      }
      assertThat(Rows.query(connection, "select " + String.join(", ", same)).get(0))
          .isEqualTo(Collections.nCopies(expressions.size(), "true"));
    }
  }

  @Test
  void aVariableLivesInItsSession() throws SQLException {
    try (Connection first = GATEWAY.connect("analyst");
        Connection second = GATEWAY.connect("analyst");
        Connection other = GATEWAY.connect("intern")) {
      run(first, "declare mine = 'first'");
      assertThat(value(first, "select mine")).isEqualTo("first");
      isRefused(second, "select mine", "[UNRESOLVED_COLUMN");
      isRefused(other, "select mine", "[UNRESOLVED_COLUMN");
      run(second, "declare mine = 'second'");
      assertThat(value(first, "select mine")).isEqualTo("first");
      assertThat(value(second, "select mine")).isEqualTo("second");
    }
    try (Connection next = GATEWAY.connect("analyst")) {
      isRefused(next, "select mine", "[UNRESOLVED_COLUMN");
    }
  }

  @Test
  void aVariableHoldsWhatItsOwnerMayRead() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      run(
          connection,
          "declare n bigint",
          "set var n = (select count(*) from orders)",
          "declare phone string",
          "set var (phone) = (select c_phone from customer where c_custkey = 1)");
      assertThat(value(connection, "select n")).isEqualTo("6085");
      assertThat(value(connection, "select phone")).startsWith("xx-xxx-xxx-");
      for (String source :
          List.of(
              "(select max(c_address) from customer)",
              "(select max(c) from (select * from customer) t(a, b, c, d, e, f, g, h))",
              "(select phone || c_address from customer limit 1)")) {
        isRefused(
            connection,
            "set var phone = " + source,
            "does not have [select] privilege on [tpch/customer/c_address]");
      }
      isRefused(
          connection,
          "set var phone = (select 1 / (o_orderkey - o_orderkey) from orders)",
          "withheld");
      isRefused(connection, "explain select n", "may not see the plan");
      assertThat(value(connection, "select phone")).startsWith("xx-xxx-xxx-");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select c_address from customer",
        "select `C_ADDRESS` from customer",
        "select (select c_address) from customer",
        "select 1 from nation where exists (select 1 from customer where c_address = 'mine')",
        "select * from customer where c_address = 'mine'",
        "set var c_address = (select c_address from customer limit 1)",
        "begin select c_address from customer; end"
      })
  void aVariableNeverStandsForADeniedColumn(String sql) throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      run(connection, "declare c_address = 'mine'");
      isRefused(connection, sql, "does not have [select] privilege on [tpch/customer/c_address]");
      assertThat(value(connection, "select c_address from nation limit 1")).isEqualTo("mine");
      assertThat(value(connection, "select session.c_address from customer limit 1"))
          .isEqualTo("mine");
    }
  }

  @Test
  void aValueGoesWithItsPolicies() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst");
        ChangedPolicies policies = ChangedPolicies.in(GATEWAY)) {
      policies.apply(Policy.allow("tpch.*.*", ANALYST));
      run(
          connection,
          "declare address = ''",
          "set var address = (select max(c_address) from customer)",
          "declare copy = address",
          "declare plain = 'kept'");
      assertThat(value(connection, "select address = copy")).isEqualTo("true");
      policies.apply(
          Policy.allow("tpch.*.*", ANALYST), Policy.deny("tpch.customer.c_address", ANALYST));
      isRefused(connection, "select address", "[VARIABLE_NOT_FOUND]");
      isRefused(connection, "select copy", "[VARIABLE_NOT_FOUND]");
      isRefused(connection, "set var plain = copy", "[VARIABLE_NOT_FOUND]");
      assertThat(value(connection, "select plain")).isEqualTo("kept");
      run(connection, "set var address = 'new'");
      assertThat(value(connection, "select address")).isEqualTo("new");
    }
  }

  @Test
  void aValueGoesWithTheNamesOfWhatItWasReadFrom() throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      run(
          connection,
          "create schema loose",
          "create table loose.t as select 1 as id, 'x' as note",
          "declare kept = ''",
          "set var kept = (select max(note) from loose.t)",
          "create or replace table loose.t as select 'y' as note, 2 as id, 3 as more");
      assertThat(value(connection, "select kept")).isEqualTo("x");
      run(connection, "alter table loose.t rename column id to key");
      isRefused(connection, "select kept", "[VARIABLE_NOT_FOUND]");
      run(
          connection,
          "set var kept = (select max(note) from loose.t)",
          "alter table loose.t rename to loose.u");
      isRefused(connection, "select kept", "[VARIABLE_NOT_FOUND]");
      run(connection, "drop table loose.u", "drop schema loose");
    }
  }

  @Test
  void aValueThatIsGoneIsNotInTheWayOfColumnsOfItsName() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst");
        ChangedPolicies policies = ChangedPolicies.in(GATEWAY)) {
      policies.apply(Policy.allow("tpch.*.*", ANALYST));
      run(
          connection,
          "declare n_name = ''",
          "set var n_name = (select max(c_address) from customer)",
          "declare plain = ''");
      policies.apply(
          Policy.allow("tpch.*.*", ANALYST), Policy.deny("tpch.customer.c_address", ANALYST));
      assertThat(value(connection, "select n_name from nation where n_nationkey = 1"))
          .isEqualTo("ARGENTINA");
      assertThat(value(connection, "select count(*) as n_name from nation order by n_name"))
          .isEqualTo("25");
      run(connection, "set var plain = (select min(n_name) from nation)");
      assertThat(value(connection, "select plain")).isEqualTo("ALGERIA");
      isRefused(connection, "select n_name from region", "[VARIABLE_NOT_FOUND]");
      isRefused(connection, "set var n_name = n_name || 'x'", "[VARIABLE_NOT_FOUND]");
      // Taken here for the relation, which no column has its name of: Spark has no such variable.
      isRefused(connection, "select n_name from (select 1 as a) as n_name", "[UNRESOLVED_COLUMN");
    }
  }

  @Test
  void aParameterIsSet() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      run(connection, "declare p string");
      try (PreparedStatement set = connection.prepareStatement("set var p = ?")) {
        set.setString(1, "it's ${x}");
        set.executeUpdate();
      }
      assertThat(value(connection, "select length(p)")).isEqualTo("9");
    }
  }
}
