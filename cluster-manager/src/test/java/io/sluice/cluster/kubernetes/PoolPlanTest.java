package io.sluice.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.kubernetes.PoolPlan.Driver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolPlanTest {

  private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

  private static Driver driver(String name, boolean current, boolean listening, int hours) {
    return new Driver(name, current, listening, false, NOW.minus(Duration.ofHours(hours)));
  }

  private static PoolPlan plan(int wanted, int asked, Driver... drivers) {
    return PoolPlan.of(wanted, Duration.ofHours(10), List.of(drivers), asked, NOW);
  }

  @Test
  void whatIsMissingIsStartedAndWhatWasAskedForCounts() {
    assertThat(plan(3, 0).starts()).isEqualTo(3);
    assertThat(plan(3, 1, driver("a", true, false, 0)).starts()).isEqualTo(1);
    assertThat(plan(1, 1, driver("a", true, true, 0)).starts()).isZero();
  }

  @Test
  void ofTooManyThoseGoThatDoNotListenThenTheYoungest() {
    PoolPlan plan =
        plan(
            1,
            0,
            driver("starting", true, false, 5),
            driver("young", true, true, 1),
            driver("old", true, true, 2));
    assertThat(plan.starts()).isZero();
    assertThat(plan.ends()).containsExactlyInAnyOrder("starting", "young");
  }

  @Test
  void whatEndedGoesAndIsReplaced() {
    PoolPlan plan = plan(1, 0, new Driver("ended", true, false, true, NOW));
    assertThat(plan.starts()).isEqualTo(1);
    assertThat(plan.ends()).containsExactly("ended");
  }

  @Test
  void oneOfAnotherKindOrTooOldStaysUntilAnotherListensInItsPlace() {
    Driver other = driver("other", false, true, 1);
    Driver aged = driver("aged", true, true, 10);
    PoolPlan both = plan(2, 0, other, aged);
    assertThat(both.starts()).isEqualTo(2);
    assertThat(both.ends()).isEmpty();
    assertThat(plan(2, 0, other, aged, driver("next", true, false, 0)).ends()).isEmpty();
    assertThat(plan(2, 0, other, aged, driver("next", true, true, 0)).ends())
        .as("what a cluster can claim stays longer")
        .containsExactly("other");
    assertThat(plan(1, 0, aged, driver("next", true, true, 0)).ends()).containsExactly("aged");
  }

  @Test
  void noneIsTooOldBeforeItListens() {
    PoolPlan plan = plan(1, 0, driver("slow", true, false, 10));
    assertThat(plan.starts()).isZero();
    assertThat(plan.ends()).isEmpty();
  }

  @Test
  void oneOfAnotherKindThatDoesNotListenYetGoesAtOnce() {
    PoolPlan plan = plan(1, 0, driver("other", false, false, 0));
    assertThat(plan.starts()).isEqualTo(1);
    assertThat(plan.ends()).containsExactly("other");
  }

  @Test
  void anEmptiedPoolKeepsNothing() {
    PoolPlan plan = plan(0, 0, driver("a", true, true, 0), driver("b", false, true, 0));
    assertThat(plan.starts()).isZero();
    assertThat(plan.ends()).containsExactlyInAnyOrder("a", "b");
  }
}
