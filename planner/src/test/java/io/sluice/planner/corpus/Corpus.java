package io.sluice.planner.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The statements of Spark's own tests, each once, in the order of their files: those that its suite
 * runs, as its golden files have them, without comments; the queries of TPC-H, TPC-DS and SSB; and
 * what stands between two semicolons of the suite's inputs, comments and all, sense or not.
 */
final class Corpus {

  private static final String ANY_CLASS = "/org/apache/spark/sql/SQLQueryTestSuite.class";

  /** Where golden files have a statement. */
  private static final Pattern GOLDEN =
      Pattern.compile("^-- !query\n(.*?)\n-- !query ", Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern BENCHMARK = Pattern.compile("(tpc|ssb).*\\.sql");

  private static final List<String> STATEMENTS =
      read(file -> file.startsWith("sql-tests/results/") || isBenchmark(file));

  private static final List<String> COMMENTED = read(file -> file.startsWith("sql-tests/inputs/"));

  private Corpus() {}

  /** Returns the statements of the golden files and of the benchmarks. */
  static List<String> statements() {
    return STATEMENTS;
  }

  /** Returns the texts of the suite's inputs that are not among the statements. */
  static List<String> commented() {
    return COMMENTED.stream().filter(Predicate.not(Set.copyOf(STATEMENTS)::contains)).toList();
  }

  private static List<String> read(Predicate<String> files) {
    URL location = Objects.requireNonNull(Corpus.class.getResource(ANY_CLASS), "Spark's test jar");
    Set<String> statements = new LinkedHashSet<>();
    try (JarFile jar = ((JarURLConnection) location.openConnection()).getJarFile()) {
      List<JarEntry> entries =
          jar.stream()
              .filter(entry -> files.test(entry.getName()))
              .sorted(Comparator.comparing(JarEntry::getName))
              .toList();
      for (JarEntry entry : entries) {
        try (InputStream stream = jar.getInputStream(entry)) {
          String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          statements(entry.getName(), text)
              .map(String::strip)
              .filter(statement -> !statement.isEmpty())
              .forEach(statements::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(statements);
  }

  private static Stream<String> statements(String file, String text) {
    if (isBenchmark(file)) {
      return Stream.of(text);
    }
    return file.endsWith(".out")
        ? GOLDEN.matcher(text).results().map((MatchResult golden) -> golden.group(1))
        : Arrays.stream(text.split("(?<!\\\\);"));
  }

  private static boolean isBenchmark(String file) {
    return BENCHMARK.matcher(file).matches();
  }
}
