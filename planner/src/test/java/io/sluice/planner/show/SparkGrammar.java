package io.sluice.planner.show;

import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.misc.Interval;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleStatementContext;

/** As much of a parser as tests need. */
final class SparkGrammar {

  private SparkGrammar() {}

  static ParserRuleContext parse(String sql) {
    SqlBaseLexer lexer = new SqlBaseLexer(new UpperCaseLookahead(CharStreams.fromString(sql)));
    SqlBaseParser parser = new SqlBaseParser(new CommonTokenStream(lexer));
    parser.parameter_substitution_enabled = true;
    parser.removeErrorListeners();
    parser.addErrorListener(
        new BaseErrorListener() {
          @Override
          public void syntaxError(
              Recognizer<?, ?> recognizer,
              Object symbol,
              int line,
              int column,
              String message,
              RecognitionException e) {
            throw new IllegalArgumentException(sql + ": " + message, e);
          }
        });
    SingleStatementContext single = parser.compoundOrSingleStatement().singleStatement();
    return single.statement() != null ? single.statement() : single.setResetStatement();
  }

  /** Matches keywords in any case, and leaves the text as it is. */
  private record UpperCaseLookahead(CharStream text) implements CharStream {

    @Override
    public int LA(int offset) {
      int c = text.LA(offset);
      return c <= 0 ? c : Character.toUpperCase(c);
    }

    @Override
    public String getText(Interval interval) {
      return text.getText(interval);
    }

    @Override
    public void consume() {
      text.consume();
    }

    @Override
    public int mark() {
      return text.mark();
    }

    @Override
    public void release(int marker) {
      text.release(marker);
    }

    @Override
    public int index() {
      return text.index();
    }

    @Override
    public void seek(int index) {
      text.seek(index);
    }

    @Override
    public int size() {
      return text.size();
    }

    @Override
    public String getSourceName() {
      return text.getSourceName();
    }
  }
}
