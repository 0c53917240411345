package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.Door;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.planner.Namespace;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ManagedStatementTest {

  private final Journal journal = new Journal(() -> Instant.EPOCH);
  private final ManagedStatement statement = newStatement();

  private ManagedStatement newStatement() {
    Session session =
        new SessionRegistry(
                new Namespace("lake", "tpch"), Duration.ofHours(1), () -> Instant.EPOCH, s -> false)
            .at(Door.FLIGHT)
            .open(new Principal("ann", Set.of()), "");
    ManagedStatement made =
        new ManagedStatement(
            StatementId.random(),
            session,
            StatementServiceFixture.LIMITS,
            journal,
            Runnable::run,
            () -> Instant.EPOCH);
    journal.received(made, 8);
    return made;
  }

  @Test
  void theTerminalStateComesFirstThenReleasesThenTheClientsEnding() {
    List<String> order = new ArrayList<>();
    statement.onEnd(() -> order.add("permit " + statement.state()));
    statement.onEnd(() -> order.add("lease " + statement.state()));
    statement.ending().thenAccept(state -> order.add("ending " + state));
    statement.cancel("enough");
    assertThat(order).containsExactly("lease CANCELED", "permit CANCELED", "ending CANCELED");
  }

  @Test
  void aReleaseThatComesLateRunsAtOnce() {
    statement.cancel("enough");
    AtomicInteger released = new AtomicInteger();
    statement.onEnd(released::incrementAndGet);
    assertThat(released).hasValue(1);
  }

  @Test
  void aClientThatComesAfterTheEndIsTold() {
    statement.failed(new SluiceException(ErrorCode.PERMISSION_DENIED, "no"));
    RecordingClient client = new RecordingClient();
    statement.result().subscribe(client);
    assertThat(client.error).hasMessage("no");
    assertThat(client.endings()).isEqualTo(1);
  }

  @Test
  void demandThatComesBeforeTheSourceIsKeptForIt() {
    RecordingClient client = new RecordingClient();
    statement.result().subscribe(client);
    client.subscription.request(3);
    RecordedSpark.Run run = new RecordedSpark.Run(null);
    run.subscribe(statement.relay().source());
    assertThat(run.demand).isEqualTo(3);
    client.subscription.request(2);
    assertThat(run.demand).isEqualTo(5);
  }

  @Test
  void aSourceThatComesAfterTheEndIsCanceled() {
    statement.cancel("enough");
    RecordedSpark.Run run = new RecordedSpark.Run(null);
    run.subscribe(statement.relay().source());
    assertThat(run.canceled).isTrue();
  }

  @Test
  void underARestrictionSparksOwnTextIsWithheld() {
    statement.disclose(Disclosure.of(StatementServiceFixture.query("select 1", true), false));
    RecordingClient client = new RecordingClient();
    statement.result().subscribe(client);
    statement.failed(
        SluiceException.ofSpark(
            "CAST_INVALID_INPUT", "22018", "The value 'secret' cannot be cast"));
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.clientText(null)).startsWith("[CAST_INVALID_INPUT]");
              assertThat(error.sqlState()).isEqualTo("22018");
              assertThat(error.clientText(null)).doesNotContain("secret");
            });
  }

  @Test
  void anUnforeseenFailureShowsNothingOfItself() {
    RecordingClient client = new RecordingClient();
    statement.result().subscribe(client);
    statement.failed(new IllegalStateException("secret path /data"));
    assertThat(((SluiceException) client.error).code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
    assertThat(((SluiceException) client.error).clientText(null)).doesNotContain("secret");
  }

  @Test
  void aClientSideThatThrowsEndsTheStatement() {
    RecordingClient client =
        new RecordingClient() {
          @Override
          public void onNext(ResultMessage message) {
            throw new IllegalStateException("broken");
          }
        };
    statement.result().subscribe(client);
    RecordedSpark.Run run = new RecordedSpark.Run(null);
    run.subscribe(statement.relay().source());
    run.batch(1);
    assertThat(statement.state()).isEqualTo(StatementState.FAILED);
    assertThat(run.canceled).isTrue();
    assertThat(client.endings()).isEqualTo(1);
  }

  /** Moves: 0 to 4 the next state in order, 5 cancel, 6 complete, 7 fail, 8 batch. */
  @Property
  void aTerminalStateNeverLeavesAndTheClientIsToldOnce(
      @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 8) Integer> moves) {
    ManagedStatement subject = newStatement();
    RecordingClient client = new RecordingClient();
    subject.result().subscribe(client);
    AtomicInteger released = new AtomicInteger();
    subject.onEnd(released::incrementAndGet);
    StatementState terminal = null;
    for (int move : moves) {
      StatementState before = subject.state();
      switch (move) {
        case 5 -> subject.cancel("enough");
        case 6 -> subject.completed();
        case 7 -> subject.failed(new SluiceException(ErrorCode.REPLICA_LOST, "gone"));
        default -> {
          StatementState next = StatementState.values()[Math.min(move, 4)];
          if (before.next().contains(next)) {
            assertThat(subject.advance(next, "")).isTrue();
          } else if (before.isTerminal()) {
            assertThat(subject.advance(next, "")).isFalse();
          }
        }
      }
      if (terminal != null) {
        assertThat(subject.state()).isEqualTo(terminal);
      } else if (subject.state().isTerminal()) {
        terminal = subject.state();
      }
    }
    int ended = terminal == null ? 0 : 1;
    assertThat(client.endings()).isEqualTo(ended);
    assertThat(released).hasValue(ended);
    assertThat(subject.ending().isDone()).isEqualTo(ended == 1);
  }

  @RepeatedTest(50)
  void cancelAgainstFinishHasOneWinner() throws Exception {
    ManagedStatement subject = newStatement();
    AtomicInteger released = new AtomicInteger();
    subject.onEnd(released::incrementAndGet);
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService two = Executors.newFixedThreadPool(2);
    two.execute(
        () -> {
          awaitQuietly(start);
          subject.cancel("enough");
        });
    two.execute(
        () -> {
          awaitQuietly(start);
          subject.completed();
        });
    start.countDown();
    two.shutdown();
    assertThat(two.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(released).hasValue(1);
    assertThat(subject.state()).isIn(StatementState.CANCELED, StatementState.FINISHED);
    assertThat(subject.ending().join()).isEqualTo(subject.state());
    assertThat(journal.recent())
        .filteredOn(entry -> entry.statement().equals(subject.id().value()))
        .singleElement()
        .extracting(Journal.Entry::state)
        .isEqualTo(subject.state());
  }

  /** The last row that a run may send and the loss of its replica meet. */
  @RepeatedTest(50)
  void aRowOnItsWayAgainstTheWayBackHasOneWinner() throws Exception {
    ManagedStatement subject = newStatement();
    RecordingClient client = new RecordingClient();
    subject.result().subscribe(client);
    client.subscription.request(9);
    AtomicInteger again = new AtomicInteger();
    AtomicInteger released = new AtomicInteger();
    RecordedSpark.Run run = new RecordedSpark.Run(null);
    subject.onLoss(again::incrementAndGet);
    subject.onceFreed(released::incrementAndGet);
    for (StatementState next :
        List.of(StatementState.ANALYZED, StatementState.QUEUED, StatementState.ROUTED)) {
      subject.advance(next, "");
    }
    Flow.Subscriber<ResultMessage> rows = subject.relay().source();
    subject.runs(StatementServiceFixture.query("q", false), new ReplicaId("one"), run);
    run.subscribe(rows);
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService two = Executors.newFixedThreadPool(2);
    two.execute(
        () -> {
          awaitQuietly(start);
          run.batch(1);
        });
    two.execute(
        () -> {
          awaitQuietly(start);
          subject.replicaLeaves();
        });
    start.countDown();
    two.shutdown();
    assertThat(two.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    assertThat(client.messages.size() + again.get()).isLessThanOrEqualTo(1);
    assertThat(again.get()).isEqualTo(subject.state() == StatementState.QUEUED ? 1 : 0);
    assertThat(client.errors).isEqualTo(subject.state() == StatementState.CANCELED ? 1 : 0);
    assertThat(released).hasValue(1);
    assertThat(run.canceled).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
