package io.sluice.planner.iceberg;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.parse.Identifiers;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;

/** The tokens of a text, read one after the other. */
final class Words {

  private final List<Token> tokens;
  private int next;

  /**
   * @param tokens without hidden ones; the last is the end of the text
   */
  Words(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(Math.min(next, tokens.size() - 1));
  }

  /** Returns whether these words come next, in any case. */
  boolean at(String... words) {
    for (int index = 0; index < words.length; index++) {
      int position = next + index;
      if (position >= tokens.size() || !is(tokens.get(position), words[index])) {
        return false;
      }
    }
    return true;
  }

  private static boolean is(Token token, String word) {
    return token.getType() != Token.EOF
        && token.getType() != SqlBaseLexer.BACKQUOTED_IDENTIFIER
        && token.getText().equalsIgnoreCase(word);
  }

  /** Takes these words if they come next. */
  boolean take(String... words) {
    if (!at(words)) {
      return false;
    }
    next += words.length;
    return true;
  }

  void expect(String word) {
    if (!take(word)) {
      throw wrong(word);
    }
  }

  boolean atEnd() {
    return peek().getType() == Token.EOF;
  }

  /** Takes the end of the text, before which semicolons may stand. */
  void expectEnd() {
    while (take(";")) {
      // Spark takes any number of them.
    }
    if (!atEnd()) {
      throw wrong("the end of the statement");
    }
  }

  /** Takes an identifier and returns its name. */
  String identifier() {
    Token token = peek();
    String name = Identifiers.name(token);
    boolean quoted = token.getType() == SqlBaseLexer.BACKQUOTED_IDENTIFIER;
    if (token.getType() == Token.EOF || !(quoted ? isPlain(name) : isWord(name))) {
      throw wrong("a name");
    }
    next++;
    return name;
  }

  /** Takes a name of one part or more. */
  List<String> name() {
    List<String> parts = new ArrayList<>();
    do {
      parts.add(identifier());
    } while (take("."));
    return parts;
  }

  /** Takes a whole number that is not negative. */
  long number() {
    Token token = peek();
    if (token.getType() == SqlBaseLexer.INTEGER_VALUE) {
      try {
        long number = Long.parseLong(token.getText());
        next++;
        return number;
      } catch (NumberFormatException tooLarge) {
        throw wrong("a whole number");
      }
    }
    throw wrong("a whole number");
  }

  boolean atNumber() {
    return peek().getType() == SqlBaseLexer.INTEGER_VALUE;
  }

  private static boolean isWord(String name) {
    return name.matches("[A-Za-z0-9_]*[A-Za-z_][A-Za-z0-9_]*");
  }

  private static boolean isPlain(String name) {
    return !name.isEmpty() && name.codePoints().noneMatch(Character::isISOControl);
  }

  SluiceException wrong(String expected) {
    return new SluiceException(
        ErrorCode.PARSE_SYNTAX_ERROR,
        "Syntax error at or near %s: expected is %s."
            .formatted(atEnd() ? "end of input" : "'" + peek().getText() + "'", expected),
        Identifiers.position(peek()));
  }
}
