package io.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTargetTest {

  private static ConnectionTarget target(String url) throws SQLException {
    return ConnectionTarget.of(url, new Properties());
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:sluice://h,                       jdbc:arrow-flight-sql://h:32010,     true,",
    "jdbc:sluice://h:7,                     jdbc:arrow-flight-sql://h:7,         true,",
    "jdbc:sluice://h:7/,                    jdbc:arrow-flight-sql://h:7,         true,",
    "jdbc:sluice://localhost:7/lake,        jdbc:arrow-flight-sql://localhost:7, false, SET CATALOG `lake`",
    "jdbc:sluice://LOCALHOST,               jdbc:arrow-flight-sql://LOCALHOST:32010, false,",
    "jdbc:sluice://127.0.0.1/lake/tpch,     jdbc:arrow-flight-sql://127.0.0.1:32010, false, USE `lake`.`tpch`",
    "jdbc:sluice://[::1]:7/lake/tpch/,      jdbc:arrow-flight-sql://[::1]:7,     false, USE `lake`.`tpch`",
    "jdbc:sluice://127.evil.example,        jdbc:arrow-flight-sql://127.evil.example:32010, true,",
    "jdbc:sluice://localhost.evil.example,  jdbc:arrow-flight-sql://localhost.evil.example:32010, true,",
    "jdbc:sluice://h/?tls=false,            jdbc:arrow-flight-sql://h:32010,     false,",
    "jdbc:sluice://localhost?tls=true,      jdbc:arrow-flight-sql://localhost:32010, true,",
    "jdbc:sluice://h/?schema=tpch,          jdbc:arrow-flight-sql://h:32010,     true,  USE SCHEMA `tpch`",
    "jdbc:sluice://h/a+b/c%60d%2Fe,         jdbc:arrow-flight-sql://h:32010,     true,  USE `a+b`.`c``d/e`",
  })
  void aUrlSaysWhereToGo(String url, String flightUrl, boolean tls, String use)
      throws SQLException {
    ConnectionTarget target = target(url);
    assertThat(target.flightUrl()).isEqualTo(flightUrl);
    assertThat(target.tls()).isEqualTo(tls);
    assertThat(target.flightProperties()).containsEntry("useEncryption", String.valueOf(tls));
    assertThat(target.use().orElse(null)).isEqualTo(use);
  }

  @Test
  void theFlightDriverIsTold() throws SQLException {
    Properties properties =
        target(
                "jdbc:sluice://h/lake/tpch?user=a%40b&password=p%26q%3D%2B&tlsRootCerts=/ca.pem"
                    + "&clientName=Caf%C3%A9&connectTimeoutMs=500&trustStore=/s&trustStorePassword=x&cluster=loads")
            .flightProperties();
    assertThat(properties)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "useEncryption", "true",
                "user", "a@b",
                "password", "p&q=+",
                "tlsRootCerts", "/ca.pem",
                "sluice-client-name", "Caf?",
                "cluster", "loads",
                "connectTimeoutMs", "500",
                "trustStore", "/s",
                "trustStorePassword", "x",
                "useSystemTrustStore", "false"));
  }

  @Test
  void theUrlHoldsBeforeTheProperties() throws SQLException {
    Properties beside = new Properties();
    beside.setProperty("user", "beside");
    beside.setProperty("password", "beside");
    beside.setProperty("schema", "beside");
    beside.setProperty("dbtable", "a tool's own");
    ConnectionTarget target =
        ConnectionTarget.of("jdbc:sluice://h/lake?user=inside&password=", beside);
    assertThat(target.values())
        .containsOnly(
            Map.entry(DriverProperty.USER, "inside"),
            Map.entry(DriverProperty.PASSWORD, "beside"),
            Map.entry(DriverProperty.CATALOG, "lake"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:sluice://",
        "jdbc:sluice:///lake",
        "jdbc:sluice://h:x/",
        "jdbc:sluice://user:secret@h/",
        "jdbc:sluice://h/#secret",
        "jdbc:sluice://h/?password=a secret"
      })
  void anotherFormIsRefusedWithoutRepeatingIt(String url) {
    assertThatThrownBy(() -> target(url))
        .isInstanceOf(SQLException.class)
        .hasMessage(
            "The URL is not of the form"
                + " jdbc:sluice://host[:port][/catalog[/schema]][?name=value&…]")
        .extracting(thrown -> ((SQLException) thrown).getSQLState())
        .isEqualTo("08001");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jdbc:sluice://h/a/b/c               | The URL's path is /catalog or /catalog/schema
          jdbc:sluice://h//b                  | The URL's path is /catalog or /catalog/schema
          jdbc:sluice://h/?tls=yes            | The property tls is true or false, not yes
          jdbc:sluice://h/?connectTimeoutMs=x | The property connectTimeoutMs is a number of milliseconds, not x
          jdbc:sluice://h/?token=a&user=b     | Give either a token or a user and a password, not both
          """)
  void whatCannotBeMeantIsRefused(String url, String message) {
    assertThatThrownBy(() -> target(url)).isInstanceOf(SQLException.class).hasMessage(message);
  }

  @Test
  void aPropertyThatThereIsNotIsNamedWithThoseThatThereAre() {
    assertThatThrownBy(() -> target("jdbc:sluice://h/?user=a&useEncryption=false"))
        .hasMessage(
            "The URL has a property useEncryption, which there is not; there are user, password,"
                + " token, tls, tlsRootCerts, trustStore, trustStorePassword, clientCertificate,"
                + " clientKey, catalog, schema, cluster, clientName, connectTimeoutMs");
  }

  @Test
  void theDriverDescribesItsProperties() throws SQLException {
    SluiceDriver driver = new SluiceDriver();
    Map<String, String> values =
        Arrays.stream(driver.getPropertyInfo("jdbc:sluice://h/lake?user=a", null))
            .collect(Collectors.toMap(info -> info.name, info -> String.valueOf(info.value)));
    assertThat(values)
        .containsEntry("tls", "true")
        .containsEntry("user", "a")
        .containsEntry("catalog", "lake")
        .hasSize(DriverProperty.values().length);
  }
}
