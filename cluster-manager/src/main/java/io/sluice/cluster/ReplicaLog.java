package io.sluice.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server printed; read, never written. */
final class ReplicaLog {

  /** Spark's own line; it follows the binding of the port, so nothing can take the port between. */
  private static final Pattern LISTENING =
      Pattern.compile("Spark Connect server started at: \\S*:([0-9]{1,5})\\s");

  private static final int MOST_BYTES = 64 << 10;

  private final Path file;

  private ReplicaLog(Path file) {
    this.file = file;
  }

  /** Makes room for a new log; the one before of the same name is kept once. */
  static ReplicaLog create(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    if (Files.exists(file)) {
      Path before = file.resolveSibling(file.getFileName() + ".1");
      Files.move(file, before, StandardCopyOption.REPLACE_EXISTING);
    }
    return new ReplicaLog(file);
  }

  Path file() {
    return file;
  }

  /** Returns the port that the server listens on, once it says so. */
  OptionalInt port() throws IOException {
    Matcher line = LISTENING.matcher(tail());
    return line.find() ? OptionalInt.of(Integer.parseInt(line.group(1))) : OptionalInt.empty();
  }

  List<String> lastLines(int count) {
    try {
      List<String> lines = tail().lines().toList();
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException e) {
      return List.of();
    }
  }

  private String tail() throws IOException {
    if (!Files.exists(file)) {
      return "";
    }
    try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
      long length = reader.length();
      byte[] bytes = new byte[(int) Math.min(length, MOST_BYTES)];
      reader.seek(length - bytes.length);
      reader.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
