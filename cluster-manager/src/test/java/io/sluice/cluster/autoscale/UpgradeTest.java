package io.sluice.cluster.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.autoscale.ScalingDecision.Drain;
import io.sluice.cluster.autoscale.ScalingDecision.Replace;
import io.sluice.cluster.autoscale.ScalingDecision.Start;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UpgradeTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static ScaledReplica old(int number, ReplicaState state) {
    return replica(number, state, true, Optional.empty());
  }

  private static ScaledReplica successor(int number, ReplicaState state, int of) {
    return replica(number, state, false, Optional.of(id(of)));
  }

  private static ScaledReplica replica(
      int number, ReplicaState state, boolean outdated, Optional<ReplicaId> replaces) {
    return new ScaledReplica(
        id(number),
        state,
        NOON,
        state != ReplicaState.STARTING,
        false,
        false,
        outdated,
        replaces,
        true);
  }

  private static ReplicaId id(int number) {
    return new ReplicaId("main-" + number);
  }

  private static List<ScalingDecision> decide(
      int min, Map<ReplicaId, Integer> runningOn, ScaledReplica... replicas) {
    int running = runningOn.values().stream().mapToInt(Integer::intValue).sum();
    return Autoscaler.decide(
            ScalingSettings.of(min, 4, ScalingPolicy.standard()),
            new ClusterState(
                List.of(replicas),
                new ClusterLoad(running, 0, Duration.ZERO, running, 0, 0, NOON, runningOn),
                4,
                Duration.ofSeconds(40),
                true,
                false,
                ScalingHistory.EMPTY),
            NOON.plusSeconds(1))
        .decisions();
  }

  @Test
  void theLeastLoadedIsReplacedFirstAndOneAtATime() {
    Map<ReplicaId, Integer> load = Map.of(id(1), 3, id(2), 1);
    ScaledReplica[] both = {old(1, ReplicaState.READY), old(2, ReplicaState.READY)};
    assertThat(decide(2, load, both))
        .containsExactly(new Replace(id(2), "replicas are to be of another kind"));
    assertThat(decide(2, load, both[0], both[1], successor(3, ReplicaState.STARTING, 2)))
        .as("the one that starts counts for none of the two")
        .isEmpty();
    assertThat(decide(2, load, both[0], both[1], successor(3, ReplicaState.READY, 2)))
        .containsExactly(
            new Drain(id(2), "main-3 takes its place"),
            new Replace(id(1), "replicas are to be of another kind"));
  }

  @Test
  void oneThatTakesThePlaceOfADeadOneCounts() {
    assertThat(decide(1, Map.of(), successor(3, ReplicaState.STARTING, 2))).isEmpty();
    assertThat(decide(2, Map.of(), successor(3, ReplicaState.STARTING, 2)))
        .hasExactlyElementsOfTypes(Start.class);
  }

  @Test
  void oneThatWasStillStartingIsNotWaitedFor() {
    assertThat(decide(0, Map.of(), old(1, ReplicaState.STARTING)))
        .containsExactly(new Drain(id(1), "it is of an older kind and not ready yet"));
    ScaledReplica silent =
        new ScaledReplica(
            id(1), ReplicaState.STARTING, NOON, true, false, false, true, Optional.empty(), true);
    assertThat(decide(1, Map.of(), silent))
        .as("it has been ready before and does not answer just now")
        .hasExactlyElementsOfTypes(Replace.class);
  }

  @Test
  void whenTheOldKindIsWantedAgainTheNewOneLeaves() {
    ScaledReplica first = replica(1, ReplicaState.READY, false, Optional.empty());
    ScaledReplica starting = replica(2, ReplicaState.STARTING, true, Optional.of(id(1)));
    ScaledReplica ready = replica(2, ReplicaState.READY, true, Optional.of(id(1)));
    assertThat(decide(1, Map.of(), first, starting)).hasExactlyElementsOfTypes(Drain.class);
    assertThat(decide(1, Map.of(), first, ready))
        .containsExactly(new Drain(id(2), "main-1, in whose place it was started, stays"));
  }

  @Test
  void aReplicaThatIsNotNeededGoesWithTheOneThatWasToTakeItsPlace() {
    Instant late = NOON.plus(Duration.ofHours(1));
    List<ScalingDecision> decisions =
        Autoscaler.decide(
                ScalingSettings.of(0, 4, ScalingPolicy.standard()),
                new ClusterState(
                    List.of(old(1, ReplicaState.READY), successor(2, ReplicaState.STARTING, 1)),
                    ClusterLoad.none(NOON),
                    4,
                    Duration.ofSeconds(40),
                    true,
                    false,
                    ScalingHistory.EMPTY),
                late)
            .decisions();
    assertThat(decisions)
        .extracting(ScalingDecision::action)
        .containsExactly("drain main-1", "drain main-2");
  }

  @Test
  void whatDrainsForAnotherKindIsNotTakenBack() {
    ScaledReplica draining = replica(1, ReplicaState.DRAINING, true, Optional.empty());
    assertThat(decide(1, Map.of(id(1), 1), draining)).hasExactlyElementsOfTypes(Start.class);
  }
}
