package io.sluice.gateway.hive;

import io.sluice.planner.metadata.Wildcards;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * JDBC's search patterns: {@code %} for any text, {@code _} for one character, a backslash before
 * one that stands for itself; nothing at all, and a lone {@code *} of Hive's, for every name.
 */
final class NamePattern {

  private final int[] tokens;

  private NamePattern(int[] tokens) {
    this.tokens = tokens;
  }

  static NamePattern of(@Nullable String text) {
    String pattern = text == null || text.isEmpty() || text.equals("*") ? "%" : text;
    int[] points = pattern.codePoints().toArray();
    int[] tokens = new int[points.length];
    int count = 0;
    for (int index = 0; index < points.length; index++) {
      int point = points[index];
      if (point == '\\' && index + 1 < points.length) {
        index++;
        tokens[count++] = points[index];
      } else {
        tokens[count++] =
            point == '%' ? Wildcards.ANY_TEXT : point == '_' ? Wildcards.ANY_ONE : point;
      }
    }
    return new NamePattern(Arrays.copyOf(tokens, count));
  }

  boolean matches(String name) {
    return Wildcards.match(tokens, name.codePoints().toArray());
  }
}
