package io.sluice.planner.show;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStringLitContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.StringLitContext;

/** String literals as Spark reads them ({@code SparkParserUtils.unescapeSQLString}). */
public final class StringLiterals {

  private StringLiterals() {}

  /** Returns the value of one literal, or of several that stand side by side. */
  public static String value(StringLitContext literal) {
    StringBuilder value = new StringBuilder();
    for (SingleStringLitContext part : literal.singleStringLit()) {
      if (part.singleStringLitWithoutMarker() == null) {
        throw new SluiceException(
            ErrorCode.NOT_SUPPORTED,
            "A parameter is not served here; write the string itself",
            Identifiers.position(part));
      }
      value.append(unescape(part.getText()));
    }
    return value.toString();
  }

  /** Returns the value of one literal, whose quotes and prefix are still there. */
  public static String unescape(String literal) {
    if (Character.toLowerCase(literal.charAt(0)) == 'r') {
      return literal.substring(2, literal.length() - 1);
    }
    char quote = literal.charAt(0);
    String body = literal.substring(1, literal.length() - 1);
    StringBuilder value = new StringBuilder(body.length());
    int index = 0;
    while (index < body.length()) {
      char c = body.charAt(index);
      if (c == '\\' && index + 1 < body.length()) {
        index = escape(body, index + 1, value);
      } else {
        value.append(c);
        index += c == quote && index + 1 < body.length() && body.charAt(index + 1) == quote ? 2 : 1;
      }
    }
    return value.toString();
  }

  /** Reads the escape that begins after its backslash; returns where the text goes on. */
  private static int escape(String body, int start, StringBuilder value) {
    char c = body.charAt(start);
    if (c == 'u' && isNumber(body, start + 1, 4, 16)) {
      value.append((char) Integer.parseInt(body, start + 1, start + 5, 16));
      return start + 5;
    }
    if (c == 'U' && isNumber(body, start + 1, 8, 16)) {
      long point = Long.parseLong(body, start + 1, start + 9, 16);
      if (point <= Character.MAX_CODE_POINT) {
        value.appendCodePoint((int) point);
        return start + 9;
      }
    }
    if ((c == '0' || c == '1') && isNumber(body, start, 3, 8)) {
      value.append((char) Integer.parseInt(body, start, start + 3, 8));
      return start + 3;
    }
    switch (c) {
      case '0' -> value.append('\0');
      case 'b' -> value.append('\b');
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case 'Z' -> value.append('\u001A');
      // Kept for LIKE, whose patterns have a use for the backslash.
      case '%', '_' -> value.append('\\').append(c);
      default -> value.append(c);
    }
    return start + 1;
  }

  private static boolean isNumber(String body, int start, int length, int radix) {
    return start + length <= body.length()
        && body.chars().skip(start).limit(length).allMatch(c -> Character.digit(c, radix) >= 0);
  }
}
