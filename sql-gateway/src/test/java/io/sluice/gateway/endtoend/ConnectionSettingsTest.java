package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Settings that a client sends beside its statements, in the address of a connection or as options
 * of its session: those that no statement may make are not made so either, as Spark itself shows.
 */
class ConnectionSettingsTest {

  private static final GatewayFixture GATEWAY = GatewayFixture.shared();

  private static final String RULE = "org.apache.spark.sql.catalyst.optimizer.ConstantFolding";

  /** Spark's plan of it holds the sum, unless the rule is switched off. */
  private static final String PLAN = "explain select 40 + 2 as answer from range(1)";

  private static final List<String> PART = List.of("6085");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.sql.optimizer.excludedRules",
        "SPARK.SQL.OPTIMIZER.EXCLUDEDRULES",
        "spark.sql.adaptive.optimizer.excludedRules",
        "spark.sql.extensions",
      })
  void neitherTheAddressNorAnOptionOfTheSessionSwitchesARuleOff(String key) throws SQLException {
    String address = GATEWAY.url("admin", "admin") + "&" + key + "=" + RULE;
    Connection connection = DriverManager.getConnection(address);
    try {
      assertThat(Rows.query(connection, PLAN).toString()).contains("42 AS answer");
    } finally {
      close(connection);
    }
    Connection analyst =
        DriverManager.getConnection(GATEWAY.url("analyst", "analyst") + "&" + key + "=" + RULE);
    try {
      assertThat(Rows.query(analyst, "select count(*) from orders")).containsExactly(PART);
    } finally {
      close(analyst);
    }
    try (FlightSqlSession session = new FlightSqlSession(GATEWAY.grpcPort(), "admin")) {
      assertThat(
              session
                  .client
                  .setSessionOptions(
                      new SetSessionOptionsRequest(
                          Map.of(key, SessionOptionValueFactory.makeSessionOptionValue(RULE))),
                      session.token)
                  .getErrors())
          .containsKey(key);
      assertThat(
              session
                  .client
                  .getSessionOptions(new GetSessionOptionsRequest(), session.token)
                  .getSessionOptions())
          .doesNotContainKey(key);
      assertThat(session.query(PLAN).toString()).contains("42 AS answer");
    }
    assertThatThrownBy(() -> Rows.query(GATEWAY.shared("admin"), "set " + key + "=" + RULE))
        .hasMessageContaining("[CONFIGURATION_NOT_ALLOWED]");
  }

  /** With options in its address this driver (18.3.0) closes its session twice. */
  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException | RuntimeException alreadyShut) {
      assertThat(alreadyShut).hasMessageContaining("Channel shutdown invoked");
    }
  }
}
