package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class StartedResultTest {

  private final FakeStatements statements = new FakeStatements();
  private final Session session = new FakeSessions().open(new Principal("ann", Set.of()), "");

  private StartedResult started(Flow.Publisher<ResultMessage> result) {
    statements.query("q", Batches.NUMBERS, List.of(), () -> result);
    return StartedResult.of(statements.submit(session, "q", List.of()));
  }

  /** Or a client that polls fast and for long would fill the heap. */
  @Test
  void whoWaitsNoLongerIsForgotten() {
    StartedResult result = started(FakeStatements.never());
    result.start();
    for (int poll = 0; poll < 10; poll++) {
      result.ready().complete(false);
    }
    assertThat(result.waiting()).isZero();
    CompletableFuture<Boolean> waits = result.ready();
    assertThat(waits).isNotDone();
    assertThat(result.waiting()).isEqualTo(1);
  }

  @Test
  void whoWaitsLearnsHowItEnds() {
    SluiceException failure = new SluiceException(ErrorCode.QUEUE_TIMEOUT, "No permit came");
    StartedResult result = started(FakeStatements.failing(failure));
    CompletableFuture<Boolean> before = result.ready();
    result.start();
    assertThat(before).isCompletedExceptionally();
    assertThat(result.ready())
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCause(failure);
    assertThat(result.waiting()).isZero();
  }
}
