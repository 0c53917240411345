package io.sluice.gateway.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowEncoderTest {

  private static final int LARGE = 400_000;

  private static final Schema SCHEMA =
      new Schema(
          List.of(
              new Field("name", new FieldType(false, ArrowType.Utf8.INSTANCE, null), null),
              new Field("bytes", new FieldType(false, ArrowType.Binary.INSTANCE, null), null)));

  /** Clients take 16 MiB at a time, and what nobody asked for is not made. */
  @Test
  void largeRowsComeInMessagesThatClientsTakeAndAreMadeWhenTheyAreAskedFor() {
    AtomicInteger made = new AtomicInteger();
    Supplier<byte[]> cell =
        () -> {
          made.incrementAndGet();
          return new byte[LARGE];
        };
    List<List<@Nullable Object>> rows =
        IntStream.range(0, 100)
            .<List<@Nullable Object>>mapToObj(row -> List.of("r" + row, cell))
            .toList();
    try (RootAllocator allocator = new RootAllocator()) {
      List<BatchMessage> batches = new ArrayList<>();
      Collector collector = new Collector(batches);
      new RowEncoder(allocator).publisher(SCHEMA, rows).subscribe(collector);
      assertThat(made).hasValue(0);
      collector.ask(2);
      assertThat(batches).hasSize(1);
      assertThat(made.get()).isLessThanOrEqualTo(RowEncoder.BYTES_PER_BATCH / LARGE + 1);
      collector.ask(Long.MAX_VALUE);
      assertThat(made).hasValue(100);
      assertThat(batches.stream().mapToLong(BatchMessage::rows).sum()).isEqualTo(100);
      assertThat(batches)
          .allSatisfy(
              batch ->
                  assertThat(batch.body().size())
                      .isLessThan(RowEncoder.BYTES_PER_BATCH + 2 * LARGE));
    }
  }

  private static final class Collector implements Flow.Subscriber<ResultMessage> {
    private final List<BatchMessage> batches;
    private Flow.@Nullable Subscription subscription;

    Collector(List<BatchMessage> batches) {
      this.batches = batches;
    }

    void ask(long messages) {
      Objects.requireNonNull(subscription).request(messages);
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
      subscription = source;
    }

    @Override
    public void onNext(ResultMessage message) {
      if (message instanceof BatchMessage batch) {
        batches.add(batch);
      }
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public void onComplete() {}
  }
}
