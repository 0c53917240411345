package io.sluice.bench.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Data files of a load that broke off: no table knows them, and nobody else deletes them. */
final class Leftovers {

  private Leftovers() {}

  /**
   * Deletes the writer's own files under the location of a table that does not exist. Call it only
   * while holding the warehouse's lock.
   */
  static void delete(Path tableLocation) throws IOException {
    Path data = tableLocation.resolve("data");
    if (!Files.isDirectory(data)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> found = Files.walk(data)) {
      files = found.filter(Files::isRegularFile).filter(Leftovers::isOurs).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }

  private static boolean isOurs(Path file) {
    String name = file.getFileName().toString();
    return name.contains(PartWriter.FILE_MARK) && name.endsWith(".parquet");
  }
}
