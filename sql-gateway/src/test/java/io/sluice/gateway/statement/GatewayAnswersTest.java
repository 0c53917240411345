package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import io.sluice.testkit.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class GatewayAnswersTest {

  private static final Principal ANN = new Principal("ann", Set.of());
  private static final ResultMessage MESSAGE = ArrowEncoder.schema(new Schema(List.of()));

  private final ManualScheduler time = new ManualScheduler();
  private final GatewayAnswers answers =
      new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, time);

  private RecordingClient fetch(Principal principal, int messages) {
    Iterator<ResultMessage> given = Collections.nCopies(messages, MESSAGE).iterator();
    RecordingClient client = new RecordingClient();
    answers.limited(principal, new DemandPublisher<>(given)).subscribe(client);
    return client;
  }

  @Test
  void anAnswerThatIsFetchedEndsAndGivesItsPlaceBack() {
    RecordingClient client = fetch(ANN, 3);
    assertThat(answers.size()).isOne();
    client.subscription.request(2);
    assertThat(client.messages).hasSize(2);
    client.subscription.request(1);
    assertThat(client.messages).hasSize(3);
    assertThat(client.completions).isOne();
    assertThat(answers.size()).isZero();
    time.advance(Duration.ofHours(1));
    answers.enforceLimits();
    assertThat(client.endings()).isOne();
  }

  @Test
  void aClientThatTakesNothingLosesItsAnswer() {
    RecordingClient client = fetch(ANN, 10);
    client.subscription.request(1);
    time.advance(Duration.ofMinutes(4));
    client.subscription.request(1);
    time.advance(Duration.ofMinutes(4));
    answers.enforceLimits();
    assertThat(client.endings()).isZero();
    time.advance(Duration.ofMinutes(1));
    answers.enforceLimits();
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TIMEOUT))
        .hasMessageContaining("took nothing of the answer for 5 min");
    assertThat(answers.size()).isZero();
    client.subscription.request(5);
    assertThat(client.messages).hasSize(2);
  }

  @Test
  void anAnswerIsMadeOnlyWhereThereIsRoom() {
    assertThatThrownBy(
            () ->
                answers.limited(
                    ANN,
                    () -> {
                      throw new IllegalStateException("no catalog");
                    }))
        .hasMessage("no catalog");
    assertThat(answers.size()).isZero();
    for (int one = 0; one < 64; one++) {
      fetch(ANN, 10);
    }
    assertThatThrownBy(
            () ->
                answers.limited(
                    ANN,
                    () -> {
                      throw new AssertionError("the catalog was read");
                    }))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL));
  }

  @Test
  void aCanceledAnswerGivesItsPlaceBackOnce() {
    RecordingClient client = fetch(ANN, 10);
    client.subscription.cancel();
    client.subscription.cancel();
    assertThat(answers.size()).isZero();
  }

  @Test
  void aDefectEndsItWithoutAWordOfIt() {
    RecordingClient client = new RecordingClient();
    Iterator<ResultMessage> broken =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            throw new IllegalStateException("inside");
          }

          @Override
          public ResultMessage next() {
            throw new IllegalStateException("inside");
          }
        };
    answers.limited(ANN, new DemandPublisher<>(broken)).subscribe(client);
    assertThat(client.error).hasMessageStartingWith("Sluice failed");
    assertThat(answers.size()).isZero();
  }

  @Test
  void oneUserHasSoManyAndAllTogetherHaveSoMany() {
    List<RecordingClient> held = new ArrayList<>();
    for (int one = 0; one < 64; one++) {
      held.add(fetch(ANN, 2));
    }
    assertThatThrownBy(() -> fetch(ANN, 2))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL))
        .hasMessageContaining("User [ann] has 64 lists");
    for (int user = 0; user < 3; user++) {
      for (int one = 0; one < 64; one++) {
        held.add(fetch(new Principal("user" + user, Set.of()), 2));
      }
    }
    Principal late = new Principal("late", Set.of());
    assertThatThrownBy(() -> fetch(late, 2)).hasMessageContaining("as it can");
    held.get(0).subscription.cancel();
    fetch(late, 2);
    held.get(1).subscription.cancel();
    fetch(ANN, 2);
    assertThat(answers.size()).isEqualTo(256);
  }
}
