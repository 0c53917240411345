package io.sluice.planner.parse;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import java.util.List;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;

/** Names as Spark reads and writes them. */
public final class Identifiers {

  private Identifiers() {}

  /**
   * Returns the name that an identifier's context stands for: backquotes taken off, doubled ones
   * made single.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for {@code IDENTIFIER('…')}, {@code
   *     PARSE_SYNTAX_ERROR} for a hyphen
   */
  public static String name(ParserRuleContext identifier) {
    if (identifier.getStart() != identifier.getStop()) {
      boolean clause = identifier.getStart().getType() == SqlBaseLexer.IDENTIFIER_KW;
      throw new SluiceException(
          clause ? ErrorCode.NOT_SUPPORTED : ErrorCode.PARSE_SYNTAX_ERROR,
          clause
              ? "IDENTIFIER() is not served; write the name itself."
              : "A name with a hyphen must stand in backquotes.",
          position(identifier));
    }
    return name(identifier.getStart());
  }

  /** Returns the name that one token stands for. */
  public static String name(Token token) {
    String text = token.getText();
    return token.getType() == SqlBaseLexer.BACKQUOTED_IDENTIFIER
        ? text.substring(1, text.length() - 1).replace("``", "`")
        : text;
  }

  /** Returns the parts of a name, or the names in a list. */
  public static List<String> parts(ParserRuleContext names) {
    return names.getRuleContexts(ParserRuleContext.class).stream().map(Identifiers::name).toList();
  }

  /** Returns an identifier in backquotes. */
  public static String quote(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  /** Returns a name of several parts, each in backquotes. */
  public static String quote(List<String> parts) {
    return parts.stream().map(Identifiers::quote).collect(Collectors.joining("."));
  }

  /** Returns a string literal, as Spark reads it with its default settings. */
  public static String literal(String value) {
    return '\'' + value.replace("\\", "\\\\").replace("'", "\\'") + '\'';
  }

  /** Returns where a part of the text begins. */
  public static TextPosition position(ParserRuleContext part) {
    return position(part.getStart());
  }

  /** Returns where a token stands in the text. */
  public static TextPosition position(Token token) {
    return new TextPosition(token.getLine(), token.getCharPositionInLine());
  }
}
