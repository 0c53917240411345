package io.sluice.gateway.tls;

import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509ExtendedKeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that the doors show, from files that are looked at again every few seconds: a
 * renewed one serves the next connection. What is compared is the files' content, so that it does
 * not matter how they come to change, nor which first. A pair that cannot be read or does not fit
 * together leaves the old one in use and is told of once.
 */
public final class TlsIdentity implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
  private static final String UNREADABLE = "";

  private final Path certificates;
  private final Path key;
  private final AdvancedTlsX509KeyManager shown = new AdvancedTlsX509KeyManager();
  private final ScheduledFuture<?> looks;

  /** The digest of what the files held when they were last looked at. */
  private String seen;

  private TlsIdentity(
      Path certificates, Path key, Duration every, ScheduledExecutorService timer, Executor reading)
      throws IOException {
    this.certificates = certificates;
    this.key = key;
    byte[] certificateBytes = Files.readAllBytes(certificates);
    byte[] keyBytes = Files.readAllBytes(key);
    show(TlsKeyPair.parse(certificateBytes, keyBytes));
    this.seen = digest(certificateBytes, keyBytes);
    this.looks =
        timer.scheduleWithFixedDelay(
            () -> lookLater(reading), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Reads a certificate.
   *
   * @param certificates PEM: the server's own first, then those between it and the root
   * @param key PEM, PKCS #8, without a password
   * @param every how often the files are looked at
   * @param timer starts the looks
   * @param reading reads the files; may block
   * @throws IOException as {@link TlsKeyPair#read}
   */
  public static TlsIdentity of(
      Path certificates, Path key, Duration every, ScheduledExecutorService timer, Executor reading)
      throws IOException {
    return new TlsIdentity(certificates, key, every, timer, reading);
  }

  /** Returns what gives each new connection the pair of the moment. */
  public X509ExtendedKeyManager keyManager() {
    return shown;
  }

  /** What an executor that is full does not take, the next look does. */
  private void lookLater(Executor reading) {
    try {
      reading.execute(this::look);
    } catch (RuntimeException full) {
      LOG.debug("the certificate was not looked at", full);
    }
  }

  private synchronized void look() {
    String before = seen;
    try {
      byte[] certificateBytes = Files.readAllBytes(certificates);
      byte[] keyBytes = Files.readAllBytes(key);
      seen = digest(certificateBytes, keyBytes);
      if (!seen.equals(before)) {
        show(TlsKeyPair.parse(certificateBytes, keyBytes));
        LOG.info("The certificate {} was renewed.", certificates);
      }
    } catch (IOException | RuntimeException failure) {
      boolean unreadable = seen.equals(before);
      if (unreadable) {
        seen = UNREADABLE;
      }
      if (!unreadable || !before.equals(UNREADABLE)) {
        LOG.warn(
            "The certificate {} and its key {} have changed and cannot be used ({}). The doors keep"
                + " the ones before.",
            certificates,
            key,
            failure.toString());
      }
    }
  }

  private void show(TlsKeyPair pair) {
    shown.updateIdentityCredentials(
        pair.certificates().toArray(X509Certificate[]::new), pair.key());
  }

  private static String digest(byte[] certificates, byte[] key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(MessageDigest.getInstance("SHA-256").digest(certificates));
      return HexFormat.of().formatHex(digest.digest(key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  @Override
  public void close() {
    looks.cancel(false);
  }
}
