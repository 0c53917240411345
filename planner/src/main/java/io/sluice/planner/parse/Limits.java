package io.sluice.planner.parse;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.jspecify.annotations.Nullable;

/** What is too large or too deep to be parsed; found before any parser recurses into it. */
final class Limits {

  /** Bytes of UTF-8. */
  static final int LARGEST_TEXT = 2 * 1024 * 1024;

  /** Brackets, functions, subqueries, CASE, NOT, signs, types or comments inside one another. */
  static final int DEEPEST_NESTING = 200;

  /** A token costs up to half a kilobyte in the tree. */
  static final int MOST_TOKENS = 500_000;

  private Limits() {}

  static void checkText(String text) {
    if (text.length() > LARGEST_TEXT
        || ((long) text.length() * 3 > LARGEST_TEXT && bytes(text) > LARGEST_TEXT)) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_LARGE,
          "The statement is longer than 2 MiB; load the values into a table and join it.");
    }
    checkComments(text);
  }

  /**
   * Bracketed comments nest in Spark. Without regard to literals this counts as many levels as the
   * lexer will see, give or take one.
   */
  private static void checkComments(String text) {
    int depth = 0;
    int index = text.indexOf("/*");
    while (index >= 0 && index + 1 < text.length()) {
      char first = text.charAt(index);
      char second = text.charAt(index + 1);
      if (first == '/' && second == '*') {
        if (++depth > DEEPEST_NESTING) {
          throw tooDeep("comments", null);
        }
        index += 2;
      } else if (first == '*' && second == '/') {
        depth = Math.max(0, depth - 1);
        index += 2;
      } else {
        index++;
      }
    }
  }

  static void checkTokens(List<Token> tokens) {
    if (tokens.size() > MOST_TOKENS) {
      throw new SluiceException(
          ErrorCode.STATEMENT_TOO_COMPLEX,
          "The statement has more than "
              + MOST_TOKENS
              + " words and signs; load the values into a table and join it.");
    }
    int depth = 0;
    for (Token token : tokens) {
      switch (token.getType()) {
        case SqlBaseLexer.LEFT_PAREN, SqlBaseLexer.LEFT_BRACKET -> {
          if (++depth > DEEPEST_NESTING) {
            throw tooDeep("brackets", token);
          }
        }
        case SqlBaseLexer.RIGHT_PAREN, SqlBaseLexer.RIGHT_BRACKET -> depth--;
        default -> {}
      }
    }
  }

  static SluiceException tooDeep(String what, @Nullable Token token) {
    String message =
        "The statement nests " + what + " more than " + DEEPEST_NESTING + " levels deep.";
    return token == null
        ? new SluiceException(ErrorCode.STATEMENT_TOO_COMPLEX, message)
        : new SluiceException(
            ErrorCode.STATEMENT_TOO_COMPLEX,
            message,
            new TextPosition(token.getLine(), token.getCharPositionInLine()));
  }

  private static long bytes(String text) {
    long bytes = 0;
    for (int index = 0; index < text.length(); index++) {
      char unit = text.charAt(index);
      bytes += unit < 0x80 ? 1 : unit < 0x800 || Character.isSurrogate(unit) ? 2 : 3;
    }
    return bytes;
  }
}
