package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.LeaderReport;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A cluster of which several gateways make use, and one decides. */
class FollowingTest {

  private static final ReplicaSpec SPEC =
      new ReplicaSpec(4, "1g", SparkFixture.SPARK_VERSION, Map.of());
  private static final ReplicaId SEVENTH = new ReplicaId("main-7");

  private final ManualScheduler time = new ManualScheduler();
  private final FakeProvisioner provisioner = new FakeProvisioner();
  private final Map<Integer, FakeSpark> sparks = new HashMap<>();
  private final List<ReplicaId> interrupted = new ArrayList<>();

  private ClusterManager cluster(int min) {
    ClusterManager cluster =
        new ClusterManager(
            ClusterSettings.of(
                "main",
                SPEC,
                new ScalingSettings(min, 2, ScalingPolicy.standard(), Duration.ofMinutes(10), 0)),
            provisioner,
            endpoint ->
                sparks
                    .computeIfAbsent(
                        endpoint.port(), port -> new FakeSpark(SparkConfiguration.required(SPEC)))
                    .connect(),
            time,
            time,
            time);
    cluster.onInterrupt(interrupted::add);
    return cluster;
  }

  private static List<ClusterSnapshot.ReplicaStatus> replicas(ClusterManager cluster) {
    return cluster.snapshot().replicas();
  }

  private static ClusterSnapshot.ReplicaStatus status(ReplicaId id, ReplicaState state) {
    return new ClusterSnapshot.ReplicaStatus(id, state, 4);
  }

  @Test
  void aFollowerUsesWhatItFindsAndStartsNothing() {
    ClusterManager cluster = cluster(1);
    cluster.lead(false, 0);
    cluster.start();
    time.advance(Duration.ofMinutes(5));
    assertThat(provisioner.starts()).isZero();

    provisioner.show(SEVENTH, SPEC);
    assertThat(replicas(cluster)).containsExactly(status(SEVENTH, ReplicaState.STARTING));
    provisioner.listen(SEVENTH, 70);
    assertThat(replicas(cluster)).containsExactly(status(SEVENTH, ReplicaState.READY));
    assertThat(cluster.backend(SEVENTH)).isPresent();

    provisioner.kill(SEVENTH, "Spark was killed");
    time.advance(Duration.ofMinutes(5));
    assertThat(replicas(cluster)).isEmpty();
    assertThat(provisioner.starts()).isZero();
  }

  @Test
  void oneThatComesToLeadGoesOnFromWhatThereIs() {
    ClusterManager cluster = cluster(2);
    cluster.lead(false, 0);
    cluster.start();
    provisioner.show(SEVENTH, SPEC);
    provisioner.listen(SEVENTH, 70);

    cluster.lead(true, 0);
    assertThat(provisioner.starts()).isEqualTo(1);
    assertThat(replicas(cluster))
        .containsExactly(
            status(SEVENTH, ReplicaState.READY),
            status(new ReplicaId("main-8"), ReplicaState.READY));
  }

  @Test
  void numbersThatAnotherGaveAreNotGivenAgain() {
    ClusterManager cluster = cluster(1);
    cluster.lead(true, 41);
    cluster.start();
    assertThat(replicas(cluster))
        .containsExactly(status(new ReplicaId("main-42"), ReplicaState.READY));
  }

  @Test
  void aFollowerDrainsWhatTheLeaderDrainsAndEndsItsOwnStatementsInTime() {
    ClusterManager cluster = cluster(1);
    cluster.lead(false, 0);
    cluster.start();
    provisioner.show(SEVENTH, SPEC);
    provisioner.listen(SEVENTH, 70);
    cluster.follow(new LeaderReport(Map.of(SEVENTH, time.instant()), "", "", List.of()));
    assertThat(replicas(cluster)).containsExactly(status(SEVENTH, ReplicaState.DRAINING));
    time.advance(Duration.ofMinutes(9));
    assertThat(interrupted).isEmpty();
    time.advance(Duration.ofMinutes(2));
    assertThat(interrupted).containsExactly(SEVENTH);
    assertThat(provisioner.list()).containsExactly(SEVENTH);

    cluster.follow(LeaderReport.NONE);
    assertThat(replicas(cluster)).containsExactly(status(SEVENTH, ReplicaState.READY));
  }

  @Test
  void aFollowerStopsNoReplicaThatFallsSilent() {
    ClusterManager cluster = cluster(1);
    cluster.lead(false, 0);
    cluster.start();
    provisioner.show(SEVENTH, SPEC);
    provisioner.listen(SEVENTH, 70);
    sparks.get(70).silence(true);
    time.advance(Duration.ofMinutes(5));
    assertThat(replicas(cluster)).containsExactly(status(SEVENTH, ReplicaState.STARTING));
    assertThat(provisioner.list()).containsExactly(SEVENTH);
    sparks.get(70).silence(false);
    time.advance(Duration.ofSeconds(10));
    assertThat(replicas(cluster)).containsExactly(status(SEVENTH, ReplicaState.READY));
  }

  @Test
  void aStartWaitsWhileNothingCanBeStarted() {
    provisioner.hinder("Kubernetes' API server does not answer");
    ClusterManager cluster = cluster(1);
    cluster.start();
    time.advance(Duration.ofMinutes(5));
    assertThat(provisioner.starts()).isZero();
    assertThat(cluster.snapshot().reason())
        .isEqualTo(
            "Kubernetes' API server does not answer. Spark can be started when that is over; "
                + "send the statement later");
    provisioner.hinder("");
    time.advance(Duration.ofSeconds(2));
    assertThat(provisioner.starts()).isEqualTo(1);
    assertThat(cluster.snapshot().reason()).isEmpty();
  }

  @Test
  void whatServesGoesOnWhileNothingCanBeStarted() {
    ClusterManager cluster = cluster(1);
    cluster.start();
    provisioner.hinder("Kubernetes' API server does not answer");
    time.advance(Duration.ofMinutes(5));
    assertThat(cluster.snapshot().reason()).isEmpty();
    assertThat(replicas(cluster))
        .containsExactly(status(new ReplicaId("main-1"), ReplicaState.READY));
  }

  @Test
  void nothingIsDrainedOrStoppedWhileNothingCanBe() {
    ClusterManager cluster = cluster(1);
    cluster.start();
    cluster.reconfigure(ClusterSettings.of("main", SPEC, 2));
    time.advance(Duration.ofSeconds(2));
    assertThat(replicas(cluster)).hasSize(2);

    provisioner.hinder("Kubernetes' API server does not answer");
    time.advance(Duration.ofSeconds(2));
    cluster.reconfigure(ClusterSettings.of("main", SPEC, 0));
    time.advance(Duration.ofMinutes(5));
    assertThat(replicas(cluster))
        .extracting(ClusterSnapshot.ReplicaStatus::state)
        .containsExactly(ReplicaState.READY, ReplicaState.READY);
    provisioner.hinder("");
    time.advance(Duration.ofSeconds(10));
    assertThat(provisioner.list()).isEmpty();
  }

  @Test
  void whatWasToEndIsTheNextLeadersToDecide() {
    ClusterManager cluster = cluster(1);
    cluster.start();
    provisioner.slowStops();
    cluster.reconfigure(ClusterSettings.of("main", SPEC, 0));
    time.advance(Duration.ofSeconds(10));
    assertThat(replicas(cluster)).as("it ends").isEmpty();
    ReplicaId first = new ReplicaId("main-1");

    cluster.lead(false, 0);
    assertThat(replicas(cluster)).containsExactly(status(first, ReplicaState.DRAINING));
    cluster.follow(LeaderReport.NONE);
    assertThat(replicas(cluster)).containsExactly(status(first, ReplicaState.READY));
    provisioner.hearStops();
    assertThat(provisioner.list()).as("nobody asks for it any more").containsExactly(first);
  }

  @Test
  void aFollowerSaysWhatItLeavesAloneAsLongAsItDoes() {
    ClusterManager cluster = cluster(1);
    cluster.lead(false, 0);
    cluster.start();
    Map<ReplicaId, Instant> draining = Map.of(SEVENTH, Instant.EPOCH.plusSeconds(7));
    cluster.follow(new LeaderReport(draining, "", "", List.of()));
    assertThat(cluster.leftAlone()).isEqualTo(draining);
    provisioner.show(SEVENTH, SPEC);
    provisioner.listen(SEVENTH, 70);
    assertThat(replicas(cluster))
        .as("one that becomes known later is left alone as well")
        .containsExactly(status(SEVENTH, ReplicaState.DRAINING));
    cluster.follow(LeaderReport.NONE);
    assertThat(cluster.leftAlone()).isEmpty();
    cluster.follow(new LeaderReport(draining, "", "", List.of()));
    cluster.lead(true, 7);
    assertThat(cluster.leftAlone()).isEmpty();
  }

  @Test
  void aFollowerKnowsThatStartsFail() {
    ClusterManager cluster = cluster(0);
    cluster.lead(false, 0);
    cluster.start();
    assertThat(cluster.snapshot().reason())
        .isEqualTo("The cluster is suspended; a statement starts it");
    MadeDecision start = new MadeDecision(time.instant(), "start 1", "1 waits");
    String failure = "Spark does not start (no image)";
    cluster.follow(new LeaderReport(Map.of(), failure, "1 waits, none is up", List.of(start)));
    assertThat(cluster.status().standing()).isEqualTo("1 waits, none is up");
    assertThat(cluster.status().decisions()).containsExactly(start);
    assertThat(cluster.snapshot().failing()).isTrue();
    assertThat(cluster.snapshot().reason()).isEqualTo("Spark does not start (no image)");
    provisioner.show(SEVENTH, SPEC);
    assertThat(cluster.snapshot().failing()).as("the next one may").isFalse();
    provisioner.kill(SEVENTH, "no image");
    assertThat(cluster.snapshot().failing()).isTrue();
    cluster.follow(LeaderReport.NONE);
    assertThat(cluster.snapshot().failing()).isFalse();

    cluster.lead(true, 7);
    assertThat(cluster.status().standing()).startsWith("no statement has come");
  }

  @Test
  void newSettingsHoldFromThenOn() {
    ClusterManager cluster = cluster(1);
    cluster.start();
    cluster.reconfigure(ClusterSettings.of("main", SPEC, 2));
    time.advance(Duration.ofSeconds(2));
    assertThat(replicas(cluster)).hasSize(2);
    assertThat(cluster.status().max()).isEqualTo(2);
  }
}
