package io.sluice.gateway.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the password comes from: a file, the environment or, on loopback only, the user's name. */
final class Passwords {

  private Passwords() {}

  /**
   * Returns the password.
   *
   * @throws IllegalArgumentException with one sentence for the user when there is none, or when it
   *     would cross a network in clear text
   */
  static String find(
      Endpoint endpoint, String user, @Nullable Path file, @Nullable String environment) {
    if (!endpoint.isLoopback() && !endpoint.tls()) {
      throw new IllegalArgumentException(
          endpoint + " would carry the password in clear text; use grpc+tls://.");
    }
    if (file != null) {
      return firstLine(file);
    }
    if (environment != null && !environment.isEmpty()) {
      return environment;
    }
    if (endpoint.isLoopback()) {
      return user;
    }
    throw new IllegalArgumentException(
        "A password is needed for " + endpoint + ": give --password-file or set SLUICE_PASSWORD.");
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file).lines().findFirst().orElse("");
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("The password file " + file + " is not UTF-8 text.");
    } catch (IOException e) {
      throw new IllegalArgumentException("The password file " + file + " cannot be read.");
    }
  }
}
