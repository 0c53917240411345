package io.sluice.planner.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.SluiceException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.antlr.v4.runtime.Token;
import org.junit.jupiter.api.Test;

/** What is learned about the grammar stays bounded, however many texts come. */
class ParserCachesTest {

  /** A million in the long run. */
  private static final int TEXTS = Integer.getInteger("sluice.texts", 256);

  /** With few texts the limit is low, so that it is met all the same. */
  private static final int LIMIT = TEXTS > 100_000 ? ParserCaches.MOST_STATES : 200;

  /** The limit is looked at once in eight texts. */
  private static final int LEARNED_MEANWHILE = 2_000;

  private static final int TEXTS_PER_COUNT = 5;

  @Test
  void whatIsLearnedFromManyDistinctTextsIsForgottenAtALimit() {
    SparkParser parser = new SparkParser(InstantSource.system(), Duration.ofMinutes(5), LIMIT);
    RandomSql texts = new RandomSql(7);
    int learned = 0;
    int most = 0;
    int refused = 0;
    boolean forgotten = false;
    for (int text = 1; text <= TEXTS; text++) {
      try {
        parser.statement(texts.next());
      } catch (SluiceException refusal) {
        refused++;
      }
      if (text % TEXTS_PER_COUNT == 0) {
        int now = parser.cachedStates();
        forgotten |= now < learned;
        most = Math.max(most, now);
        learned = now;
      }
    }
    System.out.printf(
        "%,d texts, %,d refused: %,d states at most, %,d in the lexer%n",
        TEXTS, refused, most, parser.cachedLexerStates());
    assertThat(refused).isLessThan(TEXTS / 4);
    assertThat(forgotten).as("%d states were met", LIMIT).isEqualTo(most > LIMIT);
    assertThat(most).isBetween(200, LIMIT + LEARNED_MEANWHILE);
    assertThat(parser.cachedLexerStates()).isLessThanOrEqualTo(ForgetfulLexer.MOST_STATES);
  }

  /** The lexer recurses too: each order in which comments open and close is a new one to it. */
  @Test
  void whatNestedCommentsTeachTheLexerIsForgottenAtALimit() {
    SparkParser parser = new SparkParser(InstantSource.system(), Duration.ofMinutes(5));
    Random random = new Random(11);
    int most = 0;
    boolean forgotten = false;
    int before = 0;
    for (int text = 0; text < 30; text++) {
      parser.statement("select 1 " + comment(random) + " + 1");
      int now = parser.cachedLexerStates();
      most = Math.max(most, now);
      forgotten |= now < before;
      before = now;
    }
    assertThat(forgotten).as("the limit was met").isTrue();
    assertThat(most).isLessThanOrEqualTo(ForgetfulLexer.MOST_STATES);
  }

  /** The same within a single token. */
  @Test
  void oneLongCommentIsReadAsItIs() {
    SparkParser parser = new SparkParser(InstantSource.system(), Duration.ofMinutes(5));
    Random random = new Random(12);
    StringBuilder inner = new StringBuilder();
    for (int part = 0; part < 15; part++) {
      inner.append(comment(random)).append(" x ");
    }
    List<Token> tokens = parser.firstTokens("select /* " + inner + "*/ 1", 3);
    assertThat(tokens).extracting(Token::getText).containsExactly("select", "1", "<EOF>");
    assertThat(parser.cachedLexerStates()).isLessThanOrEqualTo(ForgetfulLexer.MOST_STATES);
  }

  /** A comment of comments that closes as often as it opens. */
  private static String comment(Random random) {
    StringBuilder text = new StringBuilder("/* ");
    int depth = 1;
    for (int part = 0; part < 150; part++) {
      boolean open = depth == 1 || random.nextInt(100) < 55;
      depth += open ? 1 : -1;
      text.append(open ? "/* " : "*/ ").append((char) ('a' + random.nextInt(26)));
    }
    return text + "*/".repeat(depth);
  }
}
