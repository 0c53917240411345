package io.sluice.cluster.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.autoscale.ScalingDecision.Claim;
import io.sluice.cluster.autoscale.ScalingDecision.Drain;
import io.sluice.cluster.autoscale.ScalingDecision.Interrupt;
import io.sluice.cluster.autoscale.ScalingDecision.Start;
import io.sluice.cluster.autoscale.ScalingDecision.Stop;
import io.sluice.cluster.autoscale.ScalingDecision.Undrain;
import io.sluice.cluster.autoscale.ScalingDecision.Warm;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AutoscalerTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static ClusterModel model(int min, int max) {
    return new ClusterModel(ScalingSettings.of(min, max, ScalingPolicy.standard()));
  }

  @Test
  void nothingIsStartedUntilAStatementComesAndThenOneAtOnce() {
    ClusterModel cluster = model(0, 3);
    cluster.steps(100, 0);
    assertThat(cluster.decisions).isEmpty();
    assertThat(cluster.standing).contains("no statement has come");
    assertThat(cluster.step(1)).containsExactly(new Start(1, "1 statement waits and none is up"));
  }

  @Test
  void aShortQueueThatDrainsBeforeAStartWouldHelpBringsNoReplica() {
    ClusterModel cluster = model(1, 3);
    cluster.steps(20, 0);
    cluster.decisions.clear();
    cluster.step(5);
    assertThat(cluster.decisions).isEmpty();
    assertThat(cluster.standing).contains("1 wait").contains("a start takes 40 s");
  }

  @Test
  void aLongQueueBringsAsManyAsItNeedsAndNotMoreThanItCanFill() {
    ClusterModel cluster = model(1, 10);
    cluster.steps(20, 0);
    assertThat(cluster.step(14)).singleElement().isInstanceOf(Start.class);
    assertThat(cluster.live()).isBetween(2, 5);
    cluster.steps(3, 1000);
    assertThat(cluster.live()).isEqualTo(10);
    assertThat(cluster.standing).contains("10 is the most that there may be");
  }

  @Test
  void aStatementThatWaitsTooLongBringsAReplicaInAnyCase() {
    ClusterModel cluster = model(1, 3);
    cluster.steps(20, 0);
    cluster.decisions.clear();
    cluster.steps(14, 5);
    assertThat(cluster.decided(Start.class)).isEqualTo(1);
    assertThat(cluster.decisions.get(0).reason()).contains("one has waited for");
  }

  @Test
  void whatThePeakOfTheWindowDidNotNeedIsDrainedOneAtATimeTheLeastLoadedFirst() {
    ClusterModel cluster = model(1, 3);
    cluster.steps(60, 12);
    assertThat(cluster.count(ReplicaState.READY)).isEqualTo(3);
    cluster.decisions.clear();
    cluster.steps(30, 6);
    assertThat(cluster.decisions).isEmpty();
    cluster.steps(10, 6);
    assertThat(cluster.decided(Drain.class)).isEqualTo(1);
    Drain drain = (Drain) cluster.decisions.get(0);
    assertThat(drain.replica().value()).isEqualTo("main-3");
    assertThat(drain.reason()).isEqualTo("2 of 3 would have done for 3 min");
    assertThat(cluster.decided(Stop.class)).isEqualTo(1);
  }

  @Test
  void aDrainingReplicaIsTakenBackBeforeAnotherIsStarted() {
    ClusterModel cluster = model(1, 3);
    cluster.steps(20, 12);
    while (cluster.count(ReplicaState.DRAINING) == 0) {
      cluster.step(5);
    }
    cluster.decisions.clear();
    assertThat(cluster.step(100)).singleElement().isInstanceOf(Undrain.class);
  }

  @Test
  void anIdleClusterGoesToItsMinimumAtOnceAndAPinnedOneStays() {
    ClusterModel cluster = model(0, 3);
    cluster.steps(20, 12);
    cluster.pinned = true;
    cluster.steps(200, 0);
    assertThat(cluster.live()).isEqualTo(1);
    assertThat(cluster.standing).contains("a session holds state");
    cluster.pinned = false;
    cluster.steps(2, 0);
    assertThat(cluster.live()).isZero();
    assertThat(cluster.count(ReplicaState.READY) + cluster.count(ReplicaState.DRAINING)).isZero();
  }

  @Test
  void statementsThatOutlastTheDrainAreEndedOnceAndThenTheirReplica() {
    ReplicaId id = new ReplicaId("main-2");
    ScaledReplica other =
        new ScaledReplica(new ReplicaId("main-1"), ReplicaState.READY, NOON, false, false);
    ScaledReplica draining = new ScaledReplica(id, ReplicaState.DRAINING, NOON, false, false);
    ScaledReplica interrupted = new ScaledReplica(id, ReplicaState.DRAINING, NOON, false, true);
    assertThat(decide(601, 1, other, draining))
        .containsExactly(new Interrupt(id, "1 statement did not end within 10 min"));
    assertThat(decide(599, 1, other, draining)).isEmpty();
    assertThat(decide(610, 1, other, interrupted)).isEmpty();
    assertThat(decide(610, 0, other, interrupted)).containsExactly(new Stop(id, "it is drained"));
    assertThat(decide(661, 1, other, interrupted))
        .singleElement()
        .isInstanceOfSatisfying(
            Stop.class, stop -> assertThat(stop.reason()).contains("did not let go"));
    // A statement may be on its way to a replica that was ready a moment ago.
    assertThat(decide(1, 0, other, draining)).isEmpty();
    assertThat(decide(2, 0, other, draining)).containsExactly(new Stop(id, "it is drained"));
  }

  @Test
  void oneToWhichAGatewayMayStillSendStatementsIsNotStoppedBeforeTheDeadline() {
    ReplicaId id = new ReplicaId("main-2");
    ScaledReplica other =
        new ScaledReplica(new ReplicaId("main-1"), ReplicaState.READY, NOON, false, false);
    assertThat(decide(599, 0, other, stillUsed(id, false))).isEmpty();
    assertThat(decide(600, 0, other, stillUsed(id, false)))
        .containsExactly(
            new Interrupt(id, "a gateway did not say that it leaves it alone within 10 min"));
    assertThat(decide(659, 0, other, stillUsed(id, true))).isEmpty();
    assertThat(decide(660, 0, other, stillUsed(id, true))).hasExactlyElementsOfTypes(Stop.class);
  }

  private static ScaledReplica stillUsed(ReplicaId id, boolean interrupted) {
    return new ScaledReplica(
        id, ReplicaState.DRAINING, NOON, true, false, interrupted, false, Optional.empty(), false);
  }

  private static List<ScalingDecision> decide(
      int seconds, int running, ScaledReplica other, ScaledReplica draining) {
    Instant now = NOON.plusSeconds(seconds);
    Map<ReplicaId, Integer> runningOn = running == 0 ? Map.of() : Map.of(draining.id(), running);
    return Autoscaler.decide(
            ScalingSettings.of(1, 2, ScalingPolicy.standard()),
            new ClusterState(
                List.of(other, draining),
                new ClusterLoad(running, 0, Duration.ZERO, 1, 0, 0, now, runningOn),
                4,
                Duration.ofSeconds(40),
                true,
                false,
                ScalingHistory.EMPTY),
            now)
        .decisions();
  }

  @Test
  void afterAFailedStartNothingIsStartedUntilItMay() {
    ClusterModel cluster = model(1, 3);
    cluster.mayStart = false;
    cluster.steps(3, 4);
    assertThat(cluster.decisions).isEmpty();
    assertThat(cluster.held).isTrue();
    cluster.mayStart = true;
    assertThat(cluster.step(4)).hasSize(1);
    assertThat(cluster.held).isFalse();
  }

  @Test
  void theWarmPoolIsClaimedBeforeAColdStartAndFilledAgain() {
    ClusterModel cluster =
        new ClusterModel(
            new ScalingSettings(0, 3, ScalingPolicy.standard(), Duration.ofMinutes(10), 1));
    assertThat(cluster.step(0)).singleElement().isInstanceOf(Warm.class);
    cluster.steps(10, 0);
    assertThat(cluster.pooled()).isEqualTo(1);
    assertThat(cluster.step(1)).hasExactlyElementsOfTypes(Claim.class, Warm.class);
    assertThat(cluster.count(ReplicaState.READY)).isEqualTo(1);
    assertThat(cluster.pooled()).isEqualTo(1);
  }

  @Test
  void aPoolThatOthersKeepIsDrawnUponAndNeitherFilledNorEmptied() {
    ClusterModel cluster =
        new ClusterModel(
            new ScalingSettings(0, 3, ScalingPolicy.standard(), Duration.ofMinutes(10), 0));
    cluster.keepWarm();
    cluster.keepWarm();
    assertThat(cluster.step(0)).isEmpty();
    assertThat(cluster.step(1)).hasExactlyElementsOfTypes(Claim.class);
    assertThat(cluster.pooled()).isEqualTo(1);
  }

  @Test
  void aPresetIsKnownByItsName() {
    assertThat(ScalingPolicy.presets())
        .extracting(ScalingPolicy::name)
        .containsExactly("standard", "economy", "databricks", "snowflake");
    assertThat(ScalingPolicy.named("economy")).isEqualTo(ScalingPolicy.economy());
    assertThatThrownBy(() -> ScalingPolicy.named("ecnomy"))
        .hasMessage(
            "There is no scaling policy ecnomy; choose one of standard, economy, databricks,"
                + " snowflake.");
  }
}
