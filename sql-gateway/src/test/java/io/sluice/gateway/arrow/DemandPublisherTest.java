package io.sluice.gateway.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DemandPublisherTest {

  private final Recorder recorder = new Recorder();

  @Test
  void nothingIsTakenFromTheSourceUnasked() {
    List<Integer> taken = new ArrayList<>();
    Iterator<Integer> source = IntStream.range(0, 5).peek(taken::add).boxed().iterator();
    Iterator<Integer> lazy =
        new Iterator<>() {
          private int given;

          @Override
          public boolean hasNext() {
            return given < 5;
          }

          @Override
          public Integer next() {
            given++;
            return source.next();
          }
        };
    new DemandPublisher<>(lazy).subscribe(recorder);
    assertThat(taken).isEmpty();
    recorder.subscription().request(2);
    assertThat(taken).containsExactly(0, 1);
    recorder.subscription().request(3);
    assertThat(recorder.items).containsExactly(0, 1, 2, 3, 4);
    assertThat(recorder.completed).isTrue();
  }

  @Test
  void askingFromInsideDoesNotRecurse() {
    recorder.again = true;
    new DemandPublisher<>(IntStream.range(0, 100_000).boxed().iterator()).subscribe(recorder);
    recorder.subscription().request(1);
    assertThat(recorder.items).hasSize(100_000);
    assertThat(recorder.deepest).isEqualTo(1);
    assertThat(recorder.completed).isTrue();
  }

  @Test
  void nothingComesAfterACancel() {
    new DemandPublisher<>(IntStream.range(0, 5).boxed().iterator()).subscribe(recorder);
    recorder.subscription().request(1);
    recorder.subscription().cancel();
    recorder.subscription().request(1);
    assertThat(recorder.items).containsExactly(0);
    assertThat(recorder.completed).isFalse();
  }

  @Test
  void aFailingSourceAndAFoolishRequestAreErrors() {
    Iterator<Integer> failing =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public Integer next() {
            throw new IllegalStateException("broken");
          }
        };
    new DemandPublisher<>(failing).subscribe(recorder);
    recorder.subscription().request(1);
    assertThat(recorder.failures).hasSize(1);
    Recorder foolish = new Recorder();
    new DemandPublisher<>(List.of(1).iterator()).subscribe(foolish);
    foolish.subscription().request(0);
    assertThat(foolish.failures).hasSize(1);
    assertThat(foolish.items).isEmpty();
  }

  @Test
  void thereIsOneSubscriber() {
    DemandPublisher<Integer> publisher = new DemandPublisher<>(List.of(1).iterator());
    publisher.subscribe(new Recorder());
    publisher.subscribe(recorder);
    assertThat(recorder.failures).hasSize(1);
  }

  private static final class Recorder implements Flow.Subscriber<Integer> {
    private final List<Integer> items = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private Flow.@Nullable Subscription subscription;
    private boolean again;
    private boolean completed;
    private int depth;
    private int deepest;

    Flow.Subscription subscription() {
      return Objects.requireNonNull(subscription);
    }

    @Override
    public void onSubscribe(Flow.Subscription next) {
      subscription = next;
    }

    @Override
    public void onNext(Integer item) {
      deepest = Math.max(deepest, ++depth);
      items.add(item);
      if (again) {
        subscription().request(1);
      }
      depth--;
    }

    @Override
    public void onError(Throwable failure) {
      failures.add(failure);
    }

    @Override
    public void onComplete() {
      completed = true;
    }
  }
}
