package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SluiceExceptionTest {

  private static final StatementId STATEMENT = new StatementId(new UUID(0, 7));

  @Test
  void theTextHoldsCodePlaceSqlStateAndStatement() {
    SluiceException error =
        new SluiceException(
            ErrorCode.PARSE_SYNTAX_ERROR, "Syntax error at 'fro'", new TextPosition(2, 4));
    assertThat(error.clientText(STATEMENT))
        .isEqualTo(
            "[PARSE_SYNTAX_ERROR] Syntax error at 'fro' (line 2, column 5) (SQLSTATE 42601,"
                + " statement 00000000-0000-0000-0000-000000000007)");
  }

  @Test
  void aLongTextIsCutButKeepsItsTailAndStaysWithin4KiB() {
    String text =
        new SluiceException(ErrorCode.INTERNAL_ERROR, "x".repeat(100_000)).clientText(STATEMENT);
    assertThat(text).endsWith("… (SQLSTATE XX000, statement " + STATEMENT + ")");
    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(4096);
    String wide =
        new SluiceException(ErrorCode.INTERNAL_ERROR, "漢".repeat(100_000)).clientText(STATEMENT);
    assertThat(wide.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(4096);
  }

  @Test
  void sparksOwnClassAndSqlStateStandInPlaceOfOurs() {
    assertThat(
            SluiceException.ofSpark("DIVIDE_BY_ZERO", "22012", "Division by zero.")
                .clientText(null))
        .isEqualTo("[DIVIDE_BY_ZERO] Division by zero. (SQLSTATE 22012)");
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeHasAFiveCharacterSqlState(ErrorCode code) {
    assertThat(code.sqlState()).matches("[0-9A-Z]{5}");
  }
}
