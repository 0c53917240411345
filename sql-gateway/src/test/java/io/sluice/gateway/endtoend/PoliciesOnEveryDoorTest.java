package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever door a user comes by, they see the same rows, masked values, names and refusals. What
 * the policies are is tested in depth on the Arrow door; here is one of each kind, on all.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PoliciesOnEveryDoorTest {

  private static Doors doors;

  @BeforeAll
  static void open() {
    doors = new Doors();
  }

  @AfterAll
  static void close() throws Exception {
    doors.close();
  }

  /** Rows behind one another with a semicolon, cells with a comma. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          admin   | select count(*), (select c_phone from customer where c_custkey = 1) from orders | 15000, 25-989-741-2988
          analyst | select count(*), current_user() from orders | 6085, analyst
          analyst | select c_phone, c_acctbal from customer where c_custkey = 1 | xx-xxx-xxx-2988, null
          analyst | with f as (from orders) select o_orderpriority, count(*) from f group by all order by 1 | 1-URGENT, 3020; 2-HIGH, 3065
          intern  | select (select count(*) from nation), count(*) from region | 25, 5
          admin   | show tables in tpch like 'n*' | tpch, nation, false
          analyst | show columns in customer | c_custkey; c_name; c_nationkey; c_phone; c_acctbal; c_mktsegment; c_comment
          intern  | show tables in tpch | tpch, nation, false; tpch, region, false
          intern  | show columns in region | r_regionkey; r_name; r_comment
          """)
  void theSameRows(String user, String sql, String expected) throws Exception {
    for (Door door : Door.values()) {
      assertThat(
              doors.at(door, user).rows(sql).stream()
                  .map(row -> row.stream().map(String::valueOf).collect(Collectors.joining(", ")))
                  .collect(Collectors.joining("; ")))
          .as("%s: %s", door, sql)
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          analyst | select c_address from customer | 42501 | [PERMISSION_DENIED] Permission denied: user [analyst] does not have [select] privilege on [tpch/customer/c_address]
          analyst | select * from customer | 42501 | [PERMISSION_DENIED] Permission denied: user [analyst] does not have [select] privilege on [tpch/customer/c_address]
          intern  | select 1 from orders | 42501 | [PERMISSION_DENIED] Permission denied: user [intern] does not have [select] privilege on [tpch/orders]
          intern  | select 1 from no_such | 42501 | [PERMISSION_DENIED] Permission denied: user [intern] does not have [select] privilege on [tpch/no_such]
          intern  | describe orders | 42501 | [PERMISSION_DENIED] Permission denied: user [intern] does not have [select] privilege on [tpch/orders]
          intern  | explain select * from orders | 42501 | [PERMISSION_DENIED] Permission denied: user [intern] does not have [select] privilege on [tpch/orders]
          analyst | insert into orders select * from orders | 42501 | [PERMISSION_DENIED]
          intern  | drop table nation | 42501 | [PERMISSION_DENIED]
          analyst | select 1 from no_such | 42P01 | [TABLE_OR_VIEW_NOT_FOUND]
          analyst | select no_such from orders | 42703 | [UNRESOLVED_COLUMN
          analyst | selec 1 | 42601 | [PARSE_SYNTAX_ERROR]
          analyst | use no_such | 42704 | [SCHEMA_NOT_FOUND]
          analyst | set spark.sql.ansi.enabled = false | 42501 | [CONFIGURATION_NOT_ALLOWED]
          analyst | select reflect('java.lang.System', 'lineSeparator') | 42883 | [FUNCTION_NOT_ALLOWED]
          analyst | add jar '/tmp/x.jar' | 0A000 | [NOT_SUPPORTED]
          analyst | select 1 / (n_regionkey - n_regionkey) from nation | 22012 | [DIVIDE_BY_ZERO]
          analyst | select cast(o_orderpriority as int) from orders | 22018 | [CAST_INVALID_INPUT]
          """)
  void theSameRefusal(String user, String sql, String sqlState, String text) throws Exception {
    String first = doors.at(Door.FLIGHT, user).refusal(sql).text();
    assertThat(first)
        .startsWith(text)
        .endsWith("(SQLSTATE " + sqlState)
        .doesNotContain("URGENT", "\tat ", "Exception");
    for (Door door : Door.values()) {
      DoorClient.Refusal refusal = doors.at(door, user).refusal(sql);
      assertThat(refusal.text()).as("%s: %s", door, sql).isEqualTo(first);
      if (door != Door.FLIGHT) {
        assertThat(refusal.sqlState()).as("%s: %s", door, sql).isEqualTo(sqlState);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSameNames(Door door) throws Exception {
    DoorClient admin = doors.at(door, "admin");
    DoorClient analyst = doors.at(door, "analyst");
    DoorClient intern = doors.at(door, "intern");
    List<String> tpch =
        List.of(
            "customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier");
    assertThat(admin.schemas()).contains("tpch").doesNotHaveDuplicates();
    assertThat(admin.tables("tpch")).containsAll(tpch).doesNotHaveDuplicates();
    assertThat(admin.columns("tpch", "customer"))
        .containsExactly(
            "c_custkey",
            "c_name",
            "c_address",
            "c_nationkey",
            "c_phone",
            "c_acctbal",
            "c_mktsegment",
            "c_comment");
    assertThat(analyst.schemas()).containsExactly("tpch");
    assertThat(analyst.tables("tpch")).containsAll(tpch);
    assertThat(analyst.columns("tpch", "customer"))
        .containsExactly(
            "c_custkey",
            "c_name",
            "c_nationkey",
            "c_phone",
            "c_acctbal",
            "c_mktsegment",
            "c_comment");
    assertThat(intern.schemas()).containsExactly("tpch");
    assertThat(intern.tables("tpch")).containsExactly("nation", "region");
    assertThat(intern.columns("tpch", "region"))
        .containsExactly("r_regionkey", "r_name", "r_comment");
    assertThat(intern.columns("tpch", "customer")).isEmpty();
    assertThat(intern.tables("no_such")).isEmpty();
    if (admin instanceof JdbcDoorClient session) {
      session.run("create or replace temporary view seen_nations as select n_name from nation");
      assertThat(session.tables("")).contains("seen_nations");
      assertThat(session.columns("", "seen_nations")).containsExactly("n_name");
      assertThat(session.tables("tpch")).doesNotContain("seen_nations");
    }
  }
}
