package io.sluice.gateway.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.spark.ResultMessage;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Flow;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.calcite.avatica.Meta;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AvaticaResultTest {

  private static final Schema NUMBERS =
      new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));

  private final BufferAllocator allocator = new RootAllocator();

  /** Fails if a vector was not freed. */
  @AfterEach
  void release() {
    allocator.close();
  }

  @Test
  void rowsThatWereNotAskedForYetAreWeighed() {
    AvaticaResult result = result(10_000);
    long unread = result.weight();
    assertThat(unread).as("the batch that has come").isGreaterThanOrEqualTo(80_000);
    result.frame(0, 1).join();
    assertThat(result.weight()).as("the batch and a frame of one row").isGreaterThan(unread);
    result.frame(1, 9_999).join();
    result.close();
    assertThat(result.weight()).as("the last frame alone").isEqualTo(9_999 * 32L);
  }

  @Test
  void theLastFrameIsThereAgainAfterTheCallThatWaitedIsGone() {
    AvaticaResult result = result(3);
    AvaticaStatement statement = new AvaticaStatement(1, null);
    statement.run(result);
    Meta.Frame frame = result.frame(0, 2).join();
    result.close();
    assertThat(statement.result().orElseThrow().frame(0, 2).join()).isSameAs(frame);
    assertThat(statement.isClosed()).isFalse();
    AvaticaResult again = statement.run(result(3));
    assertThat(again.frame(0, 3).join().rows).hasSize(3);
    statement.close();
    assertThat(statement.isClosed()).isTrue();
    assertThat(statement.result()).isEmpty();
    assertThatThrownBy(again.frame(3, 1)::join).hasMessageContaining("ended");
  }

  private AvaticaResult result(int rows) {
    Queue<ResultMessage> messages = new ArrayDeque<>();
    messages.add(ArrowEncoder.schema(NUMBERS));
    try (VectorSchemaRoot root = VectorSchemaRoot.create(NUMBERS, allocator)) {
      root.allocateNew();
      for (int row = 0; row < rows; row++) {
        ((BigIntVector) root.getVector(0)).setSafe(row, row);
      }
      root.setRowCount(rows);
      messages.add(ArrowEncoder.batch(root));
    }
    Flow.Publisher<ResultMessage> publisher = client -> client.onSubscribe(sent(client, messages));
    return new AvaticaResult(RowFetcher.start(publisher, allocator), Long.MAX_VALUE, Runnable::run);
  }

  /** Sends what is asked for and never ends. */
  private static Flow.Subscription sent(
      Flow.Subscriber<? super ResultMessage> client, Queue<ResultMessage> messages) {
    return new Flow.Subscription() {
      @Override
      public void request(long count) {
        for (long sent = 0; sent < count && !messages.isEmpty(); sent++) {
          client.onNext(messages.remove());
        }
      }

      @Override
      public void cancel() {
        messages.clear();
      }
    };
  }
}
