package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a tool's tree shows, while Spark is suspended. */
class MetadataWithoutSparkTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();
  private static final List<String> TABLES =
      List.of("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier");

  @BeforeAll
  static void suspend() {
    GATEWAY.signalSpark("STOP");
  }

  @AfterAll
  static void resume() {
    GATEWAY.signalSpark("CONT");
    GATEWAY.awaitSpark();
  }

  @Test
  void catalogsSchemasAndTablesAreThere() throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      DatabaseMetaData metadata = connection.getMetaData();
      assertThat(column(metadata.getCatalogs(), "TABLE_CAT")).containsExactly("lake");
      assertThat(column(metadata.getSchemas(), "TABLE_SCHEM")).containsExactly("tpch");
      assertThat(column(metadata.getTables("lake", "tpch", "%", null), "TABLE_NAME"))
          .containsExactlyElementsOf(TABLES);
      assertThat(column(metadata.getTables(null, null, "part%", null), "TABLE_NAME"))
          .containsExactly("part", "partsupp");
      assertThat(column(metadata.getPrimaryKeys("lake", "tpch", "nation"), "COLUMN_NAME"))
          .isEmpty();
      assertThat(column(metadata.getTableTypes(), "TABLE_TYPE")).isNotEmpty();
      assertThat(metadata.getIdentifierQuoteString()).isEqualTo("`");
      assertThat(metadata.getDatabaseProductName()).isEqualTo("Sluice");
    }
  }

  @Test
  void deniedColumnsAreLeftOut() throws SQLException {
    try (Connection connection = GATEWAY.connect("analyst")) {
      DatabaseMetaData metadata = connection.getMetaData();
      assertThat(column(metadata.getColumns("lake", "tpch", "customer", "%"), "COLUMN_NAME"))
          .containsExactly(
              "c_custkey",
              "c_name",
              "c_nationkey",
              "c_phone",
              "c_acctbal",
              "c_mktsegment",
              "c_comment");
      assertThat(Rows.query(connection, "describe customer"))
          .extracting(row -> row.get(0))
          .contains("c_name")
          .doesNotContain("c_address");
      assertThat(Rows.query(connection, "show columns in customer"))
          .extracting(row -> row.get(0))
          .doesNotContain("c_address");
    }
  }

  @Test
  void othersTablesAreNotListed() throws SQLException {
    try (Connection connection = GATEWAY.connect("intern")) {
      DatabaseMetaData metadata = connection.getMetaData();
      assertThat(column(metadata.getTables(null, null, "%", null), "TABLE_NAME"))
          .containsExactly("nation", "region");
      assertThat(column(metadata.getColumns(null, null, "orders", "%"), "COLUMN_NAME")).isEmpty();
      assertThat(Rows.query(connection, "show tables"))
          .containsExactly(List.of("tpch", "nation", "false"), List.of("tpch", "region", "false"));
    }
  }

  @Test
  void showAndDescribeAnswer() throws SQLException {
    try (Connection connection = GATEWAY.connect("admin")) {
      assertThat(Rows.query(connection, "show schemas")).containsExactly(List.of("tpch"));
      assertThat(Rows.query(connection, "show catalogs")).contains(List.of("lake"));
      assertThat(Rows.query(connection, "describe nation"))
          .contains(List.of("n_nationkey", "bigint", "null"), List.of("n_name", "string", "null"));
      assertThat(Rows.query(connection, "show tables in lake.tpch like 'part*'"))
          .extracting(row -> row.get(1))
          .containsExactly("part", "partsupp");
    }
  }

  @Test
  void anAdministratorIsToldWhatPolicyMakesOfAStatement() throws SQLException {
    String sql = "explain policies for user analyst select c_name, c_phone from customer";
    try (Connection connection = GATEWAY.connect("admin")) {
      List<List<String>> rows = Rows.query(connection, sql);
      assertThat(rows.subList(0, rows.size() - 1))
          .containsExactly(
              List.of("lake.tpch.customer", "null", "granted", "2", "null"),
              List.of("lake.tpch.customer", "c_address", "denied", "3", "null"),
              List.of("lake.tpch.customer", "c_phone", "mask", "5", "MASK_SHOW_LAST_4"),
              List.of("lake.tpch.customer", "c_acctbal", "mask", "6", "MASK_NULL"));
      assertThat(rows.get(rows.size() - 1).get(2)).isEqualTo("rewritten");
      assertThat(rows.get(rows.size() - 1).get(4))
          .contains("FROM `lake`.`tpch`.`customer`")
          .doesNotContain("c_address");
    }
    try (Connection connection = GATEWAY.connect("analyst")) {
      assertThatThrownBy(() -> Rows.query(connection, sql))
          .hasMessageContaining("[PERMISSION_DENIED]")
          .hasMessageContaining("user [analyst] is not an administrator");
    }
  }

  private static List<String> column(ResultSet results, String name) throws SQLException {
    try (results) {
      List<String> values = new ArrayList<>();
      while (results.next()) {
        values.add(results.getString(name));
      }
      return values;
    }
  }
}
