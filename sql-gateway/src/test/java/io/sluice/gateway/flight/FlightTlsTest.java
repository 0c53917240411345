package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.main.Certificates;
import io.sluice.gateway.tls.TlsIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The door behind a certificate. */
class FlightTlsTest {

  @TempDir private Path folder;

  private final HeldTimer time = new HeldTimer();

  @AfterEach
  void stopTimer() {
    time.shutdownNow();
  }

  private TlsIdentity identity(Certificates files) throws Exception {
    return TlsIdentity.of(
        files.certificates(), files.key(), Duration.ofSeconds(5), time, Runnable::run);
  }

  @Test
  void driversConnectWithTheAuthorityAndNotWithoutOrInPlaintext() throws Exception {
    Certificates files = Certificates.in(folder.resolve("a"));
    try (TlsIdentity identity = identity(files);
        DoorFixture door = new DoorFixture(Optional.of(identity))) {
      door.statements.query(
          "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(door.allocator, 1, 3));
      assertThat(count(door, "true&tlsRootCerts=" + files.authority())).isEqualTo(3);
      assertThatThrownBy(() -> count(door, "true")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> count(door, "false")).isInstanceOf(SQLException.class);
    }
  }

  /** Arrow's driver looks at a trust store only when it is told not to look at the system's. */
  @Test
  void driversConnectWithATrustStoreAndNotWithAnothers() throws Exception {
    Certificates files = Certificates.in(folder.resolve("a"));
    Certificates other = Certificates.in(folder.resolve("b"));
    try (TlsIdentity identity = identity(files);
        DoorFixture door = new DoorFixture(Optional.of(identity))) {
      door.statements.query(
          "select n", Batches.NUMBERS, List.of(), () -> Batches.numbers(door.allocator, 1, 3));
      String right = "&trustStorePassword=changeit&trustStore=" + files.trustStore();
      String wrong = "&trustStorePassword=changeit&trustStore=" + other.trustStore();
      assertThat(count(door, "true&useSystemTrustStore=false" + right)).isEqualTo(3);
      assertThatThrownBy(() -> count(door, "true&useSystemTrustStore=false" + wrong))
          .isInstanceOf(SQLException.class)
          .hasStackTraceContaining("PKIX path");
      assertThatThrownBy(() -> count(door, "true" + right))
          .isInstanceOf(SQLException.class)
          .hasStackTraceContaining("PKIX path");
      String ours = "jdbc:sluice://127.0.0.1:" + door.port() + "/?user=admin&password=admin";
      assertThat(countAt(ours + "&tls=true" + right)).isEqualTo(3);
      assertThatThrownBy(() -> countAt(ours + "&tls=true" + wrong))
          .isInstanceOf(SQLException.class)
          .hasStackTraceContaining("PKIX path");
    }
  }

  private static int count(DoorFixture door, String encryption) throws SQLException {
    return countAt(
        "jdbc:arrow-flight-sql://127.0.0.1:"
            + door.port()
            + "/?user=admin&password=admin&useEncryption="
            + encryption);
  }

  private static int countAt(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        ResultSet rows = connection.createStatement().executeQuery("select n")) {
      int count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }
  }

  @Test
  void itSpeaksHttp2ByAlpnAndNothingOld() throws Exception {
    Certificates files = Certificates.in(folder.resolve("a"));
    try (TlsIdentity identity = identity(files);
        DoorFixture door = new DoorFixture(Optional.of(identity));
        SSLSocket socket = socket(files, door.port())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      assertThat(socket.getSession().getProtocol()).isIn("TLSv1.3", "TLSv1.2");
    }
  }

  @Test
  void aRenewedPairServesTheNextConnectionWhicheverFileComesFirst() throws Exception {
    Certificates files = Certificates.in(folder.resolve("a"));
    Certificates renewed = Certificates.in(folder.resolve("b"));
    FileTime never = Files.getLastModifiedTime(files.certificates());
    try (TlsIdentity identity = identity(files);
        DoorFixture door = new DoorFixture(Optional.of(identity))) {
      X509Certificate before = shown(files, door.port());
      copy(renewed.certificates(), files.certificates(), never);
      time.tick();
      assertThat(shown(files, door.port())).isEqualTo(before);
      // Both are there now, and by their times nothing has changed.
      copy(renewed.key(), files.key(), never);
      time.tick();
      assertThat(shown(renewed, door.port())).isNotEqualTo(before);
      assertThatThrownBy(() -> shown(files, door.port())).isInstanceOf(IOException.class);
    }
  }

  private static void copy(Path from, Path to, FileTime changed) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(to, changed);
  }

  @Test
  void aBadPairLeavesTheOneBeforeAndIsToldOfOnce() throws Exception {
    Certificates files = Certificates.in(folder.resolve("a"));
    Certificates other = Certificates.in(folder.resolve("b"));
    String certificate = Files.readString(files.certificates());
    try (TlsIdentity identity = identity(files);
        DoorFixture door = new DoorFixture(Optional.of(identity));
        LogLines log = LogLines.of(TlsIdentity.class)) {
      X509Certificate before = shown(files, door.port());
      Files.copy(other.certificates(), files.certificates(), StandardCopyOption.REPLACE_EXISTING);
      time.tick();
      time.tick();
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("cannot be used", "the key is not that of the certificate");
      Files.writeString(files.certificates(), "nonsense");
      time.tick();
      time.tick();
      assertThat(log.lines()).hasSize(2);
      Files.delete(files.certificates());
      time.tick();
      time.tick();
      assertThat(log.lines()).hasSize(3);
      assertThat(shown(files, door.port())).isEqualTo(before);
      Files.writeString(files.certificates(), certificate);
      time.tick();
      assertThat(shown(files, door.port())).isEqualTo(before);
    }
  }

  @Test
  void aPairThatDoesNotFitIsNotBegunWith() throws Exception {
    Certificates files = Certificates.in(folder.resolve("a"));
    Certificates other = Certificates.in(folder.resolve("b"));
    Files.copy(other.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> identity(files))
        .isInstanceOf(IOException.class)
        .hasMessage("the key is not that of the certificate");
  }

  @Test
  void aFullPoolDoesNotEndTheLooks() throws Exception {
    Certificates files = Certificates.in(folder.resolve("a"));
    try (TlsIdentity identity =
        TlsIdentity.of(
            files.certificates(),
            files.key(),
            Duration.ofSeconds(5),
            time,
            task -> {
              throw new RejectedExecutionException();
            })) {
      // A periodic task that throws is never run again.
      assertThatCode(time::tick).doesNotThrowAnyException();
      assertThat(identity.keyManager()).isNotNull();
    }
  }

  private static X509Certificate shown(Certificates trusted, int port)
      throws IOException, GeneralSecurityException {
    try (SSLSocket socket = socket(trusted, port)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static SSLSocket socket(Certificates trusted, int port)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    try (InputStream in = Files.newInputStream(trusted.authority())) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
  }
}
