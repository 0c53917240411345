package io.sluice.gateway.flight;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The certificate that the door shows, from files that are looked at again every few seconds: a
 * renewed one serves the next connection. A pair of files that does not fit together leaves the old
 * one in use.
 */
public final class TlsIdentity implements AutoCloseable {

  private static final long LOOK_SECONDS = 5;

  private final ServerCredentials credentials;
  private final AdvancedTlsX509KeyManager.Closeable watch;

  private TlsIdentity(ServerCredentials credentials, AdvancedTlsX509KeyManager.Closeable watch) {
    this.credentials = credentials;
    this.watch = watch;
  }

  /**
   * Reads a certificate.
   *
   * @param certificates PEM: the server's own first, then those between it and the root
   * @param key PEM, PKCS #8, without a password
   * @param timer looks for changes
   * @throws IOException if a file cannot be read or is not what it should be
   */
  public static TlsIdentity of(Path certificates, Path key, ScheduledExecutorService timer)
      throws IOException {
    AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
    try {
      AdvancedTlsX509KeyManager.Closeable watch =
          manager.updateIdentityCredentials(
              certificates.toFile(), key.toFile(), LOOK_SECONDS, TimeUnit.SECONDS, timer);
      return new TlsIdentity(TlsServerCredentials.newBuilder().keyManager(manager).build(), watch);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("not a certificate and its key in PEM", e);
    }
  }

  ServerCredentials credentials() {
    return credentials;
  }

  @Override
  public void close() {
    watch.close();
  }
}
