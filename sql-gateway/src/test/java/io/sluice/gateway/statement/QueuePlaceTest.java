package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QueuePlaceTest {

  @Test
  void itsWordsAreThoseOfAGuess() {
    assertThat(words(4)).isEqualTo("number 2 in the queue, for about 10 s");
    assertThat(words(59)).isEqualTo("number 2 in the queue, for about 60 s");
    assertThat(words(95)).isEqualTo("number 2 in the queue, for about 2 min");
    assertThat(new QueuePlace(1, Optional.empty(), "Spark is starting").words())
        .isEqualTo("number 1 in the queue; Spark is starting");
  }

  private static String words(long seconds) {
    return new QueuePlace(2, Optional.of(Duration.ofSeconds(seconds)), "").words();
  }
}
