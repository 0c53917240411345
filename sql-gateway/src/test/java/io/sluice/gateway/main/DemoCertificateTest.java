package io.sluice.gateway.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.tls.TlsKeyPair;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCertificateTest {

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir private Path folder;

  private static X509Certificate read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  @Test
  void itIsForThisMachineAndSignedByItsAuthority() throws Exception {
    DemoCertificate made = new DemoCertificate(folder, JAVA);
    TlsFiles files = made.files(new Date());
    X509Certificate server = read(files.certificates());
    server.verify(read(made.authority()).getPublicKey());
    assertThat(server.getSubjectAlternativeNames())
        .extracting(name -> String.valueOf(name.get(1)))
        .contains("localhost", "127.0.0.1");
    assertThat(server.getBasicConstraints()).isEqualTo(-1);
    assertThat(read(made.authority()).getBasicConstraints()).isNotNegative();
  }

  @Test
  void onlyItsOwnerMayReadItAndTheAuthoritysKeyIsGone() throws Exception {
    new DemoCertificate(folder, JAVA).files(new Date());
    Path tls = folder.resolve("tls");
    assertThat(Files.getPosixFilePermissions(tls.resolve("server.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (Stream<Path> content = Files.list(tls)) {
      assertThat(content.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
          .isEqualTo(Set.of("ca.pem", "truststore.p12", "server.pem", "server.key"));
    }
    assertThat(Files.readString(tls.resolve("ca.pem"))).doesNotContain("PRIVATE");
  }

  @Test
  void itIsKeptUntilItIsAboutToEnd() throws Exception {
    DemoCertificate certificate = new DemoCertificate(folder, JAVA);
    Date now = new Date();
    TlsFiles files = certificate.files(now);
    String first = Files.readString(files.certificates());
    certificate.files(Date.from(now.toInstant().plus(Duration.ofDays(300))));
    assertThat(Files.readString(files.certificates())).isEqualTo(first);
    certificate.files(Date.from(now.toInstant().plus(Duration.ofHours(365 * 24 - 2))));
    assertThat(Files.readString(files.certificates())).isNotEqualTo(first);
  }

  @Test
  void whatWasLeftHalfMadeIsMadeAnew() throws Exception {
    DemoCertificate certificate = new DemoCertificate(folder, JAVA);
    Date now = new Date();
    TlsFiles files = certificate.files(now);
    Certificates other = Certificates.in(folder.resolve("other"));
    // Interrupted before the certificate, between the key and the certificate, after the authority.
    Files.delete(files.certificates());
    TlsKeyPair.read(certificate.files(now).certificates(), files.key());
    Files.copy(other.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    TlsKeyPair.read(certificate.files(now).certificates(), files.key());
    Files.copy(other.authority(), certificate.authority(), StandardCopyOption.REPLACE_EXISTING);
    certificate.files(now);
    read(files.certificates()).verify(read(certificate.authority()).getPublicKey());
    Files.delete(certificate.trustStore());
    certificate.files(now);
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(certificate.trustStore())) {
      store.load(in, DemoCertificate.TRUST_STORE_PASSWORD.toCharArray());
    }
    assertThat(store.getCertificate("sluice-demo")).isEqualTo(read(certificate.authority()));
  }

  @Test
  void aRunTimeThatCannotMakeOneSaysSo() {
    assertThatThrownBy(
            () -> new DemoCertificate(folder, folder.resolve("no/java")).files(new Date()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("cannot be read or made");
  }
}
