package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.hive.HiveDriver;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What tools send by Hive's driver, in their order. The tools themselves are not driven here. */
class ToolSequencesTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static Connection analyst;

  @BeforeAll
  static void connect() throws SQLException {
    analyst = HiveDriver.HIVE_4.connect(GATEWAY.thriftPort(), "/tpch", "analyst");
  }

  @AfterAll
  static void disconnect() throws SQLException {
    analyst.close();
  }

  /** Returns rows by the labels of their columns. */
  private static List<Map<String, String>> rows(String sql) throws SQLException {
    List<Map<String, String>> all = new ArrayList<>();
    try (Statement statement = analyst.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        Map<String, String> row = new TreeMap<>();
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
          row.put(rows.getMetaData().getColumnLabel(column), rows.getString(column));
        }
        all.add(row);
      }
    }
    return all;
  }

  @Test
  void metabaseFindsTablesAndFieldsByTheirLabels() throws SQLException {
    assertThat(rows("show tables in `tpch`"))
        .contains(Map.of("namespace", "tpch", "tableName", "orders", "isTemporary", "false"));
    assertThat(rows("describe `tpch`.`customer`"))
        .extracting(row -> row.get("col_name"), row -> row.get("data_type"))
        .contains(org.assertj.core.groups.Tuple.tuple("c_custkey", "bigint"))
        .doesNotContain(org.assertj.core.groups.Tuple.tuple("c_address", "string"));
  }

  @Test
  void metabaseWritesTextsInHexadecimal() throws SQLException {
    String hex = HexFormat.of().formatHex("1-URGENT".getBytes(StandardCharsets.UTF_8));
    assertThat(
            rows(
                "SELECT `t1`.`o_orderpriority` AS `o_orderpriority`, COUNT(*) AS `count` FROM"
                    + " `tpch`.`orders` `t1` WHERE `t1`.`o_orderpriority` = decode(unhex('"
                    + hex
                    + "'), 'utf-8') GROUP BY `t1`.`o_orderpriority` ORDER BY"
                    + " `t1`.`o_orderpriority` ASC LIMIT 10"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("o_orderpriority", "1-URGENT"));
  }

  @Test
  void metabaseKnowsAMissingTableByItsState() {
    assertThatThrownBy(() -> rows("SELECT TRUE AS `_` FROM `tpch`.`nowhere` WHERE 1 <> 1 LIMIT 0"))
        .isInstanceOfSatisfying(
            SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("42P01"));
  }

  @Test
  void tableauAsksForColumnsWithoutRows() throws SQLException {
    for (String probe :
        List.of(
            "SELECT * FROM `tpch`.`nation` WHERE 1=0",
            "SELECT * FROM `tpch`.`nation` LIMIT 0",
            "SELECT * FROM (SELECT `n_name` AS `c` FROM `tpch`.`nation`) `Custom SQL Query`"
                + " LIMIT 0",
            "SELECT 1 AS `Number_of_Records` FROM `tpch`.`nation` WHERE 1=0")) {
      try (Statement statement = analyst.createStatement();
          ResultSet none = statement.executeQuery(probe)) {
        assertThat(none.getMetaData().getColumnCount()).as(probe).isPositive();
        assertThat(none.next()).as(probe).isFalse();
      }
    }
    // What it may not do is refused with a sentence, and the connection goes on.
    assertThatThrownBy(() -> rows("CREATE TEMPORARY TABLE `#Tableau_1` (`x` INT)"))
        .isInstanceOf(SQLException.class);
    assertThat(rows("SELECT COUNT(1) AS `n` FROM `tpch`.`nation`"))
        .containsExactly(Map.of("n", "25"));
  }

  @Test
  void powerBiSumsUpDerivedTables() throws SQLException {
    assertThat(
            rows(
                "select `rows`.`r` as `r`, count(`rows`.`n`) as `a0` from (select `n_regionkey` as"
                    + " `r`, `n_name` as `n` from `tpch`.`nation` where CAST(`n_regionkey` AS"
                    + " STRING) = '1') as `rows` group by `r` limit 1000001"))
        .containsExactly(Map.of("r", "1", "a0", "5"));
  }
}
