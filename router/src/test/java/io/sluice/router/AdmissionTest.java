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
