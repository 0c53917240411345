package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

  @Test
  void itGoesOnWhenTheOtherExecutorTakesTasksAgain() {
    AtomicBoolean full = new AtomicBoolean(true);
    List<String> done = new ArrayList<>();
    SerialExecutor serial =
        new SerialExecutor(
            task -> {
              if (full.get()) {
                throw new RejectedExecutionException("full");
              }
              task.run();
            });
    assertThatThrownBy(() -> serial.execute(() -> done.add("refused")))
        .isInstanceOf(RejectedExecutionException.class);
    full.set(false);
    serial.execute(() -> done.add("taken"));
    assertThat(done).containsExactly("taken");
  }
}
