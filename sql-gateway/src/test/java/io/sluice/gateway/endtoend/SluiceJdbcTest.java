package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The driver behind {@code jdbc:sluice:} URLs. */
class SluiceJdbcTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static String url(String rest) {
    return "jdbc:sluice://127.0.0.1:" + GATEWAY.grpcPort() + rest;
  }

  private static Connection connect(String user, String rest) throws SQLException {
    return DriverManager.getConnection(url(rest), user, user);
  }

  @Test
  void aConnectionStandsWhereItsUrlSays() throws SQLException {
    try (Connection connection = connect("admin", "/lake/tpch?clientName=test")) {
      assertThat(Rows.query(connection, "select current_catalog(), current_schema()"))
          .containsExactly(List.of("lake", "tpch"));
      assertThat(connection.getCatalog()).isEqualTo("lake");
      assertThat(connection.getSchema()).isEqualTo("tpch");
    }
    try (Connection connection = connect("admin", "/lake")) {
      assertThat(Rows.query(connection, "select count(*) from tpch.nation"))
          .containsExactly(List.of("25"));
    }
    try (Connection connection = connect("admin", "?schema=tpch")) {
      assertThat(Rows.query(connection, "select count(*) from nation"))
          .containsExactly(List.of("25"));
    }
  }

  @Test
  void whereAConnectionStandsCanBeChanged() throws SQLException {
    try (Connection connection = connect("admin", "/")) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("create schema if not exists lake.`elsewhere-1`");
      }
      connection.setSchema("elsewhere-1");
      assertThat(connection.getSchema()).isEqualTo("elsewhere-1");
      connection.setCatalog("lake");
      assertThat(connection.getCatalog()).isEqualTo("lake");
      assertThatThrownBy(() -> connection.setSchema("nowhere"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("[SCHEMA_NOT_FOUND]");
      assertThat(connection.getSchema()).isEqualTo("elsewhere-1");
      try (Statement statement = connection.createStatement()) {
        statement.execute("drop schema lake.`elsewhere-1`");
      }
    }
  }

  @Test
  void policiesHoldAndParametersAreBound() throws SQLException {
    try (Connection connection = connect("analyst", "/lake/tpch");
        PreparedStatement statement =
            connection.prepareStatement("select count(*) from orders where o_orderkey > ?")) {
      statement.setLong(1, 0);
      try (ResultSet rows = statement.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).isEqualTo(6085);
      }
    }
  }

  @Test
  void whatTheServerRefusesIsSaid() {
    assertThatThrownBy(() -> connect("admin", "/lake/nowhere"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("[SCHEMA_NOT_FOUND]");
    assertThatThrownBy(() -> connect("admin", "/nowhere"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("[CATALOG_NOT_FOUND]");
    Properties wrong = new Properties();
    wrong.setProperty("user", "admin");
    wrong.setProperty("password", "wrong");
    assertThatThrownBy(() -> DriverManager.getConnection(url("/"), wrong))
        .isInstanceOf(SQLException.class)
        .hasStackTraceContaining("Wrong user name or password");
    assertThatThrownBy(() -> DriverManager.getConnection(url("/?tls=true&user=u&password=p")))
        .isInstanceOf(SQLException.class);
  }
}
