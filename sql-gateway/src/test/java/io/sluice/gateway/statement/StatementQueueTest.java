package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ClusterSnapshot;
import io.sluice.model.ClusterSnapshot.ReplicaStatus;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.ReplicaState;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.router.Admission.Grant;
import io.sluice.router.AdmissionLimits;
import io.sluice.router.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class StatementQueueTest {

  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private ClusterSnapshot cluster = new ClusterSnapshot("main", List.of(), "Spark is starting");
  private final StatementQueue queue =
      new StatementQueue(
          new AdmissionLimits(1, 10, Duration.ofSeconds(60)), () -> cluster, () -> now);

  @Test
  void aWaiterRunsAsSoonAsAReplicaComesUp() {
    CompletableFuture<Grant> waiter = queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    assertThat(waiter).isNotDone();
    startReplica();
    queue.changed();
    assertThat(waiter.join().replica()).isEqualTo(new ReplicaId("one"));
  }

  @Test
  void aReturnedPermitGoesToTheNextAndAGivenUpPlaceToNobody() {
    startReplica();
    StatementId first = StatementId.random();
    StatementId second = StatementId.random();
    assertThat(queue.enter(first, "ann", Priority.NORMAL)).isDone();
    CompletableFuture<Grant> givenUp = queue.enter(second, "ann", Priority.NORMAL);
    CompletableFuture<Grant> next = queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    queue.leave(second);
    assertThat(next).isNotDone();
    queue.leave(first);
    assertThat(next).isDone();
    assertThat(givenUp).isNotDone();
  }

  @Test
  void whoWaitsTooLongIsToldWhy() {
    CompletableFuture<Grant> waiter = queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    now = now.plusSeconds(60);
    queue.changed();
    assertThat(waiter)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.CLUSTER_UNAVAILABLE))
        .withMessageContaining("Spark is starting");
  }

  @Test
  void nobodyWaitsForAClusterThatIsGone() {
    CompletableFuture<Grant> waiter = queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    queue.close();
    areRefused(
        "Cluster [main] is no longer defined.",
        waiter,
        queue.enter(StatementId.random(), "bob", Priority.NORMAL));
    assertThat(queue.load().statements()).isZero();
  }

  @Test
  void moreRunAtOnceWhenTheClusterIsRedefined() {
    startReplica();
    assertThat(queue.enter(StatementId.random(), "ann", Priority.NORMAL)).isDone();
    CompletableFuture<Grant> next = queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    assertThat(next).isNotDone();
    queue.limits(new AdmissionLimits(2, 10, Duration.ofSeconds(60)));
    assertThat(next).isDone();
  }

  @Test
  void nobodyWaitsForAReplicaThatDoesNotStart() {
    StatementId first = StatementId.random();
    CompletableFuture<Grant> waiter = queue.enter(first, "ann", Priority.NORMAL);
    cluster = new ClusterSnapshot("main", List.of(), "Spark does not start (no memory)", true);
    queue.changed();
    areRefused(
        "Cluster [main] is not available: Spark does not start (no memory)",
        waiter,
        queue.enter(StatementId.random(), "bob", Priority.NORMAL));
    assertThat(queue.load().statements()).isZero();
    queue.leave(first);
    startReplica();
    assertThat(queue.enter(StatementId.random(), "ann", Priority.NORMAL)).isCompleted();
  }

  @Test
  void aGrantMayReleaseItselfWithoutLockingUp() {
    startReplica();
    StatementId first = StatementId.random();
    queue.enter(first, "ann", Priority.NORMAL);
    StatementId second = StatementId.random();
    CompletableFuture<Void> chained =
        queue.enter(second, "ann", Priority.NORMAL).thenAccept(grant -> queue.leave(second));
    CompletableFuture<Grant> third = queue.enter(StatementId.random(), "bob", Priority.NORMAL);
    queue.leave(first);
    assertThat(chained).isDone();
    assertThat(third).isDone();
  }

  @Test
  void aFullQueueFailsTheFuture() {
    for (int i = 0; i < 11; i++) {
      queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    }
    CompletableFuture<Grant> refused = queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    assertThat(refused).isCompletedExceptionally();
    assertThat(refused.handle((grant, failure) -> unwrap(failure)).join())
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL));
  }

  @Test
  void itTellsOfAStatementThatWaitsAndOfNoneThatRunsAtOnce() {
    List<String> told = new ArrayList<>();
    queue.onWait(() -> told.add("waits"));
    startReplica();
    StatementId first = StatementId.random();
    queue.enter(first, "ann", Priority.NORMAL);
    assertThat(told).isEmpty();
    queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    assertThat(told).containsExactly("waits");
    assertThat(queue.load().running()).isEqualTo(1);
    assertThat(queue.load().queued()).isEqualTo(1);
    assertThat(queue.runningOn(new ReplicaId("one"))).containsExactly(first);
    assertThat(queue.permits(1)).isEqualTo(1);
  }

  @Test
  void whoWaitsTooLongForATurnIsToldHowLong() {
    startReplica();
    queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    CompletableFuture<Grant> waiter = queue.enter(StatementId.random(), "ann", Priority.NORMAL);
    now = now.plusSeconds(60);
    queue.changed();
    assertThat(waiter)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT))
        .withMessageContaining("waited 60 s for its turn");
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  private void startReplica() {
    cluster =
        new ClusterSnapshot(
            "main", List.of(new ReplicaStatus(new ReplicaId("one"), ReplicaState.READY, 1)), "");
  }

  @SafeVarargs
  private static void areRefused(String message, CompletableFuture<Grant>... waiters) {
    for (CompletableFuture<Grant> waiter : waiters) {
      assertThat(waiter)
          .failsWithin(Duration.ZERO)
          .withThrowableThat()
          .havingCause()
          .isInstanceOfSatisfying(
              SluiceException.class,
              error -> assertThat(error.code()).isEqualTo(ErrorCode.CLUSTER_UNAVAILABLE))
          .withMessage(message);
    }
  }
}
