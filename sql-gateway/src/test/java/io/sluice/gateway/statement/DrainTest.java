package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DrainTest extends StatementServiceFixture {

  @Test
  void whatRunsEndsWellAndWhatWaitsMayBeSentElsewhere() {
    RecordingClient runs = subscribe(service.submit(session, "a", List.of()));
    runs.subscription.request(9);
    Statement waiting = service.submit(session, "b", List.of());
    RecordingClient waits = subscribe(waiting);
    assertThat(waiting.state()).isEqualTo(StatementState.QUEUED);

    CompletableFuture<Void> drained = service.drain();

    assertThat(service.isStopping()).isTrue();
    assertThat(waits.error).satisfies(DrainTest::saysThatTheGatewayStops);
    assertThat(drained).isNotDone();
    spark.runs.get(0).batch(1);
    spark.runs.get(0).complete();
    assertThat(runs.completions).isEqualTo(1);
    assertThat(runs.messages).hasSize(1);
    assertThat(drained).isCompleted();
    assertThat(spark.runs).hasSize(1);
  }

  @Test
  void nothingNewIsTaken() {
    assertThat(service.drain()).isCompleted();
    assertThatThrownBy(() -> service.prepare(session, "a").join())
        .cause()
        .satisfies(DrainTest::saysThatTheGatewayStops);
    RecordingClient client = subscribe(service.submit(session, "a", List.of()));
    assertThat(client.error).satisfies(DrainTest::saysThatTheGatewayStops);
    assertThat(spark.runs).isEmpty();
    assertThat(journal.recent())
        .extracting(Journal.Entry::errorCode)
        .containsExactly("SHUTTING_DOWN", "SHUTTING_DOWN");
  }

  @Test
  void whatDoesNotEndInTimeIsInterrupted() {
    Statement statement = service.submit(session, "a", List.of());
    RecordingClient client = subscribe(statement);
    CompletableFuture<Void> drained = service.drain();
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
    service.shutDown();
    assertThat(client.error).satisfies(DrainTest::saysThatTheGatewayStops);
    assertThat(spark.runs.get(0).canceled).isTrue();
    assertThat(drained).isCompleted();
  }

  @Test
  void aWriteThatIsInterruptedMayHaveBeenCarriedOut() {
    analysis = command("insert", List.of());
    RecordingClient client = subscribe(service.submit(session, "insert", List.of()));
    service.drain();
    service.shutDown();
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
  }

  private static void saysThatTheGatewayStops(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
              assertThat(error.code().isRetryable()).isTrue();
              assertThat(error).hasMessageContaining("The gateway is stopping");
            });
  }
}
