package io.sluice.planner.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkParserTest {

  private static final int MEBI = 1024 * 1024;

  /** The deadline is far off: a machine that builds may be slow. */
  private final SparkParser parser = new SparkParser(InstantSource.system(), Duration.ofMinutes(5));

  private static String nested(String before, String core, String after, int levels) {
    return "select " + before.repeat(levels) + core + after.repeat(levels);
  }

  private ErrorCode refusal(String sql) {
    SluiceException refusal =
        catchThrowableOfType(SluiceException.class, () -> onDeepStack(() -> parser.statement(sql)));
    return refusal.code();
  }

  /** Runs as the planner's threads do. */
  private static void onDeepStack(Runnable work) {
    FutureTask<Void> task = new FutureTask<>(work, null);
    new Thread(null, task, "deep", 16 * MEBI).start();
    try {
      task.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          (             | 1       | )
          abs(          | 1       | )
          array(1)[     | 0       | ]
          "not "        | true    | ""
          "- "          | 1       | ""
          ~             | 1       | ""
          "case when true then " | 1 | " end"
          "case "       | 1       | " when 1 then 2 end"
          "(select "    | 1       | )
          "exists (select "  | 1  | )
          "1 in (select " | 1     | )
          "x -> "       | 1       | ""
          struct(       | 1       | )
          "cast("       | 1       | " as int)"
          "* from (select " | 1   | )
          "* from nation, lateral (select " | 1 | )
          """)
  void whatNestsIsServedToALevelAndRefusedFarBeyond(String before, String core, String after) {
    onDeepStack(() -> parser.statement(nested(before, core, after, 90)));
    assertThat(refusal(nested(before, core, after, 5000)))
        .isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
  }

  @Test
  void twoHundredBracketsAreServedAndOneMoreIsNot() {
    onDeepStack(() -> parser.statement(nested("(", "1", ")", 200)));
    assertThat(refusal(nested("(", "1", ")", 201))).isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
    onDeepStack(() -> parser.statement(nested("(select ", "1", ")", 200)));
    onDeepStack(() -> parser.statement(nested("* from (select ", "1", ")", 199)));
  }

  @Test
  void nestedTypesCount() {
    assertThat(
            refusal(
                "select cast(null as " + "array<".repeat(5000) + "int" + ">".repeat(5000) + ")"))
        .isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
    onDeepStack(
        () ->
            parser.statement(
                "select cast(null as " + "array<".repeat(150) + "int" + ">".repeat(150) + ")"));
  }

  @Test
  void nestedCommentsCount() {
    onDeepStack(() -> parser.statement("select " + "/*".repeat(200) + "*/".repeat(200) + " 1"));
    assertThat(refusal("select " + "/*".repeat(201) + "*/".repeat(201) + " 1"))
        .isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
    assertThat(refusal("select " + "/*".repeat(500_000) + " 1"))
        .isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
    assertThat(refusal("select " + "/* ".repeat(500_000) + " 1"))
        .isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
  }

  @Test
  void aTextOfAMebibyteIsServedAndOneOfThreeIsNot() {
    onDeepStack(() -> parser.statement("select '" + "x".repeat(MEBI) + "'"));
    onDeepStack(() -> parser.statement("select 1 in (" + "123456, ".repeat(MEBI / 8) + "7)"));
    assertThat(refusal("select '" + "x".repeat(3 * MEBI) + "'"))
        .isEqualTo(ErrorCode.STATEMENT_TOO_LARGE);
  }

  @Test
  void theLimitIsInBytesOfUtf8() {
    assertThat(refusal("select '" + "€".repeat(MEBI) + "'"))
        .isEqualTo(ErrorCode.STATEMENT_TOO_LARGE);
    String umlauts = "select '" + "ä".repeat(MEBI - 5) + "'";
    onDeepStack(() -> parser.statement(umlauts + " "));
    assertThat(refusal(umlauts + "  ")).isEqualTo(ErrorCode.STATEMENT_TOO_LARGE);
  }

  @Test
  void aTextOfMillionsOfTokensIsRefused() {
    assertThat(refusal("select 1" + ",1".repeat(500_000)))
        .isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
  }

  @Test
  void aParseThatTakesTooLongEnds() {
    AtomicLong now = new AtomicLong();
    InstantSource slow = () -> Instant.ofEpochMilli(now.addAndGet(1000));
    SparkParser hurried = new SparkParser(slow, Duration.ofSeconds(5));
    SluiceException refusal =
        catchThrowableOfType(
            SluiceException.class, () -> hurried.statement("select 1" + ", 1".repeat(10_000)));
    assertThat(refusal.code()).isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
    assertThat(refusal).hasMessageContaining("too long to parse");
    // It ended at once, not when the text did: the clock is asked once in 256 tokens.
    assertThat(now.get()).isLessThan(10_000);
  }

  @Test
  void aCommentThatTakesTooLongEnds() {
    AtomicLong now = new AtomicLong();
    SparkParser hurried =
        new SparkParser(() -> Instant.ofEpochMilli(now.addAndGet(1000)), Duration.ofSeconds(5));
    SluiceException refusal =
        catchThrowableOfType(
            SluiceException.class,
            () -> hurried.statement("select /* " + "x".repeat(MEBI) + " */ 1"));
    assertThat(refusal).hasMessageContaining("too long to parse");
    assertThat(now.get()).isLessThan(10_000);
  }

  @Test
  void wordsAreKeywordsInAnyCaseAsSparkFoldsThem() {
    assertThat(parser.statement("ſelect 1").tree().getStart().getText()).isEqualTo("ſelect");
  }

  @Test
  void aSettingsValueMayHoldWhatOpensAComment() {
    assertThat(parser.statement("SET path=/a/*").tree().singleStatement()).isNotNull();
    assertThat(refusal("SET TIME ZONE 'UTC' /*")).isEqualTo(ErrorCode.PARSE_SYNTAX_ERROR);
    assertThat(refusal("select 1 /*")).isEqualTo(ErrorCode.PARSE_SYNTAX_ERROR);
  }

  @Test
  void namesLoseTheirQuotes() {
    assertThat(Identifiers.name(parser.expression("`a``b`").tree().namedExpression().expression()))
        .isEqualTo("a`b");
    assertThat(Identifiers.quote("a`b")).isEqualTo("`a``b`");
    assertThat(Identifiers.literal("a'b\\")).isEqualTo("'a\\'b\\\\'");
  }

  @Test
  void whatIsLearnedIsShared() {
    parser.statement("select a, b from t where c = 1");
    int learned = parser.cachedStates();
    parser.statement("select a, b from t where c = 1");
    assertThat(parser.cachedStates()).isEqualTo(learned).isPositive();
  }
}
