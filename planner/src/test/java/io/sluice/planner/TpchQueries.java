package io.sluice.planner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The 22 queries of TPC-H with the parameters of its validation run, as the benchmark module has
 * them; the system property {@code sluice.root} names the repository.
 */
public final class TpchQueries {

  private static final int COUNT = 22;

  private static final Path FOLDER =
      Path.of("tpch-bench/src/main/resources/io/sluice/bench/query/queries");

  private TpchQueries() {}

  /** Returns the queries in their order, without semicolons. */
  public static List<String> all() {
    String root = System.getProperty("sluice.root");
    if (root == null) {
      throw new IllegalStateException("the system property sluice.root names the repository");
    }
    Path folder = Path.of(root).resolve(FOLDER);
    return IntStream.rangeClosed(1, COUNT)
        .mapToObj(number -> text(folder.resolve("q%02d.sql".formatted(number))))
        .toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
