package io.sluice.planner.parse;

import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/**
 * A text and what the grammar makes of it.
 *
 * @param text as it was given
 * @param tokens all of them, comments and white space on the hidden channel
 * @param tree the whole text
 */
public record ParsedSql<T extends ParserRuleContext>(
    String text, CommonTokenStream tokens, T tree) {

  /** Returns a token as it stands in the text; its own places count code points. */
  public String text(Token token) {
    // Whether the text has characters of two units is not asked for each of many tokens.
    return tokens.getTokenSource().getInputStream().size() == text.length()
        ? text.substring(token.getStartIndex(), token.getStopIndex() + 1)
        : token.getText();
  }
}
