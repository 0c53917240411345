package io.sluice.gateway.cli;

/**
 * How many columns of a terminal a text takes. East Asian wide and full-width characters and emoji
 * take two (Unicode Standard Annex 11), combining marks and format characters none.
 */
final class DisplayWidth {

  /** First and last code points of the blocks whose characters are wide. */
  private static final int[][] WIDE = {
    {0x1100, 0x115F},
    {0x231A, 0x231B},
    {0x23E9, 0x23EC},
    {0x2E80, 0x303E},
    {0x3041, 0x33FF},
    {0x3400, 0x4DBF},
    {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},
    {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF},
    {0x1F900, 0x1FAFF},
    {0x20000, 0x3FFFD},
  };

  private DisplayWidth() {}

  static int of(String text) {
    int width = 0;
    for (int index = 0; index < text.length(); ) {
      int point = text.codePointAt(index);
      width += of(point);
      index += Character.charCount(point);
    }
    return width;
  }

  /** Returns the text, cut to a width and ended with … when it is wider. */
  static String cut(String text, int width) {
    if (text.length() * 2 <= width || of(text) <= width) {
      return text;
    }
    int used = 0;
    int index = 0;
    while (index < text.length()) {
      int point = text.codePointAt(index);
      if (used + of(point) > width - 1) {
        break;
      }
      used += of(point);
      index += Character.charCount(point);
    }
    return text.substring(0, index) + "…";
  }

  private static int of(int point) {
    if (point < 0x300) {
      return 1;
    }
    switch (Character.getType(point)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> {
        return 0;
      }
      default -> {
        for (int[] range : WIDE) {
          if (point >= range[0] && point <= range[1]) {
            return 2;
          }
        }
        return 1;
      }
    }
  }
}
