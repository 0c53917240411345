package io.sluice.policy.ranger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyExpressionTest {

  private static String render(String text, @Nullable Object value) {
    return PolicyExpression.of(text).render(script -> value);
  }

  @Test
  void textWithoutPartsStaysAsItIs() {
    String text = "a = '\\'x' and b in (1, 2) -- } {x} $1";
    assertThat(render(text, null)).isEqualTo(text);
    assertThat(PolicyExpression.of(text).scripts()).isEmpty();
  }

  @Test
  void valuesArePutInPlaceOnce() {
    assertThat(render("a = '${{x}}' and b = ${{ y }}", 7)).isEqualTo("a = '7' and b = 7");
    assertThat(render("a like '${{x}}%'", "b ${{z}} }} x".replace("$", "")))
        .isEqualTo("a like 'b {{z}} }} x%'");
    assertThat(PolicyExpression.of("'${{x}}' ${{ y }}").scripts()).containsExactly("x", "y");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "7",
        "-1.5",
        "true",
        "'a'",
        "'a','b'",
        " 'a' , 2 ",
      })
  void literalsStandAlone(String value) {
    assertThat(render("x in (${{v}})", value)).isEqualTo("x in (" + value + ")");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "1 or true",
        "a",
        "'a' or '1'",
        "''''",
        "1;2",
        "'a$b'",
        "'a\\'",
        "(select 1)",
        "1--",
        ",",
      })
  void anythingElseDoesNotStandAlone(String value) {
    assertThatThrownBy(() -> render("x in (${{v}})", value))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {"it's", "a\"b", "a`b", "a\\b", "a$1", "a\u0007b"})
  void nothingEndsALiteralFromWithin(String value) {
    assertThatThrownBy(() -> render("x = '${{v}}'", value))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> render("x = \"${{v}}\"", value))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aMissingValueIsRefusedWhereverItStands() {
    assertThatThrownBy(() -> render("x = '${{v}}'", null))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> render("x in (${{v}})", "")).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      value = {
        "a = ${{x",
        "a = ${{}}",
        "`${{x}}`",
        "a = '\\' ${{x}}",
        "a = 1 -- ${{x}}",
        "a /* ${{x}} */",
        "a = '${{x}}",
        "a = '{USER}'",
        "a = '{owner}' and ${{x}}",
      })
  void textsThatCannotBeReadSafelyAreRefused(String text) {
    assertThatThrownBy(() -> PolicyExpression.of(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
