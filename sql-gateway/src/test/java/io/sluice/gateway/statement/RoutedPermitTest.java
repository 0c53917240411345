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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RoutedPermitTest {

  private static final ClusterSnapshot STARTING = snapshot("Spark is starting", false);
  private static final ClusterSnapshot FAILING = snapshot("Spark does not start", true);

  private Instant now = Instant.parse("2026-11-22T12:00:00Z");
  private ClusterSnapshot first = STARTING;
  private ClusterSnapshot second = STARTING;
  private final StatementQueue firstQueue = queue(() -> first);
  private final StatementQueue secondQueue = queue(() -> second);
  private final StatementId statement = StatementId.random();
  private final RoutedPermit permit =
      new RoutedPermit(
          List.of(
              new RoutedPermit.Way(new StatementRoute("one", "rule r"), firstQueue),
              new RoutedPermit.Way(
                  new StatementRoute("two", "rule r; one could not start"), secondQueue)),
          Priority.NORMAL);

  private static ClusterSnapshot snapshot(String reason, boolean failing) {
    return new ClusterSnapshot("c", List.of(), reason, failing);
  }

  private static ClusterSnapshot ready(String replica) {
    return new ClusterSnapshot(
        "c", List.of(new ReplicaStatus(new ReplicaId(replica), ReplicaState.READY, 1)), "");
  }

  private StatementQueue queue(Supplier<ClusterSnapshot> cluster) {
    return new StatementQueue(
        new AdmissionLimits(1, 10, Duration.ofMinutes(5)), cluster, () -> now);
  }

  @Test
  void aClusterThatIsStartingIsWaitedFor() {
    second = ready("two-1");
    CompletableFuture<Grant> granted = permit.enter(statement, "ann");
    assertThat(granted).isNotDone();
    assertThat(permit.place(statement)).isPresent();
    first = ready("one-1");
    firstQueue.changed();
    assertThat(granted.join().replica().value()).isEqualTo("one-1");
    assertThat(permit.route().cluster()).isEqualTo("one");
    assertThat(permit.describe(granted.join())).startsWith("one-1, ").doesNotContain("rule r");
  }

  @Test
  void oneThatCannotStartIsLeftForTheNextAndTheReasonSaysSo() {
    CompletableFuture<Grant> granted = permit.enter(statement, "ann");
    first = FAILING;
    firstQueue.changed();
    assertThat(granted).isNotDone();
    assertThat(permit.route()).isEqualTo(new StatementRoute("two", "rule r; one could not start"));
    assertThat(permit.place(statement)).isPresent();
    second = ready("two-1");
    secondQueue.changed();
    assertThat(granted.join().replica().value()).isEqualTo("two-1");
    assertThat(permit.describe(granted.join()))
        .startsWith("two-1, ")
        .endsWith("; cluster two: rule r; one could not start");
    permit.leave(statement);
    assertThat(secondQueue.load().running()).isZero();
    assertThat(firstQueue.load().statements()).isZero();
  }

  @Test
  void withNoneLeftTheLastReasonIsTold() {
    first = FAILING;
    second = FAILING;
    assertThat(permit.enter(statement, "ann"))
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.CLUSTER_UNAVAILABLE));
    assertThat(secondQueue.load().statements()).isZero();
  }

  @Test
  void aLongQueueIsNoReasonToGoElsewhere() {
    first = ready("one-1");
    firstQueue.enter(StatementId.random(), "bob", Priority.NORMAL);
    second = ready("two-1");
    CompletableFuture<Grant> granted = permit.enter(statement, "ann");
    now = now.plus(Duration.ofMinutes(6));
    firstQueue.changed();
    assertThat(granted)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_TIMEOUT));
    assertThat(permit.route().cluster()).isEqualTo("one");
  }

  /** A statement that is cancelled while it goes from one queue to the other. */
  @Test
  void whoHasLeftTakesNoPlaceInTheNextQueue() {
    second = ready("two-1");
    CompletableFuture<Grant> granted = permit.enter(statement, "ann");
    permit.leave(statement);
    first = FAILING;
    firstQueue.changed();
    assertThat(granted).isNotDone();
    assertThat(firstQueue.load().statements()).isZero();
    assertThat(secondQueue.load().statements()).isZero();
    // Nor one who had left before there was a queue to leave.
    assertThat(permit.enter(statement, "ann")).isCompletedExceptionally();
    assertThat(secondQueue.load().statements()).isZero();
  }

  @Test
  void aSecondPermitIsSoughtWhereTheFirstOneWasGranted() {
    first = FAILING;
    second = ready("two-1");
    permit.enter(statement, "ann").join();
    permit.leave(statement);
    RoutedPermit again = permit.again();
    first = ready("one-1");
    assertThat(again.enterAgain(statement, "ann").join().replica().value()).isEqualTo("two-1");
    again.leave(statement);
  }
}
