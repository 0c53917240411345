package io.sluice.planner.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.planner.FakePolicies;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EvidenceTest {

  private final FakePolicies policies = new FakePolicies();
  private final Evidence evidence = new Evidence(policies);
  private final AtomicInteger answer = new AtomicInteger(1);

  @Test
  void anAnalysisSeesOneStateThatIsComparedLater() {
    assertThat(evidence.ask(List.of("a"), answer::get)).isEqualTo(1);
    answer.set(2);
    assertThat(evidence.ask(List.of("a"), answer::get)).isEqualTo(1);
    assertThat(evidence.isLasting()).isTrue();
    assertThat(evidence.holds()).isFalse();
    answer.set(1);
    assertThat(evidence.holds()).isTrue();
  }

  @Test
  void aQuestionThatFailedMayHaveAnAnswerAtAnyTime() {
    assertThatThrownBy(
            () ->
                evidence.ask(
                    List.of("a"),
                    () -> {
                      throw new IllegalStateException("no answer");
                    }))
        .hasMessage("no answer");
    assertThat(evidence.isLasting()).isFalse();
    evidence.ask(List.of("b"), answer::get);
    assertThat(evidence.isLasting()).isFalse();
  }

  @Test
  void aQuestionThatFailsLaterHasNotTheSameAnswer() {
    evidence.ask(List.of("a"), () -> 6 / answer.get());
    answer.set(0);
    assertThat(evidence.holds()).isFalse();
  }

  @Test
  void policiesThatChangeWhileTheyAreAskedAreOfNoOneState() {
    evidence.policiesOf("lake");
    assertThat(evidence.isLasting()).isTrue();
    policies.version(Optional.of("v2"));
    assertThat(evidence.holds()).isFalse();
    evidence.policiesOf("lake");
    assertThat(evidence.isLasting()).isFalse();
  }
}
