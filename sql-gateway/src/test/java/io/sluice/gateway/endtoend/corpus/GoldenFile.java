package io.sluice.gateway.endtoend.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * One file of the SQL that Spark's own tests run, its statements in their order.
 *
 * @param name below the folder of results
 */
record GoldenFile(String name, List<String> statements) {

  private static final String ANY_CLASS = "/org/apache/spark/sql/SQLQueryTestSuite.class";

  private static final String FOLDER = "sql-tests/results/";

  private static final Pattern STATEMENT =
      Pattern.compile("^-- !query\n(.*?)\n-- !query ", Pattern.DOTALL | Pattern.MULTILINE);

  /** Their functions are Python's and Scala's, which the suite itself registers. */
  private static final Pattern LEFT_OUT = Pattern.compile("(udf|udaf|udtf)/.*");

  GoldenFile {
    statements = List.copyOf(statements);
  }

  static List<GoldenFile> all() {
    try (JarFile jar = jar()) {
      return jar.stream()
          .filter(entry -> entry.getName().startsWith(FOLDER) && !entry.isDirectory())
          .filter(entry -> !LEFT_OUT.matcher(nameOf(entry)).matches())
          .sorted(Comparator.comparing(JarEntry::getName))
          .map(entry -> new GoldenFile(nameOf(entry), statements(read(jar, entry))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the data that some of the suite's tables are filled with below a folder. */
  static void writeData(Path folder) {
    try (JarFile jar = jar()) {
      for (String table : List.of("agg", "onek", "tenk")) {
        String name = table + ".data";
        JarEntry entry = jar.getJarEntry("test-data/postgresql/" + name);
        Files.writeString(folder.resolve(name), read(jar, entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JarFile jar() throws IOException {
    URL location = GoldenFile.class.getResource(ANY_CLASS);
    return ((JarURLConnection) Objects.requireNonNull(location).openConnection()).getJarFile();
  }

  private static String nameOf(JarEntry entry) {
    return entry.getName().substring(FOLDER.length());
  }

  private static List<String> statements(String text) {
    return STATEMENT.matcher(text).results().map(match -> match.group(1).strip()).toList();
  }

  private static String read(JarFile jar, JarEntry entry) {
    try (InputStream stream = jar.getInputStream(entry)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
