package io.sluice.planner.parse;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.antlr.v4.runtime.BailErrorStrategy;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.misc.ParseCancellationException;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.CompoundOrSingleStatementContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SetConfigurationContext;
import org.apache.spark.sql.catalyst.parser.SqlBaseParser.SingleExpressionContext;

/**
 * Parses with the grammar of the Spark version behind the gateway, exactly as Spark does: first
 * with SLL prediction, which nearly always suffices, then with LL. Safe for use by many threads;
 * recursion is bounded by the nesting limit, for which a stack of 16 MiB is ample.
 */
public final class SparkParser {

  private static final Duration LONGEST_PARSE = Duration.ofSeconds(10);

  private final ParserCaches caches;
  private final SyntaxErrorListener errors = new SyntaxErrorListener();
  private final InstantSource clock;
  private final Duration longest;

  public SparkParser(InstantSource clock) {
    this(clock, LONGEST_PARSE);
  }

  SparkParser(InstantSource clock, Duration longest) {
    this(clock, longest, ParserCaches.MOST_STATES);
  }

  /**
   * @param mostStates how much is learned about the grammar before it is forgotten
   */
  SparkParser(InstantSource clock, Duration longest, int mostStates) {
    this.caches = new ParserCaches(mostStates);
    this.clock = clock;
    this.longest = longest;
  }

  /**
   * Parses one statement.
   *
   * @throws SluiceException {@code PARSE_SYNTAX_ERROR}, {@code STATEMENT_TOO_LARGE}, {@code
   *     STATEMENT_TOO_COMPLEX}
   */
  public ParsedSql<CompoundOrSingleStatementContext> statement(String text) {
    return parse(text, SqlBaseParser::compoundOrSingleStatement);
  }

  /** Parses one expression; fails as {@link #statement} does. */
  public ParsedSql<SingleExpressionContext> expression(String text) {
    return parse(text, SqlBaseParser::singleExpression);
  }

  /**
   * Reads a text that is the name of something, and nothing else.
   *
   * @return its parts, unquoted
   * @throws SluiceException as {@link #statement} does; {@code NOT_SUPPORTED} for {@code
   *     IDENTIFIER('…')}
   */
  public List<String> name(String text) {
    return Identifiers.parts(
        parse(text, SqlBaseParser::singleMultipartIdentifier).tree().multipartIdentifier());
  }

  /**
   * Reads the beginning of a text, whatever stands behind it.
   *
   * @param count how many tokens that are not hidden, at least 1
   * @return so many, or all with the end of the text as the last
   * @throws SluiceException {@code STATEMENT_TOO_LARGE}, {@code STATEMENT_TOO_COMPLEX}
   */
  public List<Token> firstTokens(String text, int count) {
    SqlBaseLexer lexer = lexer(text, new Deadline(clock, longest));
    List<Token> tokens = new ArrayList<>();
    Token token;
    do {
      token = lexer.nextToken();
      if (token.getChannel() == Token.DEFAULT_CHANNEL) {
        tokens.add(token);
      }
    } while (tokens.size() < count && token.getType() != Token.EOF);
    return List.copyOf(tokens);
  }

  private SqlBaseLexer lexer(String text, Deadline deadline) {
    Limits.checkText(text);
    SqlBaseLexer lexer =
        new SqlBaseLexer(new UpperCaseStream(CharStreams.fromString(text), deadline));
    caches.install(lexer);
    lexer.removeErrorListeners();
    lexer.addErrorListener(errors);
    return lexer;
  }

  private <T extends ParserRuleContext> ParsedSql<T> parse(
      String text, Function<SqlBaseParser, T> rule) {
    Deadline deadline = new Deadline(clock, longest);
    SqlBaseLexer lexer = lexer(text, deadline);
    DeadlineTokenStream tokens = new DeadlineTokenStream(lexer, deadline);
    tokens.fill();
    boolean unclosed = lexer.has_unclosed_bracketed_comment;
    if (unclosed && tokens.LA(1) != SqlBaseLexer.SET) {
      throw unclosedComment(tokens);
    }
    Limits.checkTokens(tokens.getTokens());

    GuardedParser parser = new GuardedParser(tokens);
    caches.install(parser);
    parser.removeErrorListeners();
    parser.addErrorListener(errors);
    parser.setTrimParseTree(true);
    parser.setErrorHandler(new BailErrorStrategy());
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    T tree;
    try {
      tree = rule.apply(parser);
    } catch (ParseCancellationException unsure) {
      parser.reset();
      parser.setErrorHandler(new DefaultErrorStrategy());
      parser.getInterpreter().setPredictionMode(PredictionMode.LL);
      tree = rule.apply(parser);
    }
    if (unclosed && !isSetting(tree)) {
      throw unclosedComment(tokens);
    }
    return new ParsedSql<>(text, tokens, tree);
  }

  /** In {@code SET path=/a/*} the rest of the text is the value, as in Spark. */
  private static boolean isSetting(ParserRuleContext tree) {
    return tree instanceof CompoundOrSingleStatementContext statement
        && statement.singleStatement() != null
        && statement.singleStatement().setResetStatement() instanceof SetConfigurationContext;
  }

  private static SluiceException unclosedComment(CommonTokenStream tokens) {
    Token last = tokens.get(Math.max(0, tokens.size() - 2));
    return new SluiceException(
        ErrorCode.PARSE_SYNTAX_ERROR,
        "A bracketed comment is not closed.",
        new TextPosition(last.getLine(), last.getCharPositionInLine()));
  }

  /** Returns how much has been learned about the grammar; bounded. */
  int cachedStates() {
    return caches.states();
  }

  /** Returns how much has been learned about the grammar's words; bounded. */
  int cachedLexerStates() {
    return caches.lexerStates();
  }
}
