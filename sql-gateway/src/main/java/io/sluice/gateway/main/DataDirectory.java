package io.sluice.gateway.main;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * The folder that a demonstration keeps: {@code catalog.db}, {@code warehouse/}, {@code policies/},
 * {@code logs/}, {@code signing.key}, {@code scale} and, while it runs, {@code run.json}. One
 * process holds it at a time.
 */
final class DataDirectory implements AutoCloseable {

  private static final String CATALOG = "lake";
  private static final int KEY_BYTES = 32;

  private final Path root;
  private final BigDecimal scale;
  private final FolderLock lock;

  private DataDirectory(Path root, BigDecimal scale, FolderLock lock) {
    this.root = root;
    this.scale = scale;
    this.lock = lock;
  }

  /**
   * Opens the folder and makes it if it is missing.
   *
   * @throws StartException if another process holds it, it is another user's or open to others, it
   *     belongs to another scale, or it cannot be written
   */
  static DataDirectory open(Path root, BigDecimal scale) {
    try {
      PrivateFolder.make(root);
      FolderLock lock = FolderLock.take(root, "Stop that one, or choose another with --data DIR.");
      DataDirectory directory = new DataDirectory(root, scale, lock);
      directory.claimScale(scale);
      PrivateFolder.make(directory.policies());
      PrivateFolder.make(directory.logs());
      PrivateFolder.make(directory.warehouse());
      directory.writePoliciesOnce();
      return directory;
    } catch (IOException failure) {
      throw new StartException(
          "The data directory " + root + " cannot be used: " + StartException.describe(failure));
    }
  }

  BigDecimal scale() {
    return scale;
  }

  Path root() {
    return root;
  }

  Path policies() {
    return root.resolve("policies");
  }

  Path logs() {
    return root.resolve("logs");
  }

  Path warehouse() {
    return root.resolve("warehouse");
  }

  Path runFile() {
    return root.resolve("run.json");
  }

  Path sparkToken() {
    return root.resolve("spark.token");
  }

  /** Returns the catalog's JDBC address, with the pragmas that let two processes share it. */
  String catalogUri() {
    return "jdbc:sqlite:"
        + root.resolve("catalog.db")
        + "?journal_mode=WAL&busy_timeout=10000&synchronous=NORMAL";
  }

  /** Returns the key that tokens and handles are signed with; made at first use, mode 0600. */
  byte[] signingKey() {
    Path file = root.resolve("signing.key");
    try {
      if (Files.notExists(file)) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        writePrivately(file, key);
      }
      byte[] key = Files.readAllBytes(file);
      if (key.length != KEY_BYTES) {
        throw new StartException(
            "The key " + file + " is damaged. Delete it to have a new one made.");
      }
      return key;
    } catch (IOException failure) {
      throw new StartException(
          "The key " + file + " cannot be read or made: " + StartException.describe(failure));
    }
  }

  /** Writes a file that only its owner may read, whole or not at all. */
  static void writePrivately(Path file, byte[] content) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(draft, content);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(runFile());
      Files.deleteIfExists(sparkToken());
      lock.close();
    } catch (IOException failure) {
      throw new StartException("The data directory was not let go: " + failure.getMessage());
    }
  }

  private void claimScale(BigDecimal scale) throws IOException {
    Path file = root.resolve("scale");
    if (Files.exists(file)) {
      BigDecimal present = presentScale(file);
      if (present.compareTo(scale) != 0) {
        throw new StartException(
            "The data directory "
                + root
                + " holds TPC-H at scale "
                + present.toPlainString()
                + ", but scale "
                + scale.toPlainString()
                + " was asked for. Use --scale "
                + present.toPlainString()
                + ", or another directory with --data DIR.");
      }
      return;
    }
    writePrivately(file, (scale.toPlainString() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static BigDecimal presentScale(Path file) throws IOException {
    try {
      return new BigDecimal(Files.readString(file).strip());
    } catch (NumberFormatException damaged) {
      throw new StartException(
          "The file "
              + file
              + " is damaged: it holds the scale of the data, for example 0.1. Write it anew, or"
              + " choose another directory with --data DIR.");
    }
  }

  private void writePoliciesOnce() throws IOException {
    Path file = policies().resolve(CATALOG + ".json");
    if (Files.exists(file)) {
      return;
    }
    try (InputStream resource =
        DataDirectory.class.getResourceAsStream("/demo/policies/" + CATALOG + ".json")) {
      if (resource == null) {
        throw new IllegalStateException("the demonstration's policies are not in the jar");
      }
      writePrivately(file, resource.readAllBytes());
    }
  }
}
