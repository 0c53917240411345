package io.sluice.planner.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class LikePatternTest {

  @Test
  void anAbsentPatternMatchesAllAndAnEmptyOneOnlyTheEmptyName() {
    assertThat(LikePattern.of(Optional.empty()).matches("x")).isTrue();
    assertThat(LikePattern.of(Optional.of("")).matches("x")).isFalse();
    assertThat(LikePattern.of(Optional.of("")).matches("")).isTrue();
  }

  @Test
  void wildcardsAndEscapes() {
    assertThat(matches("a%", "abc")).isTrue();
    assertThat(matches("a_c", "a😀c")).isTrue();
    assertThat(matches("a\\_c", "abc")).isFalse();
    assertThat(matches("a\\%c", "a%c")).isTrue();
    assertThat(matches("a\\\\", "a\\")).isTrue();
    assertThat(matches("a\\", "a\\")).isTrue();
    assertThat(matches("A", "a")).isFalse();
    assertThat(matches("a.c", "abc")).isFalse();
  }

  @Test
  void manyWildcardsCostNoTime() {
    assertThat(matches("%a".repeat(5_000) + "%b", "a".repeat(10_000))).isFalse();
  }

  @Property
  void agreesWithTheDefinition(
      @ForAll @StringLength(max = 6) @Chars({'%', '_', 'a', 'b'}) String pattern,
      @ForAll @StringLength(max = 7) @CharRange(from = 'a', to = 'b') String name) {
    assertThat(matches(pattern, name)).isEqualTo(defined(pattern, name));
  }

  private static boolean matches(String pattern, String name) {
    return LikePattern.of(Optional.of(pattern)).matches(name);
  }

  private static boolean defined(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    char first = pattern.charAt(0);
    String rest = pattern.substring(1);
    if (first == '%') {
      return defined(rest, name) || (!name.isEmpty() && defined(pattern, name.substring(1)));
    }
    return !name.isEmpty()
        && (first == '_' || first == name.charAt(0))
        && defined(rest, name.substring(1));
  }
}
