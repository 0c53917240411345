package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.TextPosition;
import io.sluice.planner.Analysis;
import io.sluice.planner.SourceMap;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DisclosureTest {

  /** The user's {@code select a from t} with the name replaced. */
  private static Analysis.SparkQuery query(boolean restricted, List<Optional<String>> parameters) {
    SourceMap.Writer text = new SourceMap.Writer("\nselect a from t x", 18);
    text.copy("select a from ", 1);
    text.append("lake.tpch.t");
    text.copy(" x", 16);
    return new Analysis.SparkQuery(
        "",
        List.of(),
        restricted,
        parameters,
        List.of(),
        false,
        List.of(),
        List.of(),
        text.finish(),
        "");
  }

  private static SluiceException error(String errorClass, int column) {
    return SluiceException.ofSpark(errorClass, "42703", "secret", new TextPosition(1, column));
  }

  @Test
  void underARestrictionSparksWordsAreForAdministrators() {
    SluiceException told =
        Disclosure.of(query(true, List.of()), false).apply(error("UNRESOLVED_COLUMN", 7));
    assertThat(told.clientText(null))
        .startsWith("[UNRESOLVED_COLUMN] ")
        .contains("(line 2, column 8)", "SQLSTATE 42703")
        .doesNotContain("secret");
    assertThat(Disclosure.of(query(true, List.of()), true).apply(error("X", 7)))
        .hasMessage("secret");
    assertThat(Disclosure.withheld().apply(error("X", 7)))
        .hasMessageNotContaining("secret")
        .satisfies(error -> assertThat(((SluiceException) error).position()).isEmpty());
  }

  @Test
  void withoutARestrictionEverybodyReadsThemButNotThoseOfADefect() {
    UnaryOperator<SluiceException> disclosure = Disclosure.of(query(false, List.of()), false);
    assertThat(disclosure.apply(error("DIVIDE_BY_ZERO", 7))).hasMessage("secret");
    for (String defect :
        List.of(
            "INTERNAL_ERROR", "INTERNAL_ERROR_SHUFFLE", "PLAN_VALIDATION_FAILED_RULE_IN_BATCH")) {
      SluiceException told = disclosure.apply(error(defect, 7));
      assertThat(told).hasMessageNotContaining("secret");
      assertThat(told.errorClass()).isEqualTo(defect);
    }
    assertThat(Disclosure.of(query(false, List.of()), true).apply(error("INTERNAL_ERROR", 7)))
        .hasMessage("secret");
  }

  @Test
  void aPlaceIsToldOnlyIfItIsOneOfTheUsersOwn() {
    UnaryOperator<SluiceException> disclosure = Disclosure.of(query(false, List.of()), false);
    assertThat(disclosure.apply(error("X", 0)).position()).contains(new TextPosition(2, 0));
    assertThat(disclosure.apply(error("X", 26)).position()).contains(new TextPosition(2, 16));
    assertThat(disclosure.apply(error("X", 14)).position()).as("a replaced name").isEmpty();
    assertThat(disclosure.apply(error("X", 27)).position()).as("behind the end").isEmpty();
    assertThat(
            Disclosure.of(query(false, List.of(Optional.of("int"))), true)
                .apply(error("X", 0))
                .position())
        .as("Spark counts in a text with the parameters' values")
        .isEmpty();
  }

  @Test
  void theGatewaysOwnErrorsStayAsTheyAre() {
    SluiceException own =
        new SluiceException(ErrorCode.STATEMENT_OUTDATED, "own", new TextPosition(3, 4));
    assertThat(Disclosure.of(query(true, List.of()), false).apply(own)).isSameAs(own);
    assertThat(Disclosure.withheld().apply(own)).isSameAs(own);
  }
}
