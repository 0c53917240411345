package io.sluice.bench.data;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * Plain local files. Hadoop's local file system would write a checksum file beside every data file,
 * and every later reader would have to read that too.
 */
final class LocalFileIO implements FileIO {

  private static final long serialVersionUID = 1L;

  @Override
  public InputFile newInputFile(String location) {
    return org.apache.iceberg.Files.localInput(file(location));
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return org.apache.iceberg.Files.localOutput(file(location));
  }

  @Override
  public void deleteFile(String location) {
    try {
      Files.deleteIfExists(path(location));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the path behind {@code file:/a}, {@code file:///a} or {@code /a}. */
  static Path path(String location) {
    String path = location.startsWith("file:") ? location.substring("file:".length()) : location;
    return Path.of(path.replaceFirst("^/+", "/"));
  }

  private static File file(String location) {
    return path(location).toFile();
  }
}
