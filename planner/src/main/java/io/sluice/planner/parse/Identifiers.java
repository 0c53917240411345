package io.sluice.planner.parse;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.ErrorCapturingIdentifierContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.MultipartIdentifierContext;

/** Names as Spark reads and writes them. */
public final class Identifiers {

  private Identifiers() {}

  /**
   * Returns the name that an identifier's context stands for: backquotes taken off, doubled ones
   * made single.
   *
   * @throws SluiceException {@code NOT_SUPPORTED} for {@code IDENTIFIER('…')} and hyphens
   */
  public static String name(ParserRuleContext identifier) {
    if (identifier.getStart() != identifier.getStop()) {
      throw new SluiceException(
          ErrorCode.NOT_SUPPORTED,
          identifier.getStart().getType() == SqlBaseLexer.IDENTIFIER_KW
              ? "IDENTIFIER() is not served; write the name itself."
              : "A name with a hyphen must stand in backquotes.",
          position(identifier.getStart()));
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

  /** Returns the parts of a name. */
  public static List<String> parts(MultipartIdentifierContext name) {
    List<String> parts = new ArrayList<>(name.parts.size());
    for (ErrorCapturingIdentifierContext part : name.parts) {
      parts.add(name(part));
    }
    return parts;
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

  /** Returns where a token stands in the text. */
  public static TextPosition position(Token token) {
    return new TextPosition(token.getLine(), token.getCharPositionInLine());
  }
}
