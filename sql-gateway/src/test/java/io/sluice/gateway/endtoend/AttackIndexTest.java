package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every attack of {@code attacks.txt} names a test that is there. */
class AttackIndexTest {

  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  @Test
  void everyAttackHasItsTest() throws IOException {
    List<String> lines = lines();
    assertThat(lines).hasSizeGreaterThan(60);
    assertThat(lines.stream().map(line -> line.split("\\|")[0].strip())).doesNotHaveDuplicates();
    for (String line : lines) {
      String[] test = line.split("\\|")[1].strip().split("#", -1);
      List<Path> sources = sources(test[0]);
      assertThat(sources).as(line).isNotEmpty();
      assertThat(sources.stream().map(AttackIndexTest::read).collect(Collectors.joining()))
          .as(line)
          .contains(test[1].isEmpty() ? "@Test" : " " + test[1] + "(");
    }
  }

  private static List<String> lines() throws IOException {
    try (InputStream index = AttackIndexTest.class.getResourceAsStream("attacks.txt")) {
      return new String(Objects.requireNonNull(index).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  private static List<Path> sources(String test) throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(folder -> named(folder, test + ".java"))
          .toList();
    }
  }

  private static Stream<Path> named(Path folder, String name) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.getFileName().toString().equals(name)).toList().stream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
