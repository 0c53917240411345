package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.hive.HiveDriver;
import io.sluice.gateway.main.Certificates;
import io.sluice.gateway.main.SparklessGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All doors of one gateway behind one certificate, each reached by the clients it is for. */
class TlsDoorsTest {

  private static final String STORE_PASSWORD = "changeit";

  @TempDir private static Path folder;

  private static Certificates files;
  private static SparklessGateway gateway;

  @BeforeAll
  static void start() throws IOException, SQLException {
    files = Certificates.in(Files.createDirectory(folder.resolve("first")));
    gateway =
        new SparklessGateway(
            Files.createDirectory(folder.resolve("gateway")),
            "{\"policies\":[" + Policy.allow("tpch.*.*", Policy.users("admin")) + "]}",
            Duration.ofHours(1),
            Optional.of(files));
    gateway.makeHomeSchema();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String trusting(Certificates trusted) {
    return ";ssl=true;sslTrustStore="
        + trusted.trustStore()
        + ";trustStorePassword="
        + STORE_PASSWORD;
  }

  private static Connection thrift(HiveDriver driver, String rest) throws SQLException {
    return driver.connect(gateway.thriftPort(), rest, "admin");
  }

  private static void asksForCatalogs(Connection connection) throws SQLException {
    try (connection;
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW CATALOGS")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("lake");
    }
  }

  @ParameterizedTest
  @EnumSource(HiveDriver.class)
  void driversOfHiveConnectInBothTransports(HiveDriver driver) throws SQLException {
    asksForCatalogs(thrift(driver, "/" + trusting(files)));
    asksForCatalogs(
        driver.connect(
            gateway.httpPort(),
            "/;transportMode=http;httpPath=cliservice" + trusting(files),
            "admin"));
  }

  @Test
  void theThriftDoorTakesNeitherPlaintextNorAClientThatTrustsAnother() throws Exception {
    Certificates other = Certificates.in(Files.createDirectory(folder.resolve("other")));
    assertThatThrownBy(() -> thrift(HiveDriver.HIVE_4, "/").close())
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> thrift(HiveDriver.HIVE_4, "/" + trusting(other)).close())
        .isInstanceOf(SQLException.class)
        .hasStackTraceContaining("PKIX path");
    asksForCatalogs(thrift(HiveDriver.HIVE_4, "/" + trusting(files)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"protobuf", "json"})
  void avaticasThinDriverConnects(String encoding) throws SQLException {
    String url =
        "jdbc:avatica:remote:url=https://localhost:%d/avatica;serialization=%s;%s;%s"
            .formatted(
                gateway.httpPort(),
                encoding,
                "truststore=" + files.trustStore() + ";truststore_password=" + STORE_PASSWORD,
                "authentication=BASIC;avatica_user=admin;avatica_password=admin");
    asksForCatalogs(DriverManager.getConnection(url, new Properties()));
  }

  @Test
  void theStatementsApiIsReachedByCurl() throws Exception {
    String url = "https://localhost:" + gateway.httpPort();
    String catalogs = url + "/api/2.0/sql/catalogs";
    assertThat(curl("--cacert", files.authority().toString(), "-u", "admin:admin", catalogs))
        .contains("\"lake\"");
    // By ALPN; and a client that knows HTTP/1.1 alone is served too.
    String version = "%{http_version}";
    String trust = files.authority().toString();
    assertThat(curl("--cacert", trust, "-o", "/dev/null", "-w", version, url + "/health"))
        .isEqualTo("2");
    assertThat(
            curl("--cacert", trust, "--http1.1", "-o", "/dev/null", "-w", version, url + "/health"))
        .isEqualTo("1.1");
    assertThat(curl(url + "/health")).contains("certificate");
    assertThat(curl("http://localhost:" + gateway.httpPort() + "/health")).doesNotContain("alive");
  }

  @Test
  void whatTheApiLinksToIsReachedByTlsToo() throws Exception {
    String body =
        "{\"statement\":\"SHOW CATALOGS\",\"disposition\":\"EXTERNAL_LINKS\",\"format\":\"CSV\"}";
    assertThat(
            curl(
                "--cacert",
                files.authority().toString(),
                "-u",
                "admin:admin",
                "-d",
                body,
                "https://localhost:" + gateway.httpPort() + "/api/2.0/sql/statements"))
        .contains("\"SUCCEEDED\"", "\"external_link\":\"https://localhost:");
  }

  @Test
  void aRenewedCertificateServesTheNextConnectionOfEachDoor() throws Exception {
    Certificates renewed = Certificates.in(Files.createDirectory(folder.resolve("renewed")));
    Certificates before = saved(Files.createDirectory(folder.resolve("saved")));
    try {
      put(renewed);
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                asksForCatalogs(thrift(HiveDriver.HIVE_4, "/" + trusting(renewed)));
                assertThat(
                        curl(
                            "--cacert",
                            renewed.authority().toString(),
                            "https://localhost:" + gateway.httpPort() + "/health"))
                    .contains("alive");
              });
      assertThatThrownBy(() -> thrift(HiveDriver.HIVE_4, "/" + trusting(before)).close())
          .isInstanceOf(SQLException.class);
    } finally {
      put(before);
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .untilAsserted(() -> asksForCatalogs(thrift(HiveDriver.HIVE_4, "/" + trusting(before))));
    }
  }

  private static Certificates saved(Path to) throws IOException {
    Files.copy(files.authority(), to.resolve("ca.pem"));
    Files.copy(files.trustStore(), to.resolve("truststore.p12"));
    Files.copy(files.certificates(), to.resolve("server.pem"));
    Files.copy(files.key(), to.resolve("server.key"));
    return new Certificates(
        to.resolve("ca.pem"),
        to.resolve("truststore.p12"),
        to.resolve("server.pem"),
        to.resolve("server.key"));
  }

  private static void put(Certificates pair) throws IOException {
    Files.copy(pair.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(pair.certificates(), files.certificates(), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Returns what curl says, on its output and its error output. */
  private static String curl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "20"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }
}
