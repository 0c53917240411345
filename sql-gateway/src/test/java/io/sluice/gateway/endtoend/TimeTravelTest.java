package io.sluice.gateway.endtoend;

import static io.sluice.gateway.endtoend.Policy.allow;
import static io.sluice.gateway.endtoend.Policy.customMask;
import static io.sluice.gateway.endtoend.Policy.deny;
import static io.sluice.gateway.endtoend.Policy.filter;
import static io.sluice.gateway.endtoend.Policy.mask;
import static io.sluice.gateway.endtoend.Policy.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Older states of a table whose columns came, went and changed their names. What nobody but the
 * administrator may read begins with LEAK: the column {@code ssn}, which was {@code code} once; the
 * column {@code code} that was dropped to make room for another one; the rows of bob.
 */
class TimeTravelTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final String ANALYST = users("analyst");
  private static final String EVERYTHING = allow("past.*.*", ANALYST);

  private static ExtraTables tables;
  private static String first;
  private static String second;

  @BeforeAll
  static void makeTheTable() {
    tables =
        ExtraTables.in(GATEWAY, "past")
            .table(
                "emp",
                "select cast(1 as int) as id, 'ann' as name, 'LEAK-1' as code, 'LEAK-n1' as note,"
                    + " named_struct('city', 'Bonn') as home union all select 2, 'bob', 'LEAK-2',"
                    + " 'LEAK-n2', named_struct('city', 'Ulm')");
    DirectSpark spark = tables.spark();
    spark.run("alter table lake.past.emp create tag early");
    spark.run("alter table lake.past.emp create branch side");
    spark.run("alter table lake.past.emp rename column code to ssn");
    spark.run("alter table lake.past.emp drop column note");
    spark.run("alter table lake.past.emp add columns (note string, code string, boss string)");
    spark.run("alter table lake.past.emp alter column id type bigint");
    spark.run("alter table lake.past.emp rename column home.city to town");
    spark.run(
        "insert into lake.past.emp (id, name, ssn, note, code, boss, home) values (3, 'cyd',"
            + " 'LEAK-3', 'n3', 'c3', 'ann', named_struct('town', 'Jena'))");
    spark.run("alter table lake.past.emp create tag late");
    List<List<String>> snapshots =
        spark.rows("select snapshot_id from lake.past.emp.snapshots order by committed_at");
    first = snapshots.get(0).get(0);
    second = snapshots.get(1).get(0);
  }

  @AfterAll
  static void dropTheTable() {
    tables.close();
  }

  /** What each form reads is measured on Spark itself: all but branches the snapshot's schema. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          version as of FIRST                             | id, name, code, note, home
          version as of 'FIRST'                           | id, name, code, note, home
          for version as of 'early'                       | id, name, code, note, home
          version as of 'side'                            | id, name, ssn, home, note, code, boss
          version as of 'main'                            | id, name, ssn, home, note, code, boss
          version as of 'late'                            | id, name, ssn, home, note, code, boss
          timestamp as of '2999-01-01'                    | id, name, ssn, home, note, code, boss
          for system_time as of current_timestamp()       | id, name, ssn, home, note, code, boss
          timestamp as of '2001-01-01'                    |
          version as of 12345                             |
          """)
  void anUnrestrictedUserReadsWhatSparkReads(String clause, String columns) throws SQLException {
    String from = " from lake.past.emp " + clause.replace("FIRST", first);
    Answer direct = tables.spark().answer("select *" + from + " order by id");
    try (Connection admin = GATEWAY.connect("admin")) {
      if (columns == null) {
        assertThat(direct.failed()).isTrue();
        assertThat(catchThrowable(() -> Rows.query(admin, "select *" + from))).isNotNull();
        return;
      }
      assertThat(columns(admin, "select *" + from)).isEqualTo(List.of(columns.split(", ")));
      String texts = "select " + columns.replace("home", "to_json(home)") + from + " order by id";
      assertThat(Rows.query(admin, texts)).isEqualTo(tables.spark().rows(texts));
    }
  }

  @Test
  void aPreparedStatementTellsTheColumnsOfThatState() throws SQLException {
    try (ChangedPolicies policies = apply(EVERYTHING, deny("past.emp.ssn", ANALYST));
        Connection analyst = GATEWAY.connect("analyst");
        PreparedStatement statement =
            analyst.prepareStatement(
                "select x.* from (select id, name, note from past.emp version as of "
                    + first
                    + ") x where id = ?")) {
      statement.setInt(1, 1);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(Rows.of(rows)).containsExactly(List.of("1", "ann", "LEAK-n1"));
      }
    }
  }

  @Test
  void aColumnUnderItsOldNameIsDeniedByItsNewOne() throws SQLException {
    try (ChangedPolicies policies = apply(EVERYTHING, deny("past.emp.ssn", ANALYST))) {
      Connection analyst = GATEWAY.shared("analyst");
      for (String state : List.of(first, "'early'")) {
        String from = " from past.emp version as of " + state;
        assertThat(Rows.query(analyst, "select id, name, note" + from + " order by id"))
            .containsExactly(List.of("1", "ann", "LEAK-n1"), List.of("2", "bob", "LEAK-n2"));
        for (String select :
            List.of(
                "select code" + from,
                "select *" + from,
                "select 1" + from + " where code = 'LEAK-1'",
                "select struct(*)" + from,
                "select emp.`CODE`" + from)) {
          refused(analyst, select, "does not have [select] privilege on [past/emp/code]");
        }
        refused(analyst, "select ssn" + from, "[");
      }
      refused(analyst, "select ssn from past.emp version as of 'main'", "[past/emp/ssn]");
      assertThat(
              Rows.query(analyst, "select id, code from past.emp version as of 'main' order by id"))
          .containsExactly(List.of("1", "null"), List.of("2", "null"), List.of("3", "c3"));
    }
  }

  /**
   * The branch was written when {@code ssn} was called {@code code}: Spark drops its files by the
   * bounds of {@code ssn} when it is asked for {@code code}, which is null throughout.
   */
  @Test
  void theNamesThatABranchsColumnsHadTellNothing() throws SQLException {
    String query = "select count(*) from lake.past.emp version as of 'side' where ";
    String low = query + "code is null or code < 'A'";
    assertThat(tables.spark().rows(query + "true")).containsExactly(List.of("2"));
    try (ChangedPolicies policies = apply(EVERYTHING, deny("past.emp.ssn", ANALYST))) {
      Connection analyst = GATEWAY.shared("analyst");
      for (String sql : List.of(low, query + "true", query + "code is null")) {
        refused(analyst, sql, "[NOT_SUPPORTED] The branch was last written with other columns");
      }
    }
  }

  @Test
  void aColumnUnderANameThatAnotherHasNowIsDeniedByThatNameToo() throws SQLException {
    try (ChangedPolicies policies =
        apply(EVERYTHING, deny("past.emp.code", ANALYST), deny("past.emp.note", ANALYST))) {
      Connection analyst = GATEWAY.shared("analyst");
      String from = " from past.emp version as of 'early'";
      refused(analyst, "select code" + from, "[past/emp/code]");
      // Dropped since, and another column has its name.
      refused(analyst, "select note" + from, "[past/emp/note]");
      assertThat(Rows.query(analyst, "select name, home.city" + from + " order by 1"))
          .containsExactly(List.of("ann", "Bonn"), List.of("bob", "Ulm"));
    }
  }

  @Test
  void theMasksOfEitherNameApply() throws SQLException {
    Connection analyst = GATEWAY.shared("analyst");
    String query = "select id, code from past.emp version as of 'early' order by id";
    try (ChangedPolicies policies = apply(EVERYTHING, mask("past.emp.ssn", ANALYST, "MASK"))) {
      assertThat(Rows.query(analyst, query))
          .containsExactly(List.of("1", "XXXX-n"), List.of("2", "XXXX-n"));
      refused(analyst, "select 1 from past.emp version as of 'early' where code = 'LEAK-1'", "");
    }
    try (ChangedPolicies policies = apply(EVERYTHING, mask("past.emp.code", ANALYST, "MASK"))) {
      assertThat(Rows.query(analyst, query))
          .containsExactly(List.of("1", "XXXX-n"), List.of("2", "XXXX-n"));
    }
    try (ChangedPolicies policies =
        apply(
            EVERYTHING,
            mask("past.emp.code", ANALYST, "MASK"),
            mask("past.emp.ssn", ANALYST, "MASK_HASH"))) {
      assertThat(Rows.query(analyst, query))
          .containsExactly(List.of("1", "null"), List.of("2", "null"));
    }
    try (ChangedPolicies policies =
        apply(EVERYTHING, customMask("past.emp.ssn", ANALYST, "concat(left({col}, 1), code)"))) {
      assertThat(Rows.query(analyst, query))
          .containsExactly(List.of("1", "null"), List.of("2", "null"));
    }
  }

  @Test
  void aRowFilterAppliesToTheRowsOfThatState() throws SQLException {
    try (ChangedPolicies policies =
        apply(EVERYTHING, filter("past.emp", ANALYST, "name <> 'bob' and id + 0 < 100"))) {
      Connection analyst = GATEWAY.shared("analyst");
      for (String state : List.of("version as of " + first, "version as of 'early'")) {
        String from = " from past.emp " + state;
        assertThat(Rows.query(analyst, "select name" + from)).containsExactly(List.of("ann"));
        assertThat(Rows.query(analyst, "select count(*)" + from + " where 1 / (id - 2) < 5"))
            .containsExactly(List.of("1"));
      }
      assertThat(
              Rows.query(
                  analyst,
                  "select a.name, b.name from past.emp version as of "
                      + first
                      + " a full join past.emp version as of "
                      + second
                      + " b on a.id = b.id order by 2"))
          .containsExactly(List.of("ann", "ann"), List.of("null", "cyd"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssn <> 'LEAK-2'", "note is null", "code is null", "home.town = 'Bonn'"})
  void aRowFilterOfColumnsThatWereOthersRefusesTheRead(String condition) throws SQLException {
    try (ChangedPolicies policies = apply(EVERYTHING, filter("past.emp", ANALYST, condition))) {
      Connection analyst = GATEWAY.shared("analyst");
      refused(
          analyst,
          "select 1 from past.emp version as of 'early'",
          "[NOT_SUPPORTED] The table's row filter speaks of a column that the table did not have"
              + " then");
      assertThat(Rows.query(analyst, "select count(*) from past.emp version as of 'main'"))
          .isNotEmpty();
    }
  }

  /** A tag that is moved between two uses is judged anew each time. */
  @Test
  void aTagThatMovesIsJudgedAnew() throws SQLException {
    try (ChangedPolicies policies = apply(EVERYTHING, deny("past.emp.ssn", ANALYST))) {
      Connection analyst = GATEWAY.shared("analyst");
      DirectSpark spark = tables.spark();
      spark.run("alter table lake.past.emp create or replace tag moving as of version " + second);
      String query = "select code from past.emp version as of 'moving' order by 1";
      // What others commit shows within a second.
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptionsInstanceOf(SQLException.class)
          .untilAsserted(
              () ->
                  assertThat(Rows.query(analyst, query))
                      .containsExactly(List.of("null"), List.of("null"), List.of("c3")));
      spark.run("alter table lake.past.emp create or replace tag moving as of version " + first);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> refused(analyst, query, "[past/emp/code]"));
    }
  }

  private static ChangedPolicies apply(String... policies) {
    return ChangedPolicies.in(GATEWAY).apply(policies);
  }

  private static void refused(Connection connection, String sql, String text) {
    try {
      List<List<String>> rows = Rows.query(connection, sql);
      assertThat(rows.toString()).as(sql).doesNotContain("LEAK");
      assertThat(text).as("%s gave %s", sql, rows).isEmpty();
    } catch (SQLException refusal) {
      // The driver puts the statement itself before what it was told.
      String told = refusal.getMessage().replace(sql, "");
      assertThat(told).as(sql).contains(text).doesNotContain("LEAK");
    }
  }

  private static List<String> columns(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      ResultSetMetaData metadata = rows.getMetaData();
      List<String> names = new ArrayList<>();
      for (int column = 1; column <= metadata.getColumnCount(); column++) {
        names.add(metadata.getColumnName(column));
      }
      return names;
    }
  }
}
