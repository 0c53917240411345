package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.SessionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatementLimitsTest extends StatementServiceFixture {

  private static final Duration MOMENT = Duration.ofMillis(1);

  @Test
  void aClientThatTakesNothingLosesItsStatementAndFreesSparkAndThePermit() {
    Statement statement = service.submit(session, "a", List.of());
    RecordingClient client = subscribe(statement);
    RecordedSpark.Run run = spark.runs.get(0);
    client.subscription.request(1);
    run.batch(1);
    Statement next = service.submit(session, "b", List.of());
    subscribe(next).subscription.request(1);
    pass(LIMITS.clientStall().minus(MOMENT));
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
    pass(MOMENT);
    assertThat(statement.state()).isEqualTo(StatementState.CANCELED);
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TIMEOUT);
              assertThat(error).hasMessageContaining("took nothing of the result for 5 min");
            });
    assertThat(run.canceled).isTrue();
    assertThat(next.state()).isEqualTo(StatementState.RUNNING);
    assertThat(journal.recent().get(0))
        .satisfies(
            entry -> {
              assertThat(entry.errorCode()).isEqualTo("STATEMENT_TIMEOUT");
              assertThat(entry.detail()).contains("client took nothing");
            });
  }

  @Test
  void aClientThatTakesABatchNowAndThenDoesNotStall() {
    Statement statement = service.submit(session, "a", List.of());
    RecordingClient client = subscribe(statement);
    for (int batch = 0; batch < 10; batch++) {
      client.subscription.request(1);
      spark.runs.get(0).batch(1);
      pass(LIMITS.clientStall().minus(MOMENT));
    }
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
  }

  @Test
  void aClientThatWaitsForSparkDoesNotStall() {
    Statement statement = service.submit(session, "a", List.of());
    subscribe(statement).subscription.request(1);
    pass(LIMITS.runTime().minus(MOMENT));
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
  }

  @Test
  void aStatementWhoseResultNobodyFetchesEnds() {
    Statement statement = service.submit(session, "a", List.of());
    pass(LIMITS.clientStall());
    assertThat(statement.ending()).isCompletedWithValue(StatementState.CANCELED);
    assertThat(service.running()).isZero();
  }

  @Test
  void aStatementThatRunsTooLongEndsHoweverEagerItsClientIs() {
    Statement statement = service.submit(session, "a", List.of());
    RecordingClient client = subscribe(statement);
    client.subscription.request(Long.MAX_VALUE);
    RecordedSpark.Run run = spark.runs.get(0);
    run.batch(1);
    pass(LIMITS.runTime().minus(MOMENT));
    run.batch(1);
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
    pass(MOMENT);
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TIMEOUT);
              assertThat(error).hasMessageContaining("ran for 2 h");
            });
    assertThat(run.canceled).isTrue();
    assertThat(journal.recent().get(0).detail()).contains("ran for 2 h");
  }

  @Test
  void theWaitForAPermitDoesNotCountAsRunning() {
    RecordingClient first = subscribe(service.submit(session, "a", List.of()));
    first.subscription.request(1);
    Statement second = service.submit(session, "b", List.of());
    subscribe(second).subscription.request(1);
    pass(LIMITS.runTime());
    assertThat(first.errors).isEqualTo(1);
    assertThat(second.state()).isEqualTo(StatementState.RUNNING);
    pass(LIMITS.runTime().minus(MOMENT));
    assertThat(second.state()).isEqualTo(StatementState.RUNNING);
    pass(MOMENT);
    assertThat(second.state()).isEqualTo(StatementState.CANCELED);
  }

  @Test
  void nothingBeyondTheMostRowsIsSentAndSparkIsFreed() {
    Statement statement = service.submit(session, "a", List.of());
    RecordingClient client = subscribe(statement);
    client.subscription.request(9);
    RecordedSpark.Run run = spark.runs.get(0);
    run.batch(60);
    run.batch(40);
    assertThat(client.messages).hasSize(2);
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
    run.batch(1);
    assertThat(client.messages).hasSize(2);
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.code()).isEqualTo(ErrorCode.RESULT_TOO_LARGE);
              assertThat(error.sqlState()).isEqualTo("53400");
              assertThat(error)
                  .hasMessage(
                      "The result has more than 100 rows, the most that the server or the session's"
                          + " setting sluice.result.maxRows allows, and was ended there. Ask for"
                          + " less, for example with LIMIT, a filter or an aggregate.");
            });
    assertThat(run.canceled).isTrue();
    assertThat(client.endings()).isEqualTo(1);
    assertThat(journal.recent().get(0).errorCode()).isEqualTo("RESULT_TOO_LARGE");
    // The permit is free again.
    assertThat(started(service.submit(session, "b", List.of()))).isNotSameAs(run);
  }

  @Test
  void whatSparkStillSendsAfterTheLimitReachesNobody() {
    RecordingClient client = subscribe(service.submit(session, "a", List.of()));
    client.subscription.request(9);
    RecordedSpark.Run run = spark.runs.get(0);
    run.batch(101);
    run.batch(1);
    run.complete();
    assertThat(client.messages).isEmpty();
    assertThat(client.errors).isEqualTo(1);
    assertThat(client.completions).isZero();
  }

  @Test
  void nothingBeyondTheMostBytesIsSent() {
    session.configure(values -> values.putAll(Map.of(SessionSettings.MAX_BYTES, "9")));
    RecordingClient client = subscribe(service.submit(session, "a", List.of()));
    client.subscription.request(9);
    // Each has a body of four bytes.
    spark.runs.get(0).batch(1);
    spark.runs.get(0).batch(1);
    assertThat(client.endings()).isZero();
    spark.runs.get(0).batch(1);
    assertThat(client.messages).hasSize(2);
    assertThat(client.error).hasMessageContaining("more than 9 bytes");
  }

  @Test
  void aCommandThatWasCarriedOutIsNotFailedForItsRows() {
    session.configure(
        values ->
            values.putAll(Map.of(SessionSettings.MAX_ROWS, "1", SessionSettings.MAX_BYTES, "5")));
    analysis = command("call x", List.of());
    Statement statement = service.submit(session, "call x", List.of());
    RecordingClient client = subscribe(statement);
    client.subscription.request(9);
    RecordedSpark.Run run = spark.runs.get(0);
    run.batch(2);
    run.batch(3);
    run.complete();
    assertThat(client.messages).hasSize(2);
    assertThat(client.errors).isZero();
    assertThat(statement.ending()).isCompletedWithValue(StatementState.FINISHED);
  }

  @Test
  void aSessionLowersTheLimitsOfItsLaterStatementsAndCannotRaiseThem() {
    RecordingClient before = subscribe(service.submit(session, "a", List.of()));
    before.subscription.request(9);
    session.configure(
        values ->
            values.putAll(
                Map.of(
                    SessionSettings.MAX_ROWS, "10",
                    SessionSettings.TIMEOUT, "60",
                    SessionSettings.STALL_TIMEOUT, "999999",
                    SessionSettings.MAX_BYTES, "999999")));
    spark.runs.get(0).batch(11);
    assertThat(before.endings()).isZero();
    spark.runs.get(0).complete();
    assertThat(LIMITS.loweredBy(session.configuration()))
        .isEqualTo(
            new StatementLimits(LIMITS.clientStall(), Duration.ofMinutes(1), 10, LIMITS.bytes()));
    RecordingClient limited = subscribe(service.submit(session, "b", List.of()));
    limited.subscription.request(9);
    pass(Duration.ofMinutes(1));
    assertThat(limited.error).hasMessageContaining("ran for 1 min");
  }

  @Test
  void aLimitOfNothingIsNone() {
    assertThatThrownBy(() -> new StatementLimits(Duration.ZERO, Duration.ofHours(1), 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** As housekeeping finds the statements when that time has passed. */
  private void pass(Duration duration) {
    time.advance(duration);
    service.enforceLimits();
  }
}
