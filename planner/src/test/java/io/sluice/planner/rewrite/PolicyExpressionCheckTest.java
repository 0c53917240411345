package io.sluice.planner.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.planner.policy.ExpressionCheck.Use;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What shows of an expression without its table. */
class PolicyExpressionCheckTest {

  private final PolicyExpressionCheck check = new PolicyExpressionCheck(InstantSource.system());

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      textBlock =
          """
          ok -- comment                     | holds a comment
          ok /* comment */                  | holds a comment
          ok; drop table x                  | cannot be parsed: Syntax error at or near ';'
          ok) or (true                      | cannot be parsed
          ok and                            | has a name
          ok, ok                            | cannot be parsed
          ok as x                           | has a name
          user in (select n from nation)    | subquery
          exists (select 1)                 | subquery
          (select true)                     | subquery
          *                                 | star
          user = ?                          | parameter
          exists(array(ok), x -> x)         | lambda
          rand() < 0.5                      | may not call rand
          uuid() = 'x'                      | may not call uuid
          max(ok)                           | may not call max
          lake.f(user)                      | may not call
          no_such(user)                     | may not call no_such
          upper(rand()) = 'x'               | may not call rand
          identifier('ok')                  | IDENTIFIER
          user = '${x}'                     | holds ${
          1 + 1                             | not boolean
          ('true')                          | not boolean
          """)
  void aFilterThatBreaksARuleIsRefusedWithTheRule(String filter, String reason) {
    assertThat(check.problem(Use.ROW_FILTER, filter).orElse("")).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ok",
        "any_column = 'x' and other.part > 3",
        "user = current_user()",
        "at > current_timestamp()",
        "upper(user) in ('A', 'B')",
        "true",
        "user = '-- /* ; */'",
      })
  void aFilterWhoseColumnsMayBeThereIsLeftToItsTable(String filter) {
    assertThat(check.problem(Use.ROW_FILTER, filter)).isEmpty();
  }

  @Test
  void aMaskIsAnyExpressionOfItsColumn() {
    assertThat(check.problem(Use.MASK, "concat(left({col}, 1), 'x')")).isEmpty();
    assertThat(check.problem(Use.MASK, "1 + 1")).isEmpty();
    assertThat(check.problem(Use.MASK, "{col")).isPresent();
    assertThat(check.problem(Use.MASK, "(select {col})")).isPresent();
  }

  @Test
  void nestingThatNoStatementMayHaveIsRefused() {
    assertThat(check.problem(Use.ROW_FILTER, "(".repeat(300) + "ok" + ")".repeat(300))).isPresent();
  }
}
