package io.sluice.gateway.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A token of a text that is being written, which need not be SQL yet: what is not understood is a
 * sign of one character.
 *
 * @param start its first character in the text
 * @param end behind its last
 * @param text as it is written
 */
record SqlToken(Kind kind, int start, int end, String text) {

  enum Kind {
    WORD,
    QUOTED_NAME,
    LITERAL,
    COMMENT,
    SIGN
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED_NAME;
  }

  boolean is(String word) {
    return (kind == Kind.WORD || kind == Kind.SIGN) && text.equalsIgnoreCase(word);
  }

  /** Returns the name that it stands for. */
  String name() {
    if (kind != Kind.QUOTED_NAME) {
      return text;
    }
    boolean closed = text.length() > 1 && text.endsWith("`");
    return text.substring(1, text.length() - (closed ? 1 : 0)).replace("``", "`");
  }

  String upper() {
    return kind == Kind.WORD || kind == Kind.SIGN ? text.toUpperCase(Locale.ROOT) : "";
  }

  /** Returns the tokens of a text, comments too. */
  static List<SqlToken> of(String sql) {
    List<SqlToken> tokens = new ArrayList<>();
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      Kind kind = Kind.SIGN;
      int end = at + 1;
      if (Character.isLetter(c) || c == '_') {
        kind = Kind.WORD;
        while (end < sql.length() && isWordPart(sql.charAt(end))) {
          end++;
        }
      } else if (Character.isDigit(c)) {
        kind = Kind.LITERAL;
        while (end < sql.length() && (isWordPart(sql.charAt(end)) || sql.charAt(end) == '.')) {
          end++;
        }
      } else if (c == '`') {
        kind = Kind.QUOTED_NAME;
        end = endOfQuotes(sql, at, false);
      } else if (c == '\'' || c == '"') {
        kind = Kind.LITERAL;
        end = endOfQuotes(sql, at, true);
      } else if (sql.startsWith("--", at)) {
        kind = Kind.COMMENT;
        int line = sql.indexOf('\n', at);
        end = line < 0 ? sql.length() : line;
      } else if (sql.startsWith("/*", at)) {
        kind = Kind.COMMENT;
        int close = sql.indexOf("*/", at + 2);
        end = close < 0 ? sql.length() : close + 2;
      }
      tokens.add(new SqlToken(kind, at, end, sql.substring(at, end)));
      at = end;
    }
    return tokens;
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static int endOfQuotes(String sql, int start, boolean escapes) {
    char quote = sql.charAt(start);
    int at = start + 1;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (escapes && c == '\\') {
        at++;
      } else if (c == quote) {
        if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
          at++;
        } else {
          return at + 1;
        }
      }
      at++;
    }
    return sql.length();
  }
}
