package io.sluice.gateway.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.statement.Statement;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementId;
import io.sluice.model.StatementState;
import io.sluice.spark.ResultMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowFetcherTest {

  private static final Schema NUMBERS =
      new Schema(List.of(Field.notNullable("n", new ArrowType.Int(64, true))));

  private final BufferAllocator allocator = new RootAllocator();
  private final Held statement = new Held();

  /** Fails if a vector was not freed. */
  @AfterEach
  void release() {
    allocator.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 100})
  void givesEveryRowOnceWhateverThePage(int page) {
    try (RowFetcher fetcher = RowFetcher.start(statement, allocator)) {
      statement.columns(NUMBERS);
      assertThat(fetcher.schema().join()).isEqualTo(NUMBERS);
      List<Long> seen = new ArrayList<>();
      CompletableFuture<Optional<List<Long>>> next = fetcher.next(page, RowFetcherTest::numbers);
      statement.rows(0, 3);
      seen.addAll(next.join().orElseThrow());
      statement.rows(3, 0);
      statement.rows(3, 4);
      boolean complete = false;
      while (true) {
        next = fetcher.next(page, RowFetcherTest::numbers);
        if (!next.isDone() && !complete) {
          statement.complete();
          complete = true;
        }
        Optional<List<Long>> part = next.join();
        if (part.isEmpty()) {
          break;
        }
        assertThat(part.get()).hasSizeBetween(1, page);
        seen.addAll(part.get());
      }
      assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(fetcher.next(page, RowFetcherTest::numbers).join()).isEmpty();
      assertThat(fetcher.heldBytes()).as("nothing is held behind the end").isZero();
    }
  }

  @Test
  void asksForOneMessageBeyondTheBatchInHand() {
    try (RowFetcher fetcher = RowFetcher.start(statement, allocator)) {
      assertThat(statement.requested).isEqualTo(1);
      statement.columns(NUMBERS);
      statement.rows(0, 2);
      assertThat(statement.requested).as("the schema and one batch").isEqualTo(2);
      fetcher.next(1, RowFetcherTest::numbers).join();
      assertThat(statement.requested).isEqualTo(3);
      fetcher.next(1, RowFetcherTest::numbers).join();
      assertThat(statement.requested).isEqualTo(3);
    }
  }

  @Test
  void isReadyWithTheFirstRowsOrTheEnd() {
    try (RowFetcher fetcher = RowFetcher.start(statement, allocator)) {
      statement.columns(NUMBERS);
      assertThat(fetcher.ready()).isNotDone();
      statement.rows(0, 1);
      assertThat(fetcher.ready()).isCompleted();
    }
    Held command = new Held();
    try (RowFetcher fetcher = RowFetcher.start(command, allocator)) {
      command.columns(new Schema(List.of()));
      assertThat(fetcher.schema()).isCompleted();
      assertThat(fetcher.ready()).as("it has not been carried out").isNotDone();
      command.complete();
      assertThat(fetcher.ready()).isCompleted();
      assertThat(fetcher.next(1, RowFetcherTest::numbers).join()).isEmpty();
    }
  }

  @Test
  void failsAsTheStatementDoes() {
    SluiceException refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no");
    try (RowFetcher fetcher = RowFetcher.start(statement, allocator)) {
      CompletableFuture<Optional<List<Long>>> waiting = fetcher.next(1, RowFetcherTest::numbers);
      statement.client().onError(refusal);
      assertThatThrownBy(fetcher.schema()::join).hasCause(refusal);
      assertThatThrownBy(fetcher.ready()::join).hasCause(refusal);
      assertThatThrownBy(waiting::join).hasCause(refusal);
      assertThatThrownBy(fetcher.next(1, RowFetcherTest::numbers)::join).hasCause(refusal);
    }
  }

  @Test
  void closingCancelsTheStatementAndWhoeverWaits() {
    RowFetcher fetcher = RowFetcher.start(statement, allocator);
    statement.columns(NUMBERS);
    CompletableFuture<Optional<List<Long>>> waiting = fetcher.next(1, RowFetcherTest::numbers);
    fetcher.close();
    assertThat(statement.canceled).isTrue();
    assertThatThrownBy(waiting::join).hasMessageContaining("ended the statement");
    statement.rows(0, 1);
    assertThatThrownBy(fetcher.next(1, RowFetcherTest::numbers)::join)
        .hasMessageContaining("ended the statement");
  }

  @Test
  void closingWhileAPageIsReadFreesItAfterwards() {
    RowFetcher fetcher = RowFetcher.start(statement, allocator);
    statement.columns(NUMBERS);
    statement.rows(5, 2);
    List<Long> read =
        fetcher
            .next(
                2,
                page -> {
                  fetcher.close();
                  assertThat(allocator.getAllocatedMemory()).isPositive();
                  return numbers(page);
                })
            .join()
            .orElseThrow();
    assertThat(read).containsExactly(5L, 6L);
    assertThat(allocator.getAllocatedMemory()).isZero();
  }

  @Test
  void aPageThatCannotBeReadEndsTheStatement() {
    try (RowFetcher fetcher = RowFetcher.start(statement, allocator)) {
      statement.columns(NUMBERS);
      statement.rows(0, 2);
      CompletableFuture<Optional<Object>> broken =
          fetcher.next(
              1,
              page -> {
                throw new IllegalStateException("cannot be written");
              });
      assertThatThrownBy(broken::join).hasMessageContaining("cannot be written");
      assertThat(statement.canceled).isTrue();
      assertThatThrownBy(fetcher.next(1, RowFetcherTest::numbers)::join)
          .as("no row is left out in silence")
          .hasMessageContaining("cannot be written");
    }
  }

  private static List<Long> numbers(RowFetcher.Page page) {
    BigIntVector vector = (BigIntVector) page.rows().getVector(0);
    List<Long> numbers = new ArrayList<>();
    for (int row = page.first(); row < page.first() + page.count(); row++) {
      numbers.add(vector.get(row));
    }
    return numbers;
  }

  /** A statement whose result the test sends by hand, as far as it was asked for. */
  private final class Held implements Statement {
    private final StatementId id = StatementId.random();
    private final List<ResultMessage> unsent = new ArrayList<>();
    private Flow.Subscriber<? super ResultMessage> client;
    private boolean complete;
    private long requested;
    private long sent;
    private boolean canceled;

    Flow.Subscriber<? super ResultMessage> client() {
      return client;
    }

    void columns(Schema schema) {
      send(ArrowEncoder.schema(schema));
    }

    void rows(long first, int count) {
      try (VectorSchemaRoot root = VectorSchemaRoot.create(NUMBERS, allocator)) {
        root.allocateNew();
        for (int row = 0; row < count; row++) {
          ((BigIntVector) root.getVector(0)).setSafe(row, first + row);
        }
        root.setRowCount(count);
        send(ArrowEncoder.batch(root));
      }
    }

    void send(ResultMessage message) {
      unsent.add(message);
      flush();
    }

    void complete() {
      complete = true;
      flush();
    }

    private void flush() {
      while (!unsent.isEmpty() && sent < requested) {
        sent++;
        client.onNext(unsent.remove(0));
      }
      if (complete && unsent.isEmpty()) {
        complete = false;
        client.onComplete();
      }
    }

    @Override
    public CompletableFuture<Schema> columns() {
      return new CompletableFuture<>();
    }

    @Override
    public StatementId id() {
      return id;
    }

    @Override
    public StatementState state() {
      return StatementState.RUNNING;
    }

    @Override
    public Flow.Publisher<ResultMessage> result() {
      return subscriber -> {
        client = subscriber;
        subscriber.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long count) {
                requested += count;
                flush();
              }

              @Override
              public void cancel() {
                canceled = true;
              }
            });
      };
    }

    @Override
    public CompletableFuture<StatementState> ending() {
      return new CompletableFuture<>();
    }

    @Override
    public boolean isCommand() {
      return false;
    }

    @Override
    public OptionalDouble progress() {
      return OptionalDouble.empty();
    }

    @Override
    public void cancel(String reason) {
      canceled = true;
    }
  }
}
