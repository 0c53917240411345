package io.sluice.planner.metadata;

/**
 * Matching of names with wildcards, whatever signs stand for them. Not by regular expressions: a
 * pattern of many wildcards must not cost exponential time.
 */
public final class Wildcards {

  /** In a pattern: any text, even none. */
  public static final int ANY_TEXT = -1;

  /** In a pattern: any one character. */
  public static final int ANY_ONE = -2;

  private Wildcards() {}

  /**
   * Matches in at most length times pattern length steps: only the last {@link #ANY_TEXT} is
   * retried.
   *
   * @param pattern code points and wildcards
   * @param name code points
   */
  public static boolean match(int[] pattern, int[] name) {
    int token = 0;
    int point = 0;
    int lastAny = -1;
    int retryFrom = 0;
    while (point < name.length) {
      if (token < pattern.length && pattern[token] == ANY_TEXT) {
        lastAny = token++;
        retryFrom = point;
      } else if (token < pattern.length
          && (pattern[token] == ANY_ONE || pattern[token] == name[point])) {
        token++;
        point++;
      } else if (lastAny >= 0) {
        token = lastAny + 1;
        point = ++retryFrom;
      } else {
        return false;
      }
    }
    while (token < pattern.length && pattern[token] == ANY_TEXT) {
      token++;
    }
    return token == pattern.length;
  }
}
