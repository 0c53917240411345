package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every defect of {@code regressions.txt} names tests that are there and that run. */
class InteroperabilityTest {

  private record Regression(int number, String symptom, List<String> tests) {}

  private static List<Regression> regressions() throws IOException {
    try (InputStream list = InteroperabilityTest.class.getResourceAsStream("regressions.txt")) {
      return new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split(" \\| "))
          .map(
              parts ->
                  new Regression(
                      Integer.parseInt(parts[0]), parts[1], List.of(parts[2].split(" "))))
          .toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("regressions")
  void hasItsTests(Regression regression) throws ClassNotFoundException {
    for (String name : regression.tests) {
      String[] parts = name.split("#");
      Class<?> tests =
          Class.forName(
              "io.sluice.gateway." + parts[0], false, InteroperabilityTest.class.getClassLoader());
      assertThat(tests.getDeclaredMethods())
          .as(name)
          .anyMatch(method -> method.getName().equals(parts[1]) && runs(method));
      assertThat(tests.isAnnotationPresent(Disabled.class)).as(name).isFalse();
    }
  }

  private static boolean runs(Method method) {
    return !method.isAnnotationPresent(Disabled.class)
        && (method.isAnnotationPresent(Test.class)
            || method.isAnnotationPresent(ParameterizedTest.class));
  }

  @Test
  void thereAreThirty() throws IOException {
    assertThat(regressions().stream().map(Regression::number))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 30).boxed().toList());
    assertThat(regressions()).extracting(Regression::symptom).doesNotHaveDuplicates();
  }
}
