package io.sluice.bench.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.bench.simulate.Trace.TracedStatement;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {

  private static Contender contender(int min, int max, int warm) {
    return new Contender(
        "one",
        new ScalingSettings(min, max, ScalingPolicy.standard(), Duration.ofMinutes(10), warm));
  }

  private static Trace burst(int statements, long millisEach) {
    List<TracedStatement> all = new ArrayList<>();
    for (int number = 0; number < statements; number++) {
      all.add(new TracedStatement(600_000, millisEach, "ann"));
    }
    return new Trace("burst", all);
  }

  @Test
  void oneStatementPaysAStartItselfAndTheIdleTime() {
    Outcome outcome = Simulation.run(burst(1, 10_000), contender(0, 3, 0));
    assertThat(outcome.statements()).isEqualTo(1);
    assertThat(outcome.starts()).isEqualTo(1);
    assertThat(outcome.waitSeconds(1)).isBetween(20.0, 80.0);
    double expected =
        outcome.waitSeconds(1) + 10 + ScalingPolicy.standard().idleSuspend().toSeconds();
    assertThat(outcome.replicaHours() * 3600).isCloseTo(expected, within(15.0));
  }

  @Test
  void aReplicaThatIsAlwaysThereCostsItsTimeAndNobodyWaits() {
    Outcome outcome = Simulation.run(burst(1, 10_000), contender(1, 3, 0));
    assertThat(outcome.waitSeconds(1)).isZero();
    assertThat(outcome.shareOverOneSecond()).isZero();
    assertThat(outcome.replicaHours()).isCloseTo(2.17, within(0.01));
  }

  @Test
  void theWarmPoolIsPaidForAndSavesTheWait() {
    Outcome outcome = Simulation.run(burst(1, 10_000), contender(0, 3, 1));
    assertThat(outcome.waitSeconds(1)).isZero();
    assertThat(outcome.starts()).isEqualTo(2);
    assertThat(outcome.replicaHours()).isGreaterThan(2.1);
  }

  @Test
  void aBurstOfSlowStatementsTakesAllReplicasAndLosesNone() {
    Outcome outcome = Simulation.run(burst(40, 60_000), contender(0, 3, 0));
    assertThat(outcome.statements()).isEqualTo(40);
    assertThat(outcome.starts()).isEqualTo(3);
    assertThat(outcome.interruptedDrains()).isZero();
  }

  @Test
  void oneWithBothLessWaitAndLessCostDominates() {
    Comparison comparison =
        Comparison.of(
            burst(1, 10_000),
            List.of(contender(1, 3, 0), new Contender("wasteful", contender(1, 3, 1).settings())));
    assertThat(comparison.isOnFront("one")).isTrue();
    assertThat(comparison.isOnFront("wasteful")).isFalse();
    assertThat(comparison.table().toString()).contains("replica-h").contains("wasteful");
    assertThat(comparison.title()).isEqualTo("burst: 1 statements, 0.0 h of work");
  }

  @Test
  void everySyntheticTraceIsTheSameInEveryRunAndInOrder() {
    assertThat(SyntheticTraces.all()).isEqualTo(SyntheticTraces.all());
    assertThat(SyntheticTraces.all())
        .allSatisfy(
            trace ->
                assertThat(trace.statements())
                    .isNotEmpty()
                    .extracting(TracedStatement::arrivalMillis)
                    .isSorted());
  }

  @Test
  void manyClustersAreTicked() {
    assertThat(ManyClusters.run(3, 30, 20).size()).isEqualTo(20);
  }

  @Test
  void thePlotHasAPanelForEachTraceAndEscapesNames() {
    ScatterPlot plot = new ScatterPlot("hours", "wait");
    plot.panel("one", List.of(new ScatterPlot.Point("a<b", 1, 2, true)));
    plot.panel("two", List.of());
    assertThat(plot.svg()).contains("a&lt;b").contains(">two<").endsWith("</svg>\n");
  }
}
