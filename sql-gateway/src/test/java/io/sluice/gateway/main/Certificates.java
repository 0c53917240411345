package io.sluice.gateway.main;

import java.nio.file.Path;
import java.util.Date;

/**
 * A certificate of the demonstration's kind, for the tests of other packages.
 *
 * @param authority what clients are to trust
 * @param trustStore the same for Java's clients, under the password {@code changeit}
 */
public record Certificates(Path authority, Path trustStore, Path certificates, Path key) {

  /** Makes one in a folder. */
  public static Certificates in(Path folder) {
    DemoCertificate made =
        new DemoCertificate(folder, Path.of(System.getProperty("java.home"), "bin", "java"));
    TlsFiles files = made.files(new Date());
    return new Certificates(made.authority(), made.trustStore(), files.certificates(), files.key());
  }
}
