package io.sluice.gateway.flight;

import java.util.Arrays;
import java.util.Optional;

/**
 * JDBC's search patterns: {@code %} for any text, {@code _} for one character, a backslash before
 * one that stands for itself. Matched with regard to case, as names are. Not a regular expression:
 * a pattern of many {@code %} must not cost exponential time.
 */
final class LikePattern {

  /** What GetSqlInfo names as the escape. */
  static final char ESCAPE = '\\';

  private static final int ANY_TEXT = -1;
  private static final int ANY_ONE = -2;

  private final int[] tokens;

  private LikePattern(int[] tokens) {
    this.tokens = tokens;
  }

  /** Returns the pattern; one that is not given matches everything. */
  static LikePattern of(Optional<String> text) {
    int[] points = text.orElse("%").codePoints().toArray();
    int[] tokens = new int[points.length];
    int count = 0;
    for (int index = 0; index < points.length; index++) {
      int point = points[index];
      if (point == ESCAPE && index + 1 < points.length) {
        index++;
        tokens[count++] = points[index];
      } else {
        tokens[count++] = point == '%' ? ANY_TEXT : point == '_' ? ANY_ONE : point;
      }
    }
    return new LikePattern(Arrays.copyOf(tokens, count));
  }

  /** Matches in at most length times pattern length steps: only the last {@code %} is retried. */
  boolean matches(String name) {
    int[] points = name.codePoints().toArray();
    int token = 0;
    int point = 0;
    int lastAny = -1;
    int retryFrom = 0;
    while (point < points.length) {
      if (token < tokens.length && tokens[token] == ANY_TEXT) {
        lastAny = token++;
        retryFrom = point;
      } else if (token < tokens.length
          && (tokens[token] == ANY_ONE || tokens[token] == points[point])) {
        token++;
        point++;
      } else if (lastAny >= 0) {
        token = lastAny + 1;
        point = ++retryFrom;
      } else {
        return false;
      }
    }
    while (token < tokens.length && tokens[token] == ANY_TEXT) {
      token++;
    }
    return token == tokens.length;
  }
}
