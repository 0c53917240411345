package io.sluice.planner.parse;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/** Turns the first syntax error into a refusal. */
final class SyntaxErrorListener extends BaseErrorListener {

  private static final int LONGEST_EXCERPT = 40;

  @Override
  public void syntaxError(
      Recognizer<?, ?> recognizer,
      @Nullable Object symbol,
      int line,
      int column,
      String message,
      @Nullable RecognitionException cause) {
    String where = "Syntax error.";
    if (symbol instanceof Token token) {
      where =
          token.getType() == Token.EOF
              ? "Syntax error at or near end of input."
              : "Syntax error at or near '" + excerpt(token.getText()) + "'.";
    }
    throw new SluiceException(ErrorCode.PARSE_SYNTAX_ERROR, where, new TextPosition(line, column));
  }

  private static String excerpt(String text) {
    return text.codePointCount(0, text.length()) <= LONGEST_EXCERPT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_EXCERPT)) + "…";
  }
}
