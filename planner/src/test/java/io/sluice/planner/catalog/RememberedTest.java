package io.sluice.planner.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RememberedTest {

  private final AtomicInteger asked = new AtomicInteger();
  private final Remembered<Integer> remembered =
      new Remembered<>(Duration.ofMinutes(1), new ManualTicker(), () -> 0);

  @Test
  void anAnswerIsRepeatedUnlessItIsAskedForNow() {
    assertThat(remembered.get(asked::incrementAndGet)).isEqualTo(1);
    assertThat(remembered.get(asked::incrementAndGet)).isEqualTo(1);
    assertThat(remembered.now(asked::incrementAndGet)).isEqualTo(2);
    assertThat(remembered.now(asked::incrementAndGet)).isEqualTo(3);
    assertThat(remembered.get(asked::incrementAndGet)).isEqualTo(3);
  }

  @Test
  @Timeout(30)
  void thoseWhoWaitShareTheQuestionThatIsPutNext() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread first =
        new Thread(
            () ->
                remembered.now(
                    () -> {
                      begun.countDown();
                      awaitQuietly(end);
                      return asked.incrementAndGet();
                    }));
    first.start();
    begun.await();
    List<Integer> answers = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> waiting = new ArrayList<>();
    for (int index = 0; index < 4; index++) {
      Thread thread = new Thread(() -> answers.add(remembered.now(asked::incrementAndGet)));
      thread.start();
      waiting.add(thread);
    }
    for (Thread thread : waiting) {
      while (thread.getState() != Thread.State.BLOCKED) {
        Thread.onSpinWait();
      }
    }
    end.countDown();
    first.join();
    for (Thread thread : waiting) {
      thread.join();
    }
    assertThat(answers).containsExactly(2, 2, 2, 2);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
