package io.sluice.planner.metadata;

import java.util.Arrays;
import java.util.Optional;

/**
 * JDBC's search patterns: {@code %} for any text, {@code _} for one character, a backslash before
 * one that stands for itself. Matched with regard to case, as names are.
 */
public final class LikePattern {

  /** What clients are told is the escape. */
  public static final char ESCAPE = '\\';

  private final int[] tokens;

  private LikePattern(int[] tokens) {
    this.tokens = tokens;
  }

  /** Returns the pattern; one that is not given matches everything. */
  public static LikePattern of(Optional<String> text) {
    int[] points = text.orElse("%").codePoints().toArray();
    int[] tokens = new int[points.length];
    int count = 0;
    for (int index = 0; index < points.length; index++) {
      int point = points[index];
      if (point == ESCAPE && index + 1 < points.length) {
        index++;
        tokens[count++] = points[index];
      } else {
        tokens[count++] =
            point == '%' ? Wildcards.ANY_TEXT : point == '_' ? Wildcards.ANY_ONE : point;
      }
    }
    return new LikePattern(Arrays.copyOf(tokens, count));
  }

  /** Returns whether a name is meant. */
  public boolean matches(String name) {
    return Wildcards.match(tokens, name.codePoints().toArray());
  }
}
