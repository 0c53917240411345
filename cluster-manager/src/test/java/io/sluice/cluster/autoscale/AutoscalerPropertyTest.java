package io.sluice.cluster.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.autoscale.ScalingDecision.Claim;
import io.sluice.cluster.autoscale.ScalingDecision.Start;
import io.sluice.cluster.autoscale.ScalingDecision.Undrain;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for every policy, all bounds and any load. */
class AutoscalerPropertyTest {

  /** How many steps of five seconds so many statements last. */
  record Phase(int statements, int steps) {}

  @Provide
  Arbitrary<ScalingSettings> settings() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(1, 5),
            Arbitraries.of(ScalingPolicy.presets()),
            Arbitraries.integers().between(0, 900),
            Arbitraries.integers().between(0, 2))
        .as(
            (min, more, policy, drain, warm) ->
                new ScalingSettings(min, min + more, policy, Duration.ofSeconds(drain), warm));
  }

  @Provide
  Arbitrary<List<Phase>> day() {
    return Combinators.combine(
            Arbitraries.oneOf(Arbitraries.just(0), Arbitraries.integers().between(0, 60)),
            Arbitraries.integers().between(1, 80))
        .as(Phase::new)
        .list()
        .ofMaxSize(8);
  }

  @Property(tries = 500)
  void theBoundsHoldAndEveryDecisionHasAReason(
      @ForAll("settings") ScalingSettings settings, @ForAll("day") List<Phase> day) {
    ClusterModel cluster = new ClusterModel(settings);
    for (Phase phase : day) {
      for (int step = 0; step < phase.steps(); step++) {
        cluster.step(phase.statements());
        assertThat(cluster.live()).isBetween(settings.min(), settings.max());
        assertThat(cluster.pooled()).isEqualTo(settings.warmPool());
        assertThat(cluster.standing).isNotBlank();
      }
    }
    assertThat(cluster.decisions)
        .allSatisfy(
            decision -> {
              assertThat(decision.reason()).isNotBlank();
              assertThat(decision.action()).isNotBlank();
            });
  }

  @Property(tries = 500)
  void aStatementNeverWaitsWithoutAReplicaOnItsWay(
      @ForAll("settings") ScalingSettings settings, @ForAll("day") List<Phase> day) {
    ClusterModel cluster = new ClusterModel(settings);
    for (Phase phase : day) {
      for (int step = 0; step < phase.steps(); step++) {
        cluster.step(phase.statements());
        assertThat(phase.statements() == 0 || cluster.live() > 0).isTrue();
      }
    }
  }

  @Property(tries = 500)
  void whatDrainsAndWhatIsWarmIsTakenBeforeAnythingIsStarted(
      @ForAll("settings") ScalingSettings settings, @ForAll("day") List<Phase> day) {
    ClusterModel cluster = new ClusterModel(settings);
    for (Phase phase : day) {
      for (int step = 0; step < phase.steps(); step++) {
        int draining = cluster.count(ReplicaState.DRAINING);
        int warm = cluster.pooled();
        List<ScalingDecision> decided = cluster.step(phase.statements());
        if (decided.stream().anyMatch(Start.class::isInstance)) {
          long takenBack = decided.stream().filter(Undrain.class::isInstance).count();
          long claimed = decided.stream().filter(Claim.class::isInstance).count();
          long interrupted = cluster.interrupted();
          assertThat(takenBack).isGreaterThanOrEqualTo(draining - interrupted);
          assertThat(claimed).isEqualTo(warm);
        }
      }
    }
  }

  @Property(tries = 200)
  void aConstantLoadSettlesAndThenNothingChanges(
      @ForAll("settings") ScalingSettings settings,
      @ForAll("day") List<Phase> before,
      @ForAll @IntRange(max = 60) int statements) {
    ClusterModel cluster = new ClusterModel(settings);
    before.forEach(phase -> cluster.steps(phase.steps(), phase.statements()));
    cluster.steps(3600 / 5 * 2, statements);
    cluster.decisions.clear();
    cluster.steps(3600 / 5, statements);
    assertThat(cluster.decisions).isEmpty();
  }

  @Property(tries = 200)
  void anIdleClusterIsAtItsMinimumWithinTheIdleTime(
      @ForAll("settings") ScalingSettings settings, @ForAll("day") List<Phase> before) {
    ClusterModel cluster = new ClusterModel(settings);
    before.forEach(phase -> cluster.steps(phase.steps(), phase.statements()));
    long idle = settings.policy().idleSuspend().toSeconds() / 5 + 1;
    cluster.steps((int) idle, 0);
    assertThat(cluster.live()).isEqualTo(settings.min());
    cluster.steps(1, 0);
    assertThat(cluster.count(ReplicaState.DRAINING)).isZero();
  }

  @Property(tries = 200)
  void theSameStateAndTimeGiveTheSamePlan(
      @ForAll("settings") ScalingSettings settings, @ForAll("day") List<Phase> day) {
    ClusterModel one = new ClusterModel(settings);
    ClusterModel other = new ClusterModel(settings);
    for (Phase phase : day) {
      one.steps(phase.steps(), phase.statements());
      other.steps(phase.steps(), phase.statements());
    }
    assertThat(one.decisions).isEqualTo(other.decisions);
  }
}
