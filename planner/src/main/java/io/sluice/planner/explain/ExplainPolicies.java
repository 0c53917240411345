package io.sluice.planner.explain;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import io.sluice.planner.parse.SparkParser;
import io.sluice.planner.show.StringLiterals;
import java.util.List;
import java.util.Optional;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;

/**
 * A text that begins with {@code EXPLAIN POLICIES}. It is Sluice's own statement: in Spark's
 * grammar no plain name can follow EXPLAIN, so none of Spark's statements begins so.
 *
 * @param first the statement's tokens that are not hidden, as many as were needed
 */
record ExplainPolicies(String sql, List<Token> first) {

  /** EXPLAIN POLICIES FOR USER name, and the first token behind it. */
  private static final int MOST_TOKENS = 6;

  /** Returns the text as such a statement, if it is one, by its first two tokens alone. */
  static Optional<ExplainPolicies> of(String sql, SparkParser parser) {
    if (!mayBegin(sql)) {
      return Optional.empty();
    }
    List<Token> first = parser.firstTokens(sql, MOST_TOKENS);
    boolean recognised =
        first.get(0).getType() == SqlBaseLexer.EXPLAIN
            && first.size() > 1
            && first.get(1).getType() == SqlBaseLexer.IDENTIFIER
            && first.get(1).getText().equalsIgnoreCase("policies");
    return recognised ? Optional.of(new ExplainPolicies(sql, first)) : Optional.empty();
  }

  /** Saves most other statements from being read twice. */
  private static boolean mayBegin(String sql) {
    int index = 0;
    while (index < sql.length() && sql.charAt(index) <= ' ') {
      index++;
    }
    // The word itself, a comment, or white space beyond ASCII.
    return index < sql.length()
        && ("eE/-".indexOf(sql.charAt(index)) >= 0 || sql.charAt(index) > '~');
  }

  /**
   * Returns the user behind FOR USER; empty when the statement has no such clause.
   *
   * @throws SluiceException {@code PARSE_SYNTAX_ERROR} for a clause that is not whole
   */
  Optional<String> user() {
    if (type(2) != SqlBaseLexer.FOR) {
      return Optional.empty();
    }
    if (type(3) != SqlBaseLexer.USER) {
      throw syntaxError(3);
    }
    Token name = token(4);
    return Optional.of(
        switch (name.getType()) {
          case SqlBaseLexer.IDENTIFIER, SqlBaseLexer.BACKQUOTED_IDENTIFIER ->
              Identifiers.name(name);
          case SqlBaseLexer.STRING_LITERAL, SqlBaseLexer.DOUBLEQUOTED_STRING ->
              StringLiterals.unescape(name.getText());
          default -> throw syntaxError(4);
        });
  }

  /**
   * Returns the statement to explain: the text with white space in place of all that stands before
   * it, so that positions in it are positions in the user's own text.
   *
   * @throws SluiceException {@code PARSE_SYNTAX_ERROR} when there is none
   */
  String statement() {
    int index = type(2) == SqlBaseLexer.FOR ? 5 : 2;
    Token start = token(index);
    if (start.getType() == Token.EOF) {
      throw syntaxError(index);
    }
    int begin = sql.offsetByCodePoints(0, start.getStartIndex());
    StringBuilder text = new StringBuilder(sql.length());
    sql.substring(0, begin)
        .codePoints()
        .map(point -> point == '\n' ? point : ' ')
        .forEach(text::appendCodePoint);
    return text.append(sql, begin, sql.length()).toString();
  }

  /** Returns the token that names the user. */
  Token userToken() {
    return token(4);
  }

  /** Returns a token; the end of the text for all that would stand behind it. */
  private Token token(int index) {
    return first.get(Math.min(index, first.size() - 1));
  }

  private int type(int index) {
    return token(index).getType();
  }

  private SluiceException syntaxError(int index) {
    Token token = token(index);
    String where = token.getType() == Token.EOF ? "end of input" : "'" + token.getText() + "'";
    return new SluiceException(
        ErrorCode.PARSE_SYNTAX_ERROR,
        "Syntax error at or near "
            + where
            + "; write EXPLAIN POLICIES [FOR USER name] statement, a name that is a keyword in"
            + " quotes.",
        Identifiers.position(token));
  }
}
