package io.sluice.planner.show;

import java.util.List;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StringLitContext;
import org.jspecify.annotations.Nullable;

/**
 * The pattern of SHOW … LIKE: {@code *} stands for any text, {@code .} for any character, {@code |}
 * between alternatives; case does not count. Spark takes each alternative as a regular expression;
 * its other signs stand for themselves here, so that no pattern can take long.
 */
final class LikePattern {

  private final List<String> alternatives;

  private LikePattern(List<String> alternatives) {
    this.alternatives = alternatives;
  }

  /** Returns the pattern of a literal; without one, the pattern of every name. */
  static LikePattern of(@Nullable StringLitContext literal) {
    return new LikePattern(
        literal == null
            ? List.of("*")
            : List.of(StringLiterals.value(literal).strip().split("\\|", -1)));
  }

  boolean matches(String name) {
    return alternatives.stream().anyMatch(alternative -> matches(alternative, name));
  }

  private static boolean matches(String pattern, String name) {
    int at = 0;
    int nameAt = 0;
    int star = -1;
    int starAt = 0;
    while (nameAt < name.length()) {
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        star = at++;
        starAt = nameAt;
      } else if (at < pattern.length() && isMatch(pattern.charAt(at), name.charAt(nameAt))) {
        at++;
        nameAt++;
      } else if (star >= 0) {
        at = star + 1;
        nameAt = ++starAt;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }

  private static boolean isMatch(char sign, char c) {
    return sign == '.' || Character.toLowerCase(sign) == Character.toLowerCase(c);
  }
}
