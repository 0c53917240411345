package io.sluice.planner.show;

import io.sluice.planner.metadata.Wildcards;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StringLitContext;
import org.jspecify.annotations.Nullable;

/**
 * The pattern of SHOW … LIKE: {@code *} stands for any text, {@code .} for any character, {@code |}
 * between alternatives; case does not count. Spark takes each alternative as a regular expression;
 * its other signs stand for themselves here, so that no pattern can take long.
 */
final class LikePattern {

  private final List<int[]> alternatives;

  private LikePattern(List<int[]> alternatives) {
    this.alternatives = alternatives;
  }

  /** Returns the pattern of a literal; without one, the pattern of every name. */
  static LikePattern of(@Nullable StringLitContext literal) {
    return of(literal == null ? "*" : StringLiterals.value(literal));
  }

  /** Returns the pattern of a text. */
  static LikePattern of(String pattern) {
    String text = pattern.strip();
    return new LikePattern(
        Stream.of(text.split("\\|", -1))
            .map(alternative -> folded(alternative).map(LikePattern::token).toArray())
            .toList());
  }

  boolean matches(String name) {
    int[] points = folded(name).toArray();
    return alternatives.stream().anyMatch(pattern -> Wildcards.match(pattern, points));
  }

  private static IntStream folded(String text) {
    return text.codePoints().map(Character::toLowerCase);
  }

  private static int token(int point) {
    return point == '*' ? Wildcards.ANY_TEXT : point == '.' ? Wildcards.ANY_ONE : point;
  }
}
