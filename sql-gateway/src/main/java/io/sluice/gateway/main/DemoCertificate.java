package io.sluice.gateway.main;

import io.sluice.gateway.tls.TlsKeyPair;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;

/**
 * The demonstration's own certificate, in {@code tls/} of its data directory: {@code ca.pem}, which
 * clients are to trust, the same as {@code truststore.p12} for Java's, and {@code server.pem} and
 * {@code server.key} for the doors. The authority's key is thrown away, so that nothing else is
 * ever signed with it.
 */
final class DemoCertificate {

  /** No secret: what it holds is public, and readers of PKCS #12 ask for one. */
  static final String TRUST_STORE_PASSWORD = "changeit";

  private static final String TRUSTED = "sluice-demo";
  private static final String DAYS = "365";

  /** A certificate that ends sooner is made anew. */
  private static final long LEAST_LEFT_MILLIS = 24L * 60 * 60 * 1000;

  private final Path folder;
  private final Path keytool;

  /**
   * @param folder the data directory
   * @param java the {@code java} whose {@code keytool} makes it
   */
  DemoCertificate(Path folder, Path java) {
    this.folder = folder.resolve("tls");
    this.keytool = java.resolveSibling("keytool");
  }

  /** Returns what clients are to trust. */
  Path authority() {
    return folder.resolve("ca.pem");
  }

  /** Returns the same for Java's clients, PKCS #12 under {@link #TRUST_STORE_PASSWORD}. */
  Path trustStore() {
    return folder.resolve("truststore.p12");
  }

  /** Returns the files, made if they are missing or about to end. */
  TlsFiles files(Date now) {
    TlsFiles files = new TlsFiles(folder.resolve("server.pem"), folder.resolve("server.key"));
    try {
      if (!isGood(files, now)) {
        make(files);
      }
      return files;
    } catch (IOException failure) {
      throw new StartException(
          "The certificate in "
              + folder
              + " cannot be read or made: "
              + StartException.describe(failure)
              + ". Delete the folder to have a new one made.");
    }
  }

  /** Whatever was interrupted or damaged is made anew. */
  private boolean isGood(TlsFiles files, Date now) {
    try (InputStream in = Files.newInputStream(authority());
        InputStream trusted = Files.newInputStream(trustStore())) {
      X509Certificate own = TlsKeyPair.read(files.certificates(), files.key()).own();
      Certificate authority = CertificateFactory.getInstance("X.509").generateCertificate(in);
      own.verify(authority.getPublicKey());
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(trusted, TRUST_STORE_PASSWORD.toCharArray());
      return authority.equals(store.getCertificate(TRUSTED))
          && own.getNotAfter().getTime() - now.getTime() > LEAST_LEFT_MILLIS;
    } catch (IOException | GeneralSecurityException unusable) {
      return false;
    }
  }

  private void make(TlsFiles files) throws IOException {
    PrivateFolder.make(folder);
    Path store = folder.resolve("making.p12");
    Files.deleteIfExists(store);
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String password = HexFormat.of().formatHex(random);
    try {
      keytool(
          store,
          password,
          "-alias",
          "ca",
          "-dname",
          "CN=Sluice demo CA",
          "-ext",
          "bc:c",
          "-ext",
          "ku:c=keyCertSign");
      keytool(
          store,
          password,
          "-alias",
          "server",
          "-signer",
          "ca",
          "-dname",
          "CN=localhost",
          "-ext",
          "san=dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1",
          "-ext",
          "eku=serverAuth");
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, password.toCharArray());
      }
      Certificate authority = keys.getCertificate("ca");
      write(authority(), "CERTIFICATE", authority.getEncoded());
      DataDirectory.writePrivately(trustStore(), trustStore(authority));
      // The certificate last: who finds a new one finds its key.
      write(files.key(), "PRIVATE KEY", keys.getKey("server", password.toCharArray()).getEncoded());
      write(files.certificates(), "CERTIFICATE", chain(keys).toArray(byte[][]::new));
    } catch (GeneralSecurityException e) {
      throw new IOException("keytool made what Java does not read", e);
    } finally {
      Files.deleteIfExists(store);
    }
  }

  private static byte[] trustStore(Certificate authority)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(TRUSTED, authority);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    store.store(bytes, TRUST_STORE_PASSWORD.toCharArray());
    return bytes.toByteArray();
  }

  private static List<byte[]> chain(KeyStore keys) throws GeneralSecurityException {
    List<byte[]> chain = new ArrayList<>();
    for (Certificate certificate : keys.getCertificateChain("server")) {
      chain.add(certificate.getEncoded());
    }
    return chain;
  }

  private void keytool(Path store, String password, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                keytool.toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                DAYS,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass:env",
                "SLUICE_KEYSTORE"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // Another process's user sees a command line, but not the environment.
    builder.environment().put("SLUICE_KEYSTORE", password);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + said.strip());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  private static void write(Path file, String kind, byte[]... contents) throws IOException {
    ByteArrayOutputStream pem = new ByteArrayOutputStream();
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    for (byte[] content : contents) {
      pem.writeBytes(("-----BEGIN " + kind + "-----\n").getBytes(StandardCharsets.US_ASCII));
      pem.writeBytes(encoder.encode(content));
      pem.writeBytes(("\n-----END " + kind + "-----\n").getBytes(StandardCharsets.US_ASCII));
    }
    DataDirectory.writePrivately(file, pem.toByteArray());
  }
}
