package io.sluice.planner.show;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StringLiteralsTest {

  @Test
  void readsEscapesAsSparkDoes() {
    assertThat(StringLiterals.unescape("'it''s'")).isEqualTo("it's");
    assertThat(StringLiterals.unescape("\"say \"\"so\"\"\"")).isEqualTo("say \"so\"");
    assertThat(StringLiterals.unescape("'\"'")).isEqualTo("\"");
    assertThat(StringLiterals.unescape("'a\\'b\\\\c\\nd\\te\\Z'")).isEqualTo("a'b\\c\nd\te\u001A");
    assertThat(StringLiterals.unescape("'\\u0041\\U0001F600\\101\\0'"))
        .isEqualTo("A\uD83D\uDE00A\0");
    assertThat(StringLiterals.unescape("'\\%\\_\\q'")).isEqualTo("\\%\\_q");
    assertThat(StringLiterals.unescape("r'a\\n'")).isEqualTo("a\\n");
    assertThat(StringLiterals.unescape("R\"a\\n\"")).isEqualTo("a\\n");
    assertThat(StringLiterals.unescape("'\\U00110000'")).isEqualTo("U00110000");
    assertThat(StringLiterals.unescape("''")).isEmpty();
  }
}
