package io.sluice.policy.ranger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.Principal;
import io.sluice.model.TableName;
import io.sluice.planner.policy.TableDecision;
import io.sluice.policy.ranger.DecisionMemory.Question;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is decided once, and what anew. */
class DecisionMemoryTest {

  private static final TableName TABLE = new TableName("lake", "s", "t");

  private final DecisionMemory memory = new DecisionMemory();
  private int decided;

  private TableDecision ask(Question question) {
    return memory.get(
        question,
        () -> {
          decided++;
          return TableDecision.denied(String.valueOf(decided));
        });
  }

  private static Question question(String user, Set<String> groups, String... columns) {
    return new Question(new Principal(user, groups), TABLE, List.of(columns));
  }

  @Test
  void theSameQuestionIsDecidedOnce() {
    TableDecision first = ask(question("ann", Set.of("g"), "a", "b"));
    assertThat(ask(question("ann", Set.of("g"), "a", "b"))).isSameAs(first);
    assertThat(decided).isEqualTo(1);
  }

  @Test
  void whoeverAsksByOtherGroupsOrForOtherColumnsIsAnsweredAnew() {
    List<Question> questions =
        List.of(
            question("ann", Set.of("g"), "a", "b"),
            question("Ann", Set.of("g"), "a", "b"),
            question("ann", Set.of(), "a", "b"),
            question("ann", Set.of("g"), "b", "a"),
            question("ann", Set.of("g"), "a"),
            question("ann", Set.of("g"), "A", "b"),
            new Question(
                new Principal("ann", Set.of("g")),
                new TableName("lake", "s", "T"),
                List.of("a", "b")));
    questions.forEach(this::ask);
    questions.forEach(this::ask);
    assertThat(decided).isEqualTo(questions.size());
  }

  @Test
  void aRefusalIsNotKept() {
    Question question = question("ann", Set.of(), "a");
    assertThatThrownBy(
            () ->
                memory.get(
                    question,
                    () -> {
                      throw new IllegalStateException("undecided");
                    }))
        .hasMessage("undecided");
    ask(question);
    assertThat(decided).isEqualTo(1);
  }

  @Test
  void whatWasAskedForLongestAgoMakesRoom() {
    Question kept = question("ann", Set.of(), "a");
    ask(kept);
    for (int user = 0; user < 2 * DecisionMemory.MOST_DECISIONS; user++) {
      ask(question("user" + user, Set.of(), "a"));
      ask(kept);
    }
    assertThat(memory.size()).isEqualTo(DecisionMemory.MOST_DECISIONS);
    assertThat(decided).isEqualTo(1 + 2 * DecisionMemory.MOST_DECISIONS);
    ask(question("user0", Set.of(), "a"));
    assertThat(decided).isEqualTo(2 + 2 * DecisionMemory.MOST_DECISIONS);
  }

  @Test
  void aVeryWideTableIsDecidedEachTime() {
    Question wide =
        new Question(
            new Principal("ann", Set.of()),
            TABLE,
            Collections.nCopies(DecisionMemory.MOST_COLUMNS + 1, "a"));
    ask(wide);
    ask(wide);
    assertThat(decided).isEqualTo(2);
    assertThat(memory.size()).isZero();
  }
}
