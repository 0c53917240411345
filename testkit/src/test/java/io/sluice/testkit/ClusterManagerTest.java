package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.ClusterDemand;
import io.sluice.cluster.ClusterManager;
import io.sluice.cluster.ClusterSettings;
import io.sluice.cluster.ClusterStatus.MadeDecision;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.ReplicaStarts;
import io.sluice.cluster.SparkConfiguration;
import io.sluice.cluster.autoscale.ScalingPolicy;
import io.sluice.cluster.autoscale.ScalingSettings;
import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Flow;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** The manager's decisions, in a time that the test moves. */
class ClusterManagerTest {

  private static final ReplicaSpec SPEC =
      new ReplicaSpec(4, "1g", SparkFixture.SPARK_VERSION, Map.of("spark.sql.catalog.lake", "X"));
  private static final ReplicaId FIRST = new ReplicaId("main-1");
  private static final ReplicaId SECOND = new ReplicaId("main-2");

  private final ManualScheduler time = new ManualScheduler();
  private final FakeProvisioner provisioner = new FakeProvisioner();
  private final Map<Integer, FakeSpark> sparks = new HashMap<>();
  private final Map<String, String> reported = new HashMap<>(SparkConfiguration.required(SPEC));
  private final List<ClusterSnapshot> seen = new ArrayList<>();

  private ClusterManager cluster(int replicas) {
    ClusterManager cluster =
        new ClusterManager(
            ClusterSettings.of("main", SPEC, replicas),
            provisioner,
            endpoint ->
                sparks.computeIfAbsent(endpoint.port(), port -> new FakeSpark(reported)).connect(),
            time,
            time,
            time);
    cluster.addListener(seen::add);
    return cluster;
  }

  private static List<ReplicaState> states(ClusterManager cluster) {
    return cluster.snapshot().replicas().stream()
        .map(ClusterSnapshot.ReplicaStatus::state)
        .toList();
  }

  @Test
  void aReplicaIsReadyOnceItIsWhatTheGatewayReliesOn() {
    provisioner.slowStarts();
    ClusterManager cluster = cluster(1);
    assertThat(cluster.snapshot().reason()).isEqualTo("The cluster is not started");
    cluster.start();
    assertThat(states(cluster)).containsExactly(ReplicaState.STARTING);
    assertThat(cluster.snapshot().reason()).isEqualTo("Spark is starting");
    assertThat(cluster.awaitReady()).isNotDone();
    assertThat(cluster.backend(FIRST)).isEmpty();

    var ready = cluster.awaitReady();
    provisioner.listen(FIRST, 1);
    assertThat(ready).isCompleted();
    assertThat(cluster.snapshot().replicas())
        .containsExactly(new ClusterSnapshot.ReplicaStatus(FIRST, ReplicaState.READY, 4));
    assertThat(cluster.snapshot().reason()).isEmpty();
    assertThat(cluster.backend(FIRST)).isPresent();
    assertThat(seen).last().isEqualTo(cluster.snapshot());
  }

  @Test
  void whatBecomesOfAStartIsToldOnce() {
    List<String> told = new ArrayList<>();
    ReplicaStarts listener =
        new ReplicaStarts() {
          @Override
          public void ready(Duration took) {
            told.add("ready after " + took.toSeconds() + " s");
          }

          @Override
          public void failed() {
            told.add("failed");
          }
        };
    provisioner.slowStarts();
    ClusterManager cluster = cluster(1);
    cluster.addStartListener(listener);
    cluster.start();
    time.advance(Duration.ofSeconds(7));
    assertThat(told).isEmpty();
    provisioner.listen(FIRST, 1);
    assertThat(told).containsExactly("ready after 7 s");
    provisioner.kill(FIRST, "Spark was killed");
    assertThat(told).as("that start had not failed").hasSize(1);
    provisioner.kill(SECOND, "Spark was killed before it listened");
    assertThat(told).containsExactly("ready after 7 s", "failed");
  }

  @Test
  void oneThatReportsAnotherSettingIsNeverUsed() {
    reported.put("spark.sql.runSQLOnFiles", "true");
    ClusterManager cluster = cluster(1);
    cluster.start();
    assertThat(cluster.snapshot().reason()).contains("spark.sql.runSQLOnFiles");
    assertThat(cluster.startFailure()).isPresent();
    assertThat(seen)
        .allSatisfy(
            snapshot ->
                assertThat(snapshot.replicas())
                    .noneMatch(replica -> replica.state() == ReplicaState.READY));
  }

  @Test
  void aCatalogThatRemembersIsRefused() {
    reported.remove("spark.sql.catalog.lake.cache-enabled");
    ClusterManager cluster = cluster(1);
    cluster.start();
    assertThat(cluster.snapshot().reason()).contains("spark.sql.catalog.lake.cache-enabled");
  }

  @Test
  void oneThatDiesIsReplacedAtOnce() {
    ClusterManager cluster = cluster(1);
    cluster.start();
    provisioner.kill(FIRST, "Spark was killed");
    assertThat(cluster.backend(FIRST)).isEmpty();
    assertThat(cluster.snapshot().replicas())
        .containsExactly(new ClusterSnapshot.ReplicaStatus(SECOND, ReplicaState.READY, 4));
    assertThat(seen).anySatisfy(s -> assertThat(s.reason()).contains("Spark was killed"));
  }

  @Test
  void aCrashLoopIsTriedLessAndLessOften() {
    provisioner.failStarts("Spark ended with status 1");
    ClusterManager cluster = cluster(1);
    cluster.start();
    assertThat(provisioner.starts()).isEqualTo(2);
    assertThat(cluster.snapshot().reason()).contains("Spark ended with status 1");
    time.advance(Duration.ofSeconds(1));
    assertThat(provisioner.starts()).isEqualTo(3);
    time.advance(Duration.ofSeconds(2));
    assertThat(provisioner.starts()).isEqualTo(4);
    time.advance(Duration.ofMinutes(10));
    assertThat(provisioner.starts()).isBetween(12, 20);

    provisioner.failStarts("");
    time.advance(Duration.ofMinutes(1));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
    assertThat(cluster.startFailure()).isEmpty();
  }

  @Test
  void oneThatFallsSilentGetsNothingNewAndIsReplacedLater() {
    ClusterManager cluster = cluster(1);
    cluster.start();
    FakeSpark spark = sparks.values().iterator().next();
    spark.silence(true);
    // Asked every 5 s, with 3 s for each answer: two misses are no reason yet, three are.
    time.advance(Duration.ofSeconds(16));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
    time.advance(Duration.ofSeconds(8));
    assertThat(states(cluster)).containsExactly(ReplicaState.STARTING);
    assertThat(cluster.snapshot().reason()).isEqualTo("Spark does not answer");
    assertThat(cluster.backend(FIRST)).isPresent();

    spark.silence(false);
    time.advance(Duration.ofSeconds(5));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);

    spark.silence(true);
    time.advance(Duration.ofSeconds(59));
    assertThat(provisioner.list()).containsExactly(FIRST);
    time.advance(Duration.ofSeconds(9));
    assertThat(provisioner.list()).containsExactly(SECOND);
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
  }

  @Test
  void oneThatBreaksAStatementOffGetsNothingNewUntilItAnswers() {
    ClusterManager cluster = cluster(1);
    cluster.start();
    FakeSpark spark = sparks.values().iterator().next();
    seen.clear();
    assertThat(cluster.suspect(FIRST)).isCompleted();
    assertThat(seen).as("not ready, and then ready as it answered").hasSize(2);
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);

    spark.silence(true);
    assertThat(cluster.suspect(FIRST)).isCompleted();
    assertThat(states(cluster)).containsExactly(ReplicaState.STARTING);
    assertThat(cluster.suspect(FIRST)).as("no second question beside it").isCompleted();
    time.advance(Duration.ofSeconds(20));
    assertThat(states(cluster)).containsExactly(ReplicaState.STARTING);
    spark.silence(false);
    time.advance(Duration.ofSeconds(8));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
    assertThat(cluster.suspect(new ReplicaId("main-9"))).as("long gone").isCompleted();
  }

  /** Whoever sends a lost statement again at once must not meet the dead replica. */
  @Test
  void aDeadReplicaIsOutOfTheSnapshotBeforeWhatRanThereIsTold() {
    ClusterManager cluster = cluster(2);
    cluster.start();
    List<ClusterSnapshot> whenTold = new ArrayList<>();
    FakeSpark spark = sparks.get(1);
    spark.endless("long", new Schema(List.of()));
    cluster
        .backend(FIRST)
        .orElseThrow()
        .execute(
            new ExecuteRequest(
                SparkFixture.session("tester"), UUID.randomUUID(), "long", List.of()))
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(1);
              }

              @Override
              public void onNext(ResultMessage message) {}

              @Override
              public void onError(Throwable failure) {
                whenTold.add(cluster.snapshot());
              }

              @Override
              public void onComplete() {}
            });
    provisioner.kill(FIRST, "Spark was killed");
    assertThat(whenTold).hasSize(1);
    assertThat(whenTold.get(0).replicas())
        .extracting(ClusterSnapshot.ReplicaStatus::id)
        .doesNotContain(FIRST);
  }

  @Test
  void asManyAsWantedAreKept() {
    ClusterManager cluster = cluster(3);
    cluster.start();
    provisioner.kill(SECOND, "Spark was killed");
    assertThat(cluster.snapshot().replicas())
        .extracting(replica -> replica.id().value())
        .containsExactly("main-1", "main-3", "main-4");
  }

  @Test
  void closingStopsAllAndLeavesNobodyWaiting() {
    provisioner.slowStarts();
    ClusterManager cluster = cluster(2);
    cluster.start();
    var waiting = cluster.awaitReady();
    cluster.close();
    assertThat(provisioner.list()).isEmpty();
    assertThat(cluster.snapshot().replicas()).isEmpty();
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(SluiceException.class);
    assertThatThrownBy(() -> cluster.awaitReady().join()).hasCauseInstanceOf(SluiceException.class);
    time.advance(Duration.ofHours(1));
    assertThat(provisioner.starts()).isEqualTo(2);
  }

  /** What the tests below say that there is to do. */
  private final class Demand implements ClusterDemand {
    private int running;
    private int queued;
    private Map<ReplicaId, Integer> runningOn = Map.of();
    private Instant lastActivity = time.instant();

    void set(int nowRunning, int nowQueued, Map<ReplicaId, Integer> where) {
      running = nowRunning;
      queued = nowQueued;
      runningOn = where;
      lastActivity = time.instant();
    }

    @Override
    public ClusterLoad load() {
      return new ClusterLoad(
          running,
          queued,
          Duration.ofSeconds(queued),
          running * 30.0,
          queued * 60.0,
          running,
          lastActivity,
          runningOn);
    }

    @Override
    public int permits() {
      return 4;
    }
  }

  private final List<MadeDecision> decisions = new ArrayList<>();
  private final Demand demand = new Demand();

  private ClusterManager scaled(int min, int max, Duration drainTimeout) {
    ClusterManager cluster =
        new ClusterManager(
            ClusterSettings.of(
                "main",
                SPEC,
                new ScalingSettings(min, max, ScalingPolicy.standard(), drainTimeout, 0)),
            provisioner,
            endpoint ->
                sparks.computeIfAbsent(endpoint.port(), port -> new FakeSpark(reported)).connect(),
            time,
            time,
            time);
    cluster.addListener(seen::add);
    cluster.addDecisionListener(decisions::add);
    cluster.start(demand);
    return cluster;
  }

  @Test
  void whatIsKeptReadyIsClaimedBeforeAnythingIsStarted() {
    ReplicaId warm = new ReplicaId("shared-w1");
    provisioner.keepWarm(warm);
    ClusterManager cluster = scaled(0, 3, Duration.ofMinutes(10));
    time.advance(Duration.ofMinutes(10));
    assertThat(cluster.snapshot().replicas()).as("it belongs to nobody").isEmpty();
    assertThat(provisioner.warm(SPEC)).as("nor is it stopped").containsExactly(warm);

    demand.set(0, 1, Map.of());
    cluster.wake();
    assertThat(cluster.snapshot().replicas())
        .containsExactly(new ClusterSnapshot.ReplicaStatus(warm, ReplicaState.READY, 4));
    assertThat(decisions).last().extracting(MadeDecision::action).isEqualTo("claim shared-w1");
    assertThat(provisioner.starts()).isZero();

    demand.set(0, 0, Map.of());
    time.advance(Duration.ofMinutes(6));
    assertThat(provisioner.list()).as("it goes as any other does").isEmpty();
    assertThat(provisioner.warm(SPEC)).isEmpty();
  }

  @Test
  void aClaimThatFailsIsFollowedByAStartAtOnce() {
    provisioner.keepWarm(new ReplicaId("shared-w1"));
    provisioner.keepWarm(new ReplicaId("shared-w2"));
    provisioner.failStarts("another cluster was faster");
    ClusterManager cluster = scaled(0, 1, Duration.ofMinutes(10));
    demand.set(0, 1, Map.of());
    cluster.addDecisionListener(
        made -> provisioner.failStarts(made.action().equals("start 1") ? "" : "was faster"));
    cluster.wake();
    assertThat(cluster.snapshot().replicas())
        .containsExactly(new ClusterSnapshot.ReplicaStatus(FIRST, ReplicaState.READY, 4));
    assertThat(decisions)
        .extracting(MadeDecision::action)
        .containsExactly("claim shared-w1", "claim shared-w2", "start 1");
  }

  @Test
  void oneThatWasKeptReadyAndDoesNotWorkIsAStartThatFailed() {
    for (int number = 1; number <= 3; number++) {
      provisioner.keepWarm(new ReplicaId("shared-w" + number));
    }
    reported.put("spark.sql.runSQLOnFiles", "true");
    ClusterManager cluster = scaled(0, 1, Duration.ofMinutes(10));
    demand.set(0, 1, Map.of());
    cluster.wake();
    assertThat(cluster.startFailure()).isPresent();
    assertThat(decisions)
        .as("the second at once, the third after a second")
        .extracting(MadeDecision::action)
        .containsExactly("claim shared-w1", "claim shared-w2");
    time.advance(Duration.ofSeconds(1));
    assertThat(decisions).last().extracting(MadeDecision::action).isEqualTo("claim shared-w3");
  }

  @Test
  void aClusterThatOnlyFollowsClaimsNothing() {
    provisioner.keepWarm(new ReplicaId("shared-w1"));
    ClusterManager cluster = scaled(0, 1, Duration.ofMinutes(10));
    cluster.lead(false, 0);
    demand.set(0, 1, Map.of());
    cluster.wake();
    assertThat(decisions).isEmpty();
    assertThat(provisioner.list()).isEmpty();
  }

  @Test
  void aClusterFromZeroStartsWhenAStatementWaitsGrowsAndGoesBackToZero() {
    ClusterManager cluster = scaled(0, 3, Duration.ofMinutes(10));
    time.advance(Duration.ofMinutes(10));
    assertThat(provisioner.starts()).isZero();
    assertThat(cluster.isSuspended()).isTrue();
    assertThat(cluster.snapshot().reason()).contains("a statement starts it");

    demand.set(0, 40, Map.of());
    cluster.wake();
    assertThat(provisioner.starts()).isEqualTo(1);
    assertThat(cluster.isSuspended()).isFalse();
    demand.set(4, 36, Map.of(FIRST, 4));
    time.advance(Duration.ofSeconds(1));
    assertThat(provisioner.starts()).isEqualTo(3);
    assertThat(cluster.status().replicas()).hasSize(3);
    assertThat(cluster.status().standing()).contains("3 is the most");

    demand.set(0, 0, Map.of());
    time.advance(Duration.ofMinutes(6));
    assertThat(provisioner.list()).isEmpty();
    assertThat(cluster.isSuspended()).isTrue();
    assertThat(provisioner.starts()).isEqualTo(3);
    assertThat(decisions).allSatisfy(made -> assertThat(made.reason()).isNotBlank());
    assertThat(cluster.status().decisions()).hasSameSizeAs(decisions);
    assertThat(cluster.startFailure()).isEmpty();
  }

  @Test
  void aDrainingReplicaTakesNothingNewWaitsForWhatRunsAndIsThenStopped() {
    ClusterManager cluster = scaled(1, 2, Duration.ofMinutes(10));
    demand.set(4, 30, Map.of(FIRST, 4));
    time.advance(Duration.ofSeconds(1));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY, ReplicaState.READY);

    demand.set(2, 0, Map.of(FIRST, 2));
    time.advance(Duration.ofSeconds(185));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
    assertThat(provisioner.list()).containsExactly(FIRST);

    demand.set(4, 30, Map.of(FIRST, 4));
    time.advance(Duration.ofSeconds(1));
    ReplicaId third = new ReplicaId("main-3");
    demand.set(3, 0, Map.of(FIRST, 2, third, 1));
    time.advance(Duration.ofSeconds(185));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY, ReplicaState.DRAINING);
    assertThat(cluster.backend(third)).isPresent();
    time.advance(Duration.ofSeconds(60));
    assertThat(provisioner.list()).containsExactly(FIRST, third);
    demand.set(2, 0, Map.of(FIRST, 2));
    time.advance(Duration.ofSeconds(1));
    assertThat(provisioner.list()).containsExactly(FIRST);
  }

  @Test
  void whatOutlastsTheDrainIsEndedAndAnsweringProbesDoesNotBringAReplicaBack() {
    List<ReplicaId> interrupted = new ArrayList<>();
    ClusterManager cluster = scaled(1, 2, Duration.ofSeconds(30));
    cluster.onInterrupt(interrupted::add);
    demand.set(4, 30, Map.of(FIRST, 4));
    time.advance(Duration.ofSeconds(1));
    demand.set(3, 0, Map.of(FIRST, 2, SECOND, 1));
    time.advance(Duration.ofSeconds(185));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY, ReplicaState.DRAINING);
    assertThat(interrupted).isEmpty();
    time.advance(Duration.ofSeconds(30));
    assertThat(interrupted).containsExactly(SECOND);
    time.advance(Duration.ofSeconds(61));
    assertThat(interrupted).containsExactly(SECOND);
    assertThat(provisioner.list()).containsExactly(FIRST);
  }

  @Test
  void whoeverWaitsIsToldThatStartsFailAndTheNextStatementTriesAgain() {
    provisioner.failStarts("no memory");
    ClusterManager cluster = scaled(0, 3, Duration.ofMinutes(10));
    assertThat(cluster.snapshot().failing()).isFalse();
    demand.set(0, 1, Map.of());
    cluster.wake();
    assertThat(provisioner.starts()).isEqualTo(2);
    assertThat(cluster.snapshot().failing()).isTrue();
    assertThat(cluster.snapshot().reason())
        .isEqualTo("Spark does not start (no memory). It is tried again; send the statement later");

    demand.set(0, 0, Map.of());
    time.advance(Duration.ofSeconds(1));
    assertThat(provisioner.starts()).as("for nobody").isEqualTo(2);
    assertThat(cluster.snapshot().failing()).isFalse();
    assertThat(cluster.isSuspended()).isTrue();

    demand.set(0, 1, Map.of());
    cluster.wake();
    assertThat(cluster.snapshot().failing()).as("one more failure").isTrue();
    provisioner.failStarts("");
    time.advance(Duration.ofSeconds(2));
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
    assertThat(cluster.snapshot().failing()).isFalse();
  }

  @Test
  void startsThatFailBesideAReadyReplicaAreNoReasonToGiveUp() {
    ClusterManager cluster = scaled(1, 3, Duration.ofMinutes(10));
    provisioner.failStarts("no memory");
    demand.set(4, 30, Map.of(FIRST, 4));
    time.advance(Duration.ofSeconds(10));
    assertThat(provisioner.starts()).isGreaterThan(3);
    assertThat(cluster.snapshot().failing()).isFalse();
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
  }

  private static final ReplicaSpec LARGER =
      new ReplicaSpec(8, "2g", SparkFixture.SPARK_VERSION, SPEC.configuration());

  @Test
  void anUpgradeDrainsAReplicaWhenTheOneInItsPlaceIsReadyOneAfterTheOther() {
    ClusterManager cluster = scaled(2, 2, Duration.ofMinutes(10));
    demand.set(2, 0, Map.of(FIRST, 1, SECOND, 1));
    provisioner.slowStarts();
    seen.clear();
    cluster.upgrade(LARGER);
    time.advance(Duration.ofMinutes(5));
    assertThat(states(cluster))
        .containsExactly(ReplicaState.READY, ReplicaState.READY, ReplicaState.STARTING);

    provisioner.listen(new ReplicaId("main-3"), 3);
    time.advance(Duration.ofSeconds(1));
    assertThat(states(cluster))
        .containsExactly(
            ReplicaState.DRAINING, ReplicaState.READY, ReplicaState.READY, ReplicaState.STARTING);
    assertThat(cluster.backend(FIRST)).as("its statement goes on").isPresent();

    demand.set(1, 0, Map.of(SECOND, 1));
    provisioner.listen(new ReplicaId("main-4"), 4);
    time.advance(Duration.ofSeconds(3));
    assertThat(provisioner.list()).doesNotContain(FIRST).contains(SECOND);
    demand.set(0, 0, Map.of());
    time.advance(Duration.ofMinutes(1));
    assertThat(cluster.snapshot().replicas())
        .containsExactly(
            new ClusterSnapshot.ReplicaStatus(new ReplicaId("main-3"), ReplicaState.READY, 8),
            new ClusterSnapshot.ReplicaStatus(new ReplicaId("main-4"), ReplicaState.READY, 8));
    assertThat(provisioner.starts()).isEqualTo(4);
    assertThat(seen)
        .as("as many as there shall be are ready at any time")
        .allSatisfy(
            snapshot ->
                assertThat(snapshot.replicas())
                    .filteredOn(replica -> replica.state() == ReplicaState.READY)
                    .hasSizeGreaterThanOrEqualTo(2));
    assertThat(decisions)
        .extracting(MadeDecision::action)
        .contains("replace main-1", "drain main-1", "replace main-2", "drain main-2");
  }

  @Test
  void aKindThatDoesNotStartChangesNothingAndMayBeTakenBack() {
    ClusterManager cluster = scaled(1, 1, Duration.ofMinutes(10));
    provisioner.failStarts("there is no such image");
    cluster.upgrade(LARGER);
    time.advance(Duration.ofMinutes(5));
    assertThat(provisioner.starts()).isBetween(5, 20);
    assertThat(provisioner.list()).containsExactly(FIRST);
    assertThat(states(cluster)).containsExactly(ReplicaState.READY);
    assertThat(cluster.snapshot().failing()).isFalse();

    int before = provisioner.starts();
    provisioner.failStarts("");
    cluster.upgrade(SPEC);
    time.advance(Duration.ofMinutes(5));
    assertThat(provisioner.starts()).isEqualTo(before);
    assertThat(provisioner.list()).containsExactly(FIRST);
  }

  @Test
  void theLoadOfAClusterThatCannotStartIsNotAnsweredWithAStormOfStarts() {
    provisioner.failStarts("Spark ended with status 1");
    ClusterManager cluster = scaled(0, 3, Duration.ofMinutes(10));
    demand.set(0, 40, Map.of());
    for (int statement = 0; statement < 1000; statement++) {
      cluster.wake();
    }
    assertThat(provisioner.starts()).isEqualTo(2);
    assertThat(cluster.status().standing()).startsWith("a replica failed, and the wait");
  }
}
