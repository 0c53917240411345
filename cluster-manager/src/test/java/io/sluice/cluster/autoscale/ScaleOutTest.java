package io.sluice.cluster.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published rules, as they were published. */
class ScaleOutTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static ClusterState state(
      int replicas, int queued, double workSeconds, Duration oldest, ScalingHistory history) {
    return new ClusterState(
        java.util.stream.IntStream.range(0, replicas)
            .mapToObj(
                n ->
                    new ScaledReplica(
                        new ReplicaId("main-" + n), ReplicaState.READY, NOON, false, false))
            .toList(),
        new ClusterLoad(10 * replicas, queued, oldest, 0, workSeconds, 0, NOON, Map.of()),
        10,
        Duration.ofSeconds(40),
        true,
        false,
        history);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 1", "5.9, 1", "6, 2", "12, 3", "22, 3", "23, 4", "37, 4", "38, 5"})
  void databricksAddsByTheMinutesThatClearingTakes(double minutes, int more) {
    ClusterState state =
        state(2, 3, minutes * 60 * 20, Duration.ofSeconds(1), ScalingHistory.EMPTY);
    assertThat(new ScaleOut.ClearingTime().replicas(state, NOON).replicas()).isEqualTo(2 + more);
  }

  @Test
  void databricksAddsOneWhenAStatementHasWaitedForFiveMinutes() {
    ScaleOut rule = new ScaleOut.ClearingTime();
    assertThat(
            rule.replicas(state(1, 1, 1, Duration.ofSeconds(299), ScalingHistory.EMPTY), NOON)
                .replicas())
        .isEqualTo(1);
    assertThat(
            rule.replicas(state(1, 1, 1, Duration.ofSeconds(300), ScalingHistory.EMPTY), NOON)
                .replicas())
        .isEqualTo(2);
  }

  @Test
  void snowflakeAddsAtOnceAndTheNextTwentySecondsLater() {
    ScaleOut rule = new ScaleOut.OnQueue(Duration.ofSeconds(20));
    ScalingHistory grown =
        new ScalingHistory(List.of(), Optional.empty(), Optional.empty(), Optional.of(NOON));
    assertThat(rule.replicas(state(1, 1, 1, Duration.ZERO, ScalingHistory.EMPTY), NOON).replicas())
        .isEqualTo(2);
    assertThat(rule.replicas(state(2, 1, 1, Duration.ZERO, grown), NOON.plusSeconds(19)).replicas())
        .isEqualTo(2);
    assertThat(rule.replicas(state(2, 1, 1, Duration.ZERO, grown), NOON.plusSeconds(20)).replicas())
        .isEqualTo(3);
    assertThat(rule.replicas(state(2, 0, 0, Duration.ZERO, grown), NOON).replicas()).isEqualTo(2);
  }

  @Test
  void economyAddsOnlyWhatWouldBeBusyForSixMinutes() {
    ScaleOut rule = ScalingPolicy.economy().out();
    ClusterState five = state(1, 10, 5 * 60 * 10, Duration.ZERO, ScalingHistory.EMPTY);
    ClusterState six = state(1, 10, 6 * 60 * 10, Duration.ZERO, ScalingHistory.EMPTY);
    assertThat(rule.replicas(five, NOON).replicas()).isEqualTo(1);
    assertThat(rule.replicas(five, NOON).reason()).contains("would not be busy for 6 min");
    assertThat(rule.replicas(six, NOON).replicas()).isGreaterThan(1);
  }

  @Test
  void proportionalKeepsTheTargetShareWithinItsTolerance() {
    ScaleOut rule = new ScaleOut.Proportional(1, 0.1);
    assertThat(rule.replicas(state(2, 2, 0, Duration.ZERO, ScalingHistory.EMPTY), NOON).replicas())
        .isEqualTo(2);
    assertThat(rule.replicas(state(2, 3, 0, Duration.ZERO, ScalingHistory.EMPTY), NOON).replicas())
        .isEqualTo(3);
  }
}
