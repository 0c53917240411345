package io.sluice.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ClusterLoad;
import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.router.Admission.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final ClusterSnapshot TWO_SLOTS = cluster(ready("a", 2));

  private final Admission admission =
      new Admission(new AdmissionLimits(2, 5, Duration.ofMinutes(5)), NOON);
  private long lastId;

  @Test
  void oneUsersFloodDelaysAnothersStatementByOneAtMost() {
    List<StatementId> flood = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      flood.add(enter("ann", NOON));
    }
    assertThat(grantAll(TWO_SLOTS)).hasSize(4);
    StatementId single = enter("bob", NOON.plusSeconds(1));
    admission.leave(flood.get(0), NOON);
    assertThat(grantAll(TWO_SLOTS)).extracting(Grant::statement).containsExactly(single);
  }

  @Test
  void theLeastLoadedReadyReplicaIsChosenForItsSize() {
    ClusterSnapshot cluster =
        cluster(
            ready("small", 1),
            ready("large", 4),
            new ReplicaStatus(new ReplicaId("new"), ReplicaState.STARTING, 8),
            new ReplicaStatus(new ReplicaId("old"), ReplicaState.DRAINING, 8));
    for (int i = 0; i < 5; i++) {
      enter("ann", NOON);
    }
    assertThat(grantAll(cluster))
        .extracting(grant -> grant.replica().value())
        .containsExactly("small", "large", "large", "large", "large");
  }

  @Test
  void otherLimitsHoldForWhatWaitsAndComes() {
    for (int i = 0; i < 6; i++) {
      enter("ann", NOON);
    }
    assertThat(grantAll(TWO_SLOTS)).hasSize(4);
    admission.limits(new AdmissionLimits(3, 2, Duration.ofMinutes(1)));
    assertThat(grantAll(TWO_SLOTS)).hasSize(2);
    for (int i = 0; i < 3; i++) {
      enter("ann", NOON);
    }
    assertThatThrownBy(() -> enter("ann", NOON)).hasMessageContaining("2 statements are waiting");
    assertThat(admission.expire(NOON.plusSeconds(60))).hasSize(3);
  }

  @Test
  void nothingIsGrantedWithoutAReadyReplica() {
    enter("ann", NOON);
    assertThat(admission.grant(cluster(), NOON)).isEmpty();
    assertThat(admission.grant(TWO_SLOTS, NOON)).isPresent();
  }

  @Test
  void aFullQueueRefusesAndSaysSo() {
    for (int i = 0; i < 6; i++) {
      enter("ann", NOON);
    }
    assertThatThrownBy(() -> enter("bob", NOON))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL))
        .hasMessageContaining("5 statements are waiting");
  }

  @Test
  void whatWaitedTooLongComesOutAndOnlyThat() {
    StatementId first = enter("ann", NOON);
    StatementId second = enter("ann", NOON.plusSeconds(10));
    assertThat(admission.expire(NOON.plusSeconds(299))).isEmpty();
    assertThat(admission.expire(NOON.plusSeconds(300))).containsExactly(first);
    assertThat(admission.leave(first, NOON)).isFalse();
    assertThat(admission.leave(second, NOON)).isTrue();
  }

  @Test
  void aHigherPriorityGoesFirstAndALowerOneIsNotStarved() {
    ClusterSnapshot cluster = cluster(ready("a", 10));
    Admission subject = new Admission(new AdmissionLimits(1, 1000, Duration.ofMinutes(5)), NOON);
    Map<StatementId, Priority> sent = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      for (Priority priority : Priority.values()) {
        StatementId id = new StatementId(new UUID(priority.ordinal(), i));
        subject.enter(id, priority.name(), priority, NOON);
        sent.put(id, priority);
      }
    }
    List<Priority> order = new ArrayList<>();
    for (Optional<Grant> grant = subject.grant(cluster, NOON);
        grant.isPresent();
        grant = subject.grant(cluster, NOON)) {
      order.add(sent.get(grant.get().statement()));
    }
    assertThat(order).startsWith(Priority.HIGH, Priority.NORMAL, Priority.LOW);
    assertThat(order).filteredOn(p -> p == Priority.HIGH).hasSize(7);
    assertThat(order).filteredOn(p -> p == Priority.LOW).hasSize(1);
  }

  @Test
  void theLoadTellsWhatRunsWhatWaitsAndHowLongThatIsExpectedToTake() {
    List<StatementId> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(enter("ann", NOON.minusSeconds(60 - i)));
    }
    assertThat(admission.grant(TWO_SLOTS, NOON.minusSeconds(40))).isPresent();
    assertThat(admission.leave(all.get(0), NOON.minusSeconds(20))).isTrue();
    assertThat(admission.grant(TWO_SLOTS, NOON.minusSeconds(5))).isPresent();
    ClusterLoad load = admission.load(NOON);
    assertThat(load.running()).isEqualTo(1);
    assertThat(load.queued()).isEqualTo(4);
    assertThat(load.oldestWait()).isEqualTo(Duration.ofSeconds(58));
    assertThat(load.runningWork()).isEqualTo(15);
    assertThat(load.queuedWork()).isEqualTo(80);
    assertThat(load.offered()).isPositive();
    assertThat(load.runningOn(new ReplicaId("a"))).isEqualTo(1);
    assertThat(load.lastActivity()).isEqualTo(NOON.minusSeconds(20));
    assertThat(admission.runningStatements(new ReplicaId("a"))).containsExactly(all.get(1));
  }

  @Test
  void whatRunsForLongTellsOfWhatWaitsBeforeAnythingHasEnded() {
    for (int i = 0; i < 6; i++) {
      enter("ann", NOON);
    }
    assertThat(grantAll(TWO_SLOTS)).hasSize(4);
    assertThat(admission.load(NOON).queuedWork()).isEqualTo(10);
    assertThat(admission.load(NOON.plusSeconds(40)).queuedWork()).isEqualTo(80);
  }

  /** Each number stands for a user who enters a statement (0 to 3) or for one ending (4). */
  @Property
  void permitsAreNeverExceededNorLostAndTheSmallestShareGoesFirst(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 4) Integer> moves) {
    Admission subject = new Admission(new AdmissionLimits(2, 1000, Duration.ofMinutes(5)), NOON);
    Map<StatementId, String> users = new HashMap<>();
    List<StatementId> running = new ArrayList<>();
    List<StatementId> waiting = new ArrayList<>();
    for (int move : moves) {
      if (move < 4) {
        StatementId id = new StatementId(new UUID(move, users.size()));
        users.put(id, "user" + move);
        subject.enter(id, "user" + move, NOON);
        waiting.add(id);
      } else if (!running.isEmpty()) {
        assertThat(subject.leave(running.remove(0), NOON)).isTrue();
      }
      for (Optional<Grant> grant = subject.grant(TWO_SLOTS, NOON);
          grant.isPresent();
          grant = subject.grant(TWO_SLOTS, NOON)) {
        StatementId id = grant.get().statement();
        long share = share(running, users, users.get(id));
        assertThat(waiting)
            .allSatisfy(
                other ->
                    assertThat(share(running, users, users.get(other)))
                        .isGreaterThanOrEqualTo(share));
        waiting.remove(id);
        running.add(id);
      }
      assertThat(running).hasSizeLessThanOrEqualTo(4);
      assertThat(running.size() == 4 || waiting.isEmpty()).isTrue();
      assertThat(subject.running()).isEqualTo(running.size());
      assertThat(subject.waiting()).isEqualTo(waiting.size());
    }
  }

  private static long share(
      List<StatementId> running, Map<StatementId, String> users, String user) {
    return running.stream().filter(id -> users.get(id).equals(user)).count();
  }

  private StatementId enter(String user, Instant now) {
    StatementId id = new StatementId(new UUID(0, ++lastId));
    admission.enter(id, user, now);
    return id;
  }

  @Test
  void aFullQueueTakesWhatLostItsReplica() {
    for (int i = 0; i < 6; i++) {
      enter("ann", NOON);
    }
    assertThatThrownBy(() -> enter("ann", NOON)).isInstanceOf(SluiceException.class);
    admission.enterAgain(new StatementId(new UUID(2, 1)), "ann", Priority.NORMAL, NOON);
    assertThat(admission.waiting()).isEqualTo(7);
    assertThat(admission.giveUp()).hasSize(7);
    assertThat(admission.waiting()).isZero();
    assertThat(admission.grant(TWO_SLOTS, NOON)).isEmpty();
  }

  @Test
  void whatGoesBackInTheQueueKeepsItsPriority() {
    ClusterSnapshot one = cluster(ready("a", 1));
    StatementId lost = new StatementId(new UUID(3, 1));
    enter("ann", NOON);
    admission.enterAgain(lost, "ann", Priority.HIGH, NOON);
    assertThat(admission.grant(one, NOON)).map(Grant::statement).contains(lost);
  }

  /** On one permit, and for one user too: there the shares are always equal. */
  @Property(tries = 20)
  void noPriorityIsStarvedHoweverManyHigherOnesCome(
      @ForAll @IntRange(min = 1, max = 3) int users,
      @ForAll @IntRange(min = 1, max = 3) int permits) {
    Admission queue = new Admission(new AdmissionLimits(1, 2000, Duration.ofMinutes(5)), NOON);
    ClusterSnapshot cluster = cluster(ready("a", permits));
    Map<StatementId, Priority> sent = new HashMap<>();
    List<Priority> order = new ArrayList<>();
    List<StatementId> running = new ArrayList<>();
    for (int turn = 0; turn < 340; turn++) {
      for (Priority priority : Priority.values()) {
        StatementId id = new StatementId(new UUID(priority.ordinal(), turn));
        queue.enter(id, "user" + turn % users, priority, NOON);
        sent.put(id, priority);
      }
      if (running.size() == permits) {
        queue.leave(running.remove(0), NOON);
      }
      StatementId next = queue.grant(cluster, NOON).orElseThrow().statement();
      order.add(sent.get(next));
      running.add(next);
    }
    assertThat(order.get(0)).isEqualTo(Priority.HIGH);
    assertThat(order).filteredOn(p -> p == Priority.LOW).hasSizeBetween(15, 25);
    assertThat(order).filteredOn(p -> p == Priority.HIGH).hasSizeGreaterThan(200);
  }

  @Property
  void aPlaceInTheQueueIsTheTurnThatComes(
      @ForAll Priority priority,
      @ForAll @Size(max = 6) List<@IntRange(min = 0, max = 3) Integer> running,
      @ForAll @Size(max = 15) List<@IntRange(min = 0, max = 3) Integer> waiting) {
    Admission queue = new Admission(new AdmissionLimits(1, 100, Duration.ofMinutes(5)), NOON);
    ClusterSnapshot full = cluster(ready("a", Math.max(1, running.size())));
    running.forEach(user -> enter(queue, user, priority));
    for (int one = 0; one < running.size(); one++) {
      assertThat(queue.grant(full, NOON)).isPresent();
    }
    List<StatementId> entered = waiting.stream().map(user -> enter(queue, user, priority)).toList();
    Map<Integer, StatementId> places = new HashMap<>();
    for (StatementId statement : entered) {
      places.put(queue.place(statement, full, NOON).orElseThrow().position(), statement);
    }
    ClusterSnapshot larger = cluster(ready("a", 1), ready("b", 100));
    for (int turn = 1; turn <= entered.size(); turn++) {
      assertThat(queue.grant(larger, NOON).orElseThrow().statement()).isEqualTo(places.get(turn));
    }
  }

  /** Lower ones take every fifth turn at most, and the lowest every seventeenth. */
  @Property
  void theHighestPriorityIsLateByAFewTurnsAtMost(
      @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 3) Integer> waiting) {
    Admission queue = new Admission(new AdmissionLimits(1, 100, Duration.ofMinutes(5)), NOON);
    List<StatementId> urgent = new ArrayList<>();
    for (int user : waiting) {
      Priority priority = Priority.values()[user % Priority.values().length];
      StatementId entered = enter(queue, user, priority);
      if (priority == Priority.HIGH) {
        urgent.add(entered);
      }
    }
    ClusterSnapshot idle = cluster(ready("a", 100));
    Map<StatementId, Integer> places = new HashMap<>();
    urgent.forEach(one -> places.put(one, queue.place(one, idle, NOON).orElseThrow().position()));
    for (int turn = 1; turn <= waiting.size(); turn++) {
      StatementId next = queue.grant(idle, NOON).orElseThrow().statement();
      int place = places.getOrDefault(next, turn);
      assertThat(turn).isLessThanOrEqualTo(place + place / 4 + place / 16 + 1);
    }
  }

  private StatementId enter(Admission queue, int user, Priority priority) {
    StatementId id = new StatementId(new UUID(0, ++lastId));
    queue.enter(id, "user" + user, priority, NOON);
    return id;
  }

  @Test
  void theWaitThatIsExpectedFollowsWhatRunsAndWhatComesBefore() {
    ClusterSnapshot oneAtATime = cluster(ready("a", 1));
    Admission queue = new Admission(new AdmissionLimits(1, 9, Duration.ofMinutes(5)), NOON);
    StatementId first = new StatementId(new UUID(1, 1));
    queue.enter(first, "ann", NOON);
    assertThat(queue.place(first, cluster(), NOON))
        .as("nobody knows when a replica is there")
        .contains(new Admission.Place(1, Optional.empty()));
    queue.grant(oneAtATime, NOON);
    assertThat(queue.place(first, oneAtATime, NOON)).as("it runs").isEmpty();
    queue.leave(first, NOON.plusSeconds(20));

    StatementId second = new StatementId(new UUID(1, 2));
    StatementId third = new StatementId(new UUID(1, 3));
    StatementId fourth = new StatementId(new UUID(1, 4));
    Instant now = NOON.plusSeconds(20);
    for (StatementId each : List.of(second, third, fourth)) {
      queue.enter(each, "ann", now);
    }
    queue.grant(oneAtATime, now);
    assertThat(queue.place(third, oneAtATime, now))
        .contains(new Admission.Place(1, Optional.of(Duration.ofSeconds(20))));
    assertThat(queue.place(fourth, oneAtATime, now))
        .contains(new Admission.Place(2, Optional.of(Duration.ofSeconds(40))));
    assertThat(queue.place(fourth, oneAtATime, now.plusSeconds(5)))
        .contains(new Admission.Place(2, Optional.of(Duration.ofSeconds(35))));
  }

  private List<Grant> grantAll(ClusterSnapshot cluster) {
    List<Grant> grants = new ArrayList<>();
    admission.grant(cluster, NOON).ifPresent(grants::add);
    while (!grants.isEmpty()) {
      Optional<Grant> next = admission.grant(cluster, NOON);
      if (next.isEmpty()) {
        break;
      }
      grants.add(next.get());
    }
    return grants;
  }

  private static ReplicaStatus ready(String id, int slots) {
    return new ReplicaStatus(new ReplicaId(id), ReplicaState.READY, slots);
  }

  private static ClusterSnapshot cluster(ReplicaStatus... replicas) {
    return new ClusterSnapshot("main", List.of(replicas), "");
  }
}
