package io.sluice.planner.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The statements of Spark's own tests, each once, in the order of their files. */
final class Corpus {

  private static final String ANY_CLASS = "/org/apache/spark/sql/SQLQueryTestSuite.class";

  private static final List<String> STATEMENTS = read();

  private Corpus() {}

  static List<String> statements() {
    return STATEMENTS;
  }

  private static List<String> read() {
    URL location = Objects.requireNonNull(Corpus.class.getResource(ANY_CLASS), "Spark's test jar");
    Set<String> statements = new LinkedHashSet<>();
    try (JarFile jar = ((JarURLConnection) location.openConnection()).getJarFile()) {
      List<JarEntry> entries =
          jar.stream()
              .filter(entry -> entry.getName().endsWith(".sql") || entry.getName().endsWith(".out"))
              .sorted(Comparator.comparing(JarEntry::getName))
              .toList();
      for (JarEntry entry : entries) {
        try (InputStream stream = jar.getInputStream(entry)) {
          String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          statements.addAll(statements(entry.getName(), text));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(statements);
  }

  private static List<String> statements(String file, String text) {
    return new ArrayList<>();
  }
}
