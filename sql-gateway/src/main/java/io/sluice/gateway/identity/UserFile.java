package io.sluice.gateway.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The file that the users stand in. It is looked at for what it may decide at each reading. */
public final class UserFile {

  /** Some 100,000 users. */
  private static final int MOST_BYTES = 32 << 20;

  private final Path path;
  private final Consumer<Path> trust;

  /**
   * @param trust throws a {@link RuntimeException}, whose text says why, for a file that is not to
   *     be trusted
   */
  public UserFile(Path path, Consumer<Path> trust) {
    this.path = path;
    this.trust = trust;
  }

  /** Returns where it lies. */
  public Path path() {
    return path;
  }

  /**
   * Reads the users.
   *
   * @throws IllegalArgumentException if the file says anything else
   * @throws IOException if it cannot be read
   */
  public UserStore users() throws IOException {
    return UserStore.parse(content());
  }

  /** Returns what it holds, if it is to be trusted. */
  byte[] content() throws IOException {
    trust.accept(path);
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new IllegalArgumentException("the user file is larger than 32 MiB");
      }
      return content;
    }
  }
}
