package io.sluice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StatementStateTest {

  @Test
  void onlyTheThreeEndingsAbsorb() {
    Set<StatementState> terminal = EnumSet.noneOf(StatementState.class);
    for (StatementState state : StatementState.values()) {
      if (state.isTerminal()) {
        terminal.add(state);
      }
    }
    assertThat(terminal)
        .containsExactly(StatementState.FINISHED, StatementState.FAILED, StatementState.CANCELED);
  }

  /** That it does so once is the statement's own affair. */
  @Test
  void onlyWhatWasGivenToAReplicaGoesBackToTheQueue() {
    Set<StatementState> before = EnumSet.noneOf(StatementState.class);
    for (StatementState state : StatementState.values()) {
      if (state.next().contains(StatementState.QUEUED)) {
        before.add(state);
      }
    }
    assertThat(before)
        .containsExactly(StatementState.ANALYZED, StatementState.ROUTED, StatementState.RUNNING);
  }

  @ParameterizedTest
  @EnumSource
  void everyStateIsReachedAndEveryLivingStateCanFailOrBeCanceled(StatementState state) {
    Set<StatementState> reached = EnumSet.of(StatementState.RECEIVED);
    ArrayDeque<StatementState> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      for (StatementState next : open.pop().next()) {
        if (reached.add(next)) {
          open.push(next);
        }
      }
    }
    assertThat(reached).contains(state);
    if (!state.isTerminal()) {
      assertThat(state.next()).contains(StatementState.FAILED, StatementState.CANCELED);
      assertThat(state.next()).doesNotContain(StatementState.RECEIVED);
    }
  }
}
