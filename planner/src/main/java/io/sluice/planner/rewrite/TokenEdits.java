package io.sluice.planner.rewrite;

import io.sluice.planner.SourceMap;
import io.sluice.planner.parse.ParsedSql;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.Token;

/**
 * Changes to a text, made token by token. What is not changed is copied as it was written, white
 * space too; comments are left out, since other parsers in front of Spark's read them differently.
 */
public final class TokenEdits {

  private record Replacement(int last, String text) {}

  private final Map<Integer, Replacement> replacements = new HashMap<>();
  private final Map<Integer, StringBuilder> insertions = new HashMap<>();

  /** Puts a text in place of the tokens from one to another, both included. */
  public void replace(Token first, Token last, String text) {
    replacements.put(first.getTokenIndex(), new Replacement(last.getTokenIndex(), text));
  }

  /** Takes out the tokens from one up to another, which stays. */
  void removeBefore(Token first, Token kept) {
    replacements.put(first.getTokenIndex(), new Replacement(kept.getTokenIndex() - 1, ""));
  }

  /** Puts a text before a token that is not the first of what is rendered. */
  void insertBefore(Token token, String text) {
    insertAfter(token.getTokenIndex() - 1, text);
  }

  /** Puts a text behind a token or behind the replacement that ends with it. */
  void insertAfter(Token token, String text) {
    insertAfter(token.getTokenIndex(), text);
  }

  private void insertAfter(int index, String text) {
    insertions.computeIfAbsent(index, key -> new StringBuilder()).append(text);
  }

  /** Returns the changed text of the tokens from one to another, both included. */
  public SourceMap render(ParsedSql<?> sql, Token first, Token last) {
    List<Token> tokens = sql.tokens().getTokens();
    SourceMap.Writer output =
        new SourceMap.Writer(sql.text(), last.getStopIndex() - first.getStartIndex() + 1);
    int index = first.getTokenIndex();
    while (index <= last.getTokenIndex()) {
      Token token = tokens.get(index);
      Replacement replacement = replacements.get(index);
      int end = index;
      if (replacement != null) {
        output.append(replacement.text());
        end = replacement.last();
      } else if (token.getChannel() != Token.DEFAULT_CHANNEL && ExpressionRules.isComment(token)) {
        output.append(" ");
      } else {
        output.copy(sql.text(token), token.getStartIndex());
      }
      StringBuilder insertion = insertions.get(end);
      if (insertion != null) {
        output.append(insertion);
      }
      index = end + 1;
    }
    return output.finish();
  }
}
