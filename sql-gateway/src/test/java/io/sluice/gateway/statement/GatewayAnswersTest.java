package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.arrow.ArrowEncoder;
import io.sluice.gateway.arrow.DemandPublisher;
import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.spark.ResultMessage;
import io.sluice.testkit.ManualScheduler;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

class GatewayAnswersTest {

  private static final Principal ANN = new Principal("ann", Set.of());
  private static final ResultMessage MESSAGE = ArrowEncoder.schema(new Schema(List.of()));

  private static final Schema COLUMNS =
      new Schema(List.of(Field.notNullable("c", ArrowType.Utf8.INSTANCE)));

  private final BufferAllocator allocator = new RootAllocator();
  private final ManualScheduler time = new ManualScheduler();
  private final GatewayAnswers answers =
      new GatewayAnswers(Duration.ofMinutes(5), Runnable::run, time);

  private RecordingClient fetch(Principal principal, int messages) {
    Iterator<ResultMessage> given = Collections.nCopies(messages, MESSAGE).iterator();
    RecordingClient client = new RecordingClient();
    answers
        .limited(principal, Runnable::run, rows -> new DemandPublisher<>(given))
        .subscribe(client);
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
    RecordingClient client = new RecordingClient();
    answers
        .limited(
            ANN,
            Runnable::run,
            rows -> {
              throw new SluiceException(ErrorCode.CATALOG_UNAVAILABLE, "no catalog");
            })
        .subscribe(client);
    assertThat(client.error).hasMessageContaining("no catalog");
    assertThat(answers.size()).isZero();
    for (int one = 0; one < 64; one++) {
      fetch(ANN, 10);
    }
    assertThatThrownBy(
            () ->
                answers.limited(
                    ANN,
                    Runnable::run,
                    rows -> {
                      throw new AssertionError("the catalog was read");
                    }))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL));
  }

  @Test
  void anAnswerThatNobodyRunsGivesItsPlaceBack() {
    assertThatThrownBy(
            () ->
                answers.limited(
                    ANN,
                    task -> {
                      throw new RejectedExecutionException("stopping");
                    },
                    rows -> new DemandPublisher<>(List.<ResultMessage>of().iterator())))
        .hasMessage("stopping");
    assertThat(answers.size()).isZero();
  }

  @Test
  void rowsTakeRoomUntilTheirClientHasThemAndNoLonger() {
    RecordingClient client = new RecordingClient();
    Iterator<ResultMessage> given = Collections.nCopies(2, MESSAGE).iterator();
    answers
        .limited(
            ANN,
            Runnable::run,
            rows -> {
              for (int table = 0; table < 10_000; table++) {
                rows.add(List.of("lake", "tpch", "table_" + table));
              }
              return new DemandPublisher<>(given);
            })
        .subscribe(client);
    assertThat(answers.heldBytes())
        .as("a row, its references and one text of its own, but for what is not counted")
        .isBetween(10_000L * (48 + 3 * 4 + 46) - (70 << 10), 10_000L * (48 + 3 * 4 + 50));
    client.subscription.request(1);
    assertThat(answers.heldBytes()).isPositive();
    client.subscription.request(1);
    assertThat(client.completions).isOne();
    assertThat(answers.heldBytes()).isZero();
  }

  /** As of an operation of HiveServer2's that its client has fetched and not closed. */
  @Test
  void anAnswerThatIsOverDoesNotKeepItsRows() {
    AtomicReference<WeakReference<Object>> row = new AtomicReference<>();
    RecordingClient client = new RecordingClient();
    Flow.Publisher<ResultMessage> answer =
        answers.limited(
            ANN,
            Runnable::run,
            rows -> {
              rows.add(List.of("a row that nothing else holds " + rows));
              row.set(new WeakReference<>(rows.all().get(0)));
              return new RowEncoder(allocator).publisher(COLUMNS, rows.all());
            });
    answer.subscribe(client);
    client.subscription.request(10);
    assertThat(client.messages).hasSize(2);
    assertThat(client.completions).isOne();
    await()
        .until(
            () -> {
              System.gc();
              return row.get().get() == null;
            });
    // Held until here.
    client.subscription.request(1);
    assertThat(answer).isNotNull();
  }

  @Test
  void aListThatIsTooLongIsRefusedWhileItIsMade() {
    AtomicInteger made = new AtomicInteger();
    RecordingClient client = new RecordingClient();
    answers
        .limited(
            ANN,
            Runnable::run,
            rows -> {
              while (made.incrementAndGet() < 1000) {
                rows.add(List.of("x".repeat(1 << 20)));
              }
              throw new AssertionError("the whole list was made");
            })
        .subscribe(client);
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.RESULT_TOO_LARGE))
        .hasMessageContaining("more than the 64 MiB that one may take. Ask for less of it");
    assertThat(made).hasValueBetween(60, 64);
    assertThat(answers.heldBytes()).isZero();
    assertThat(answers.size()).isZero();
  }

  @Test
  void theListsOfOneUserTakeOnlySoMuchAndThoseOfAllToo() {
    List<AnswerRows> held = new ArrayList<>();
    for (String user : List.of("ann", "bob", "cid", "dan")) {
      for (int one = 0; one < 2; one++) {
        AnswerRows rows = answers.enter(new Principal(user, Set.of()));
        rows.add(List.of(), 31 << 20);
        held.add(rows);
      }
    }
    AnswerRows third = answers.enter(ANN);
    assertThatThrownBy(() -> third.add(List.of(), 4 << 20))
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.QUEUE_FULL))
        .hasMessageContaining("User [ann] would have more than the 64 MiB that one user gets of");
    AnswerRows late = answers.enter(new Principal("late", Set.of()));
    assertThatThrownBy(() -> late.add(List.of(), 9 << 20))
        .hasMessageContaining("more than the 256 MiB that all users together get of memory");
    held.get(0).close();
    held.get(0).close();
    third.add(List.of(), 4 << 20);
    late.add(List.of(), 9 << 20);
    assertThat(answers.heldBytes()).isGreaterThan(220L << 20);
    held.forEach(AnswerRows::close);
    third.close();
    late.close();
    assertThat(answers.heldBytes()).isZero();
    assertThat(answers.size()).isZero();
  }

  /** A search of a catalog that finds nothing is stopped too. */
  @Test
  void aListIsMadeNoFurtherOnceItsClientHasGone() {
    RecordingClient client = new RecordingClient();
    List<Runnable> later = new ArrayList<>();
    AtomicInteger asked = new AtomicInteger();
    answers
        .limited(
            ANN,
            later::add,
            rows -> {
              Predicate<String> wanted = rows.whileWanted(name -> false);
              while (asked.incrementAndGet() < 1000) {
                wanted.test("table");
                if (asked.get() == 3) {
                  client.subscription.cancel();
                }
              }
              throw new AssertionError("the whole list was made");
            })
        .subscribe(client);
    later.forEach(Runnable::run);
    assertThat(asked).hasValue(4);
    assertThat(answers.size()).isZero();
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
    answers.limited(ANN, Runnable::run, rows -> new DemandPublisher<>(broken)).subscribe(client);
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
        .hasMessageContaining("User [ann] would have more than the 64 that one user gets of lists");
    for (int user = 0; user < 3; user++) {
      for (int one = 0; one < 64; one++) {
        held.add(fetch(new Principal("user" + user, Set.of()), 2));
      }
    }
    Principal late = new Principal("late", Set.of());
    assertThatThrownBy(() -> fetch(late, 2)).hasMessageContaining("more than the 256");
    held.get(0).subscription.cancel();
    fetch(late, 2);
    held.get(1).subscription.cancel();
    fetch(ANN, 2);
    assertThat(answers.size()).isEqualTo(256);
  }
}
