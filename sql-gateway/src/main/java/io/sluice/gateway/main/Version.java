package io.sluice.gateway.main;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Versions, as the build has left them. */
final class Version {

  private Version() {}

  /** Returns Sluice's own. */
  static String read() {
    return read("version.txt");
  }

  /** Returns that of the grammar on the class path; a Spark of another version is not used. */
  static String ofSpark() {
    return read("spark-version.txt");
  }

  private static String read(String file) {
    try (InputStream in = Version.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the build left no " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
