package io.sluice.gateway.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every attack of {@code attacks.txt} names a test that is there, and no number is left out. */
class AttackIndexTest {

  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  private static final Pattern NUMBER =
      Pattern.compile("\\b(parse|leak|trap|policy|rule)-\\d\\d\\b");

  private static final Pattern LINE =
      Pattern.compile(
          "(?<attack>[^|]+) \\| (?<test>\\w+)#(?<method>\\w+)(\\((?<cases>[^)]+)\\))?( \\| (?<numbers>.+))?");

  /** Of other projects' mishaps, those that Sluice has nothing like. */
  private static final Set<Integer> NOT_OURS = Set.of(12, 15, 22, 24, 25, 33, 36, 38, 40, 42);

  @Test
  void everyAttackHasItsTest() throws IOException {
    List<Matcher> attacks = attacks();
    assertThat(attacks).hasSizeGreaterThan(100);
    assertThat(attacks.stream().map(attack -> attack.group("attack"))).doesNotHaveDuplicates();
    for (Matcher attack : attacks) {
      String source = sources(attack).map(AttackIndexTest::read).collect(Collectors.joining());
      assertThat(source).as(attack.group()).contains(" " + attack.group("method") + "(");
      for (String each : cases(attack)) {
        assertThat(source).as(attack.group()).containsPattern("\\(\\s*\"" + each + "\",");
      }
    }
  }

  /** What showed hidden data of others, and of a prototype, is tried on a real Spark. */
  @Test
  void everyNumberHasATest() throws IOException {
    Set<String> tried = new TreeSet<>();
    Set<String> triedOnSpark = new TreeSet<>();
    for (Matcher attack : attacks()) {
      Set<String> numbers = numbers(attack);
      tried.addAll(numbers);
      if (sources(attack).anyMatch(source -> source.getParent().endsWith("endtoend"))) {
        triedOnSpark.addAll(numbers);
      }
    }
    Set<String> leaks = new TreeSet<>();
    leaks.addAll(numbers("parse", 5));
    leaks.addAll(numbers("leak", 18));
    leaks.addAll(numbers("trap", 9));
    leaks.addAll(numbers("policy", 43));
    NOT_OURS.forEach(number -> leaks.remove(number("policy", number)));
    assertThat(triedOnSpark).containsAll(leaks);
    leaks.addAll(numbers("rule", 23));
    assertThat(tried).isEqualTo(leaks);
  }

  private static List<String> numbers(String kind, int last) {
    return IntStream.rangeClosed(1, last).mapToObj(number -> number(kind, number)).toList();
  }

  private static String number(String kind, int number) {
    return "%s-%02d".formatted(kind, number);
  }

  private static Set<String> numbers(Matcher attack) {
    String text = Objects.requireNonNullElse(attack.group("numbers"), "");
    return NUMBER.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  private static List<String> cases(Matcher attack) {
    return attack.group("cases") == null ? List.of() : List.of(attack.group("cases").split(", "));
  }

  private static List<Matcher> attacks() throws IOException {
    try (InputStream index = AttackIndexTest.class.getResourceAsStream("attacks.txt")) {
      return new String(Objects.requireNonNull(index).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(LINE::matcher)
          .peek(line -> assertThat(line.matches()).as("the form of a line: %s", line).isTrue())
          .toList();
    }
  }

  private static Stream<Path> sources(Matcher attack) throws IOException {
    String file = attack.group("test") + ".java";
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(folder -> named(folder, file))
          .toList()
          .stream();
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
