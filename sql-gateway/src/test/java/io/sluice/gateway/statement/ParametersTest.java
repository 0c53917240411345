package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.SourceMap;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.connect.proto.Expression.Literal;
import org.junit.jupiter.api.Test;

class ParametersTest {

  private static final Literal ONE = Literal.newBuilder().setInteger(1).build();
  private static final Literal TWO = Literal.newBuilder().setInteger(2).build();

  private static Analysis.SparkQuery query(int markers, String... names) {
    return new Analysis.SparkQuery(
        "select",
        List.of(),
        false,
        Collections.nCopies(markers, Optional.empty()),
        List.of(),
        false,
        List.of(),
        List.of(),
        SourceMap.ofOwn("select"),
        "",
        List.of(names));
  }

  private static void refuses(Parameters parameters, Analysis.SparkQuery query, String message) {
    assertThatThrownBy(() -> parameters.inOrder(query))
        .isInstanceOfSatisfying(
            SluiceException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.PARAMETER_MISMATCH))
        .hasMessage(message);
  }

  @Test
  void aValueGoesWhereverItsNameStands() {
    assertThat(Parameters.of(Map.of("a", ONE, "b", TWO)).inOrder(query(3, "b", "a", "b")))
        .containsExactly(TWO, ONE, TWO);
    assertThat(Parameters.of(List.of(ONE, TWO)).inOrder(query(2))).containsExactly(ONE, TWO);
  }

  @Test
  void aLongValueIsNotSentOftenWithoutBound() {
    Literal mebibyte = Literal.newBuilder().setString("x".repeat(1 << 20)).build();
    String[] names = Collections.nCopies(17, "a").toArray(String[]::new);
    assertThatThrownBy(() -> Parameters.of(Map.of("a", mebibyte)).inOrder(query(17, names)))
        .isInstanceOfSatisfying(
            SluiceException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.STATEMENT_TOO_LARGE));
    assertThat(Parameters.of(Map.of("a", mebibyte)).inOrder(query(2, "a", "a"))).hasSize(2);
  }

  @Test
  void whatIsMissingOrTooManyIsNamed() {
    refuses(Parameters.of(List.of()), query(1, "a"), "No value was given for the parameter :a.");
    refuses(
        Parameters.of(Map.of("A", ONE)), query(1, "a"), "No value was given for the parameter :a.");
    refuses(
        Parameters.of(Map.of("a", ONE, "it's", TWO)),
        query(1, "a"),
        "The statement has no parameter :`it's`.");
    refuses(Parameters.of(Map.of("a", ONE)), query(0), "The statement has no parameter :a.");
    refuses(
        Parameters.of(List.of(ONE)),
        query(1, "a"),
        "The statement has named parameters; give their values by name.");
    refuses(
        Parameters.of(List.of(ONE)),
        query(2),
        "The statement has 2 parameter markers, but 1 values were given.");
  }
}
