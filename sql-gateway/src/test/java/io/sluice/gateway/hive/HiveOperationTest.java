package io.sluice.gateway.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.gateway.arrow.RowEncoder;
import io.sluice.gateway.arrow.RowFetcher;
import io.sluice.gateway.http.HttpAuthentication.Caller;
import io.sluice.gateway.session.FakeSessions;
import io.sluice.gateway.statement.FakeStatements;
import io.sluice.gateway.statement.OneSchema;
import io.sluice.gateway.statement.Statement;
import io.sluice.model.Principal;
import io.sluice.spark.ResultMessage;
import java.lang.reflect.Field;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.hive.service.rpc.thrift.TExecuteStatementReq;
import org.apache.hive.service.rpc.thrift.TFetchOrientation;
import org.apache.hive.service.rpc.thrift.TFetchResultsReq;
import org.apache.hive.service.rpc.thrift.TGetOperationStatusReq;
import org.apache.hive.service.rpc.thrift.TOperationState;
import org.apache.hive.service.rpc.thrift.TOperationType;
import org.apache.hive.service.rpc.thrift.TSessionHandle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operations that are asked for often, by many, or no more. */
class HiveOperationTest {

  private static final Principal ADMIN = new Principal("admin", Set.of());
  private static final String ENDLESS = "select for ever";

  private final FakeStatements statements = new FakeStatements();
  private final BufferAllocator allocator = new RootAllocator();
  private final ScheduledThreadPoolExecutor timer = timer();
  private HiveSessions sessions = sessions(1L << 30);

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static HiveSessions sessions(long mostBytes) {
    return new HiveSessions(new FakeSessions(), new SecureRandom(), mostBytes);
  }

  @AfterEach
  void close() {
    timer.shutdownNow();
  }

  private HiveSession session() {
    return sessions.open(ADMIN, "127.0.0.1", Optional.empty(), HiveCalls.V10);
  }

  private HiveOperation run(HiveSession session, String sql) {
    return run(session, sql, Instant.EPOCH);
  }

  private HiveOperation run(HiveSession session, String sql, Instant started) {
    Statement statement = statements.submit(session.session(), sql, List.of());
    HiveOperation operation =
        new HiveOperation(
            sessions.newHandle(),
            TOperationType.EXECUTE_STATEMENT,
            true,
            statement,
            RowFetcher.start(statement, allocator),
            ShownColumns.ALL,
            started);
    sessions.add(session, operation);
    return operation;
  }

  private ResultCalls calls(Duration longestUnasked) {
    return calls(new Patience(Duration.ofHours(1), longestUnasked));
  }

  private ResultCalls calls(Patience patience) {
    return new ResultCalls(sessions, allocator, timer, patience);
  }

  @Test
  void tenThousandPollsLeaveNothingBehind() throws Exception {
    statements.endless(ENDLESS);
    HiveOperation operation = run(session(), ENDLESS);
    CompletableFuture<?> ready = ready(operation);
    int before = ready.getNumberOfDependents();
    for (int poll = 0; poll < 10_000; poll++) {
      assertThat(operation.state(true)).isEqualTo(TOperationState.RUNNING_STATE);
      assertThat(operation.isExhausted()).isFalse();
      operation.waits().next(timer, 0).get(20, TimeUnit.SECONDS);
    }
    assertThat(ready.getNumberOfDependents()).isEqualTo(before);
    assertThat(operation.waits().size()).isZero();
    CompletableFuture<Void> waiting = operation.waits().next(timer, 60_000);
    operation.cancel();
    assertThat(waiting).as("its end is told at once").isCompleted();
    assertThat(timer.getQueue()).isEmpty();
    assertThat(operation.state(true)).isEqualTo(TOperationState.CANCELED_STATE);
  }

  /** Counting them from elsewhere would leave one behind. */
  private static CompletableFuture<?> ready(HiveOperation operation) throws Exception {
    Field fetcher = HiveOperation.class.getDeclaredField("fetcher");
    fetcher.setAccessible(true);
    Field ready = RowFetcher.class.getDeclaredField("ready");
    ready.setAccessible(true);
    return (CompletableFuture<?>) ready.get(fetcher.get(operation));
  }

  @Test
  void makingRoomBearsThatOperationsAreUsedMeanwhile() throws Exception {
    sessions = sessions(100);
    statements.endless(ENDLESS);
    List<HiveOperation> others = new ArrayList<>();
    statements.result("select numbers", this::numbers);
    for (int count = 0; count < 20; count++) {
      HiveSession session = session();
      for (int each = 0; each < HiveSession.MOST_OPERATIONS; each++) {
        others.add(run(session, ENDLESS));
      }
    }
    HiveSession last = session();
    HiveOperation first = run(last, "select numbers");
    HiveOperation second = run(last, "select numbers");
    assertThat(first.heldBytes()).as("the least recently used was closed").isZero();
    assertThat(second.heldBytes()).isGreaterThan(100);
    AtomicBoolean done = new AtomicBoolean();
    Thread user =
        Executors.defaultThreadFactory()
            .newThread(
                () -> {
                  java.util.Random random = new java.util.Random(1);
                  while (!done.get()) {
                    others.get(random.nextInt(others.size())).use(random.nextInt(1 << 20));
                  }
                });
    user.start();
    try {
      for (int fetch = 0; fetch < 500; fetch++) {
        sessions.fetched(new HiveSessions.Owned(last, second));
      }
    } finally {
      done.set(true);
      user.join();
    }
    assertThat(second.heldBytes()).as("what is fetched stays").isGreaterThan(100);
    sessions.close(last);
    assertThat(allocator.getAllocatedMemory()).isZero();
  }

  @Test
  void theEldestOfTheOperationsThatAreFetchedIsPutOutForOneTooMany() {
    statements.effect("insert");
    statements.endless(ENDLESS);
    HiveSession session = session();
    HiveOperation running = run(session, ENDLESS);
    List<HiveOperation> over = new ArrayList<>();
    for (int each = 1; each < HiveSession.MOST_OPERATIONS; each++) {
      // Begun in an order of their own: the one in the middle is the eldest.
      int age = each <= 32 ? each : HiveSession.MOST_OPERATIONS - each;
      HiveOperation operation = run(session, "insert", Instant.EPOCH.plusSeconds(100 - age));
      operation.fetch(1, true).join();
      over.add(operation);
    }
    HiveOperation eldest = over.get(31);
    HiveOperation another = run(session, "insert", Instant.EPOCH.plusSeconds(200));
    assertThat(session.find(eldest.toThrift())).isEmpty();
    over.remove(eldest);
    over.add(another);
    over.add(running);
    assertThat(session.operations()).containsExactlyInAnyOrderElementsOf(over);
    sessions.close(session);
  }

  @Test
  void roomIsMadeOfWhatNobodyUsedForLongest() {
    statements.result("select numbers", this::numbers);
    sessions = sessions(3 * 100 * 8 + 300);
    HiveSession session = session();
    HiveOperation eldest = run(session, "select numbers");
    HiveOperation second = run(session, "select numbers");
    HiveOperation third = run(session, "select numbers");
    assertThat(eldest.heldBytes()).as("three fit").isPositive();
    sessions.fetched(new HiveSessions.Owned(session, eldest));
    HiveOperation fourth = run(session, "select numbers");
    assertThat(List.of(eldest, second, third, fourth))
        .extracting(operation -> operation.heldBytes() > 0)
        .containsExactly(true, false, true, true);
    sessions.close(session);
  }

  @Test
  void roomIsMadeOfWhatNobodyFetchesFirst() {
    statements.result("select numbers", this::numbers);
    statements.result("select slowly", () -> unending(numbers()));
    sessions = sessions(2 * 100 * 8 + 200);
    HiveSession session = session();
    HiveOperation fetched = run(session, "select slowly");
    fetched.fetch(100, true).join();
    CompletableFuture<?> waiting = fetched.fetch(100, true);
    assertThat(fetched.isFetching()).isTrue();
    HiveOperation unfetched = run(session, "select numbers");
    HiveOperation last = run(session, "select numbers");
    assertThat(List.of(fetched, unfetched, last))
        .extracting(operation -> operation.heldBytes() > 0)
        .containsExactly(true, false, true);
    assertThat(waiting).isNotDone();
    sessions.close(session);
  }

  @Test
  void theFirstPageCountsAsHeldUntilTheSecondIsTaken() {
    statements.result("select numbers", this::numbers);
    HiveSession session = session();
    HiveOperation operation = run(session, "select numbers");
    long decoded = operation.heldBytes();
    int page = operation.fetch(60, true).join().size();
    assertThat(page).isGreaterThan(60 * 8);
    assertThat(operation.heldBytes()).isEqualTo(decoded + page);
    operation.fetch(60, true).join();
    assertThat(operation.heldBytes()).isEqualTo(decoded);
    HiveOperation exhausted = run(session, "select numbers");
    int all = exhausted.fetch(100, true).join().size();
    exhausted.fetch(100, true).join();
    assertThat(exhausted.isExhausted()).isTrue();
    assertThat(exhausted.heldBytes()).as("its vectors are freed").isEqualTo(all);
    exhausted.close();
    assertThat(exhausted.heldBytes()).isZero();
    sessions.close(session);
  }

  private Flow.Publisher<ResultMessage> numbers() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    LongStream.range(0, 100).forEach(number -> rows.add(List.of(number)));
    return new RowEncoder(allocator).publisher(HiveDoorFixture.NUMBERS, rows);
  }

  /** Returns a result whose end never comes. */
  private static Flow.Publisher<ResultMessage> unending(Flow.Publisher<ResultMessage> result) {
    return client ->
        result.subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                client.onSubscribe(subscription);
              }

              @Override
              public void onNext(ResultMessage message) {
                client.onNext(message);
              }

              @Override
              public void onError(Throwable failure) {
                client.onError(failure);
              }

              @Override
              public void onComplete() {}
            });
  }

  private HiveClient request(CompletableFuture<?> gone) {
    return HiveClient.ofRequest(new Caller(ADMIN, "127.0.0.1"), gone);
  }

  @Test
  void aPollOverHttpThatIsCutEndsTheStatement() throws Exception {
    statements.endless(ENDLESS);
    HiveOperation operation = run(session(), ENDLESS);
    CompletableFuture<Void> gone = new CompletableFuture<>();
    calls(Duration.ofHours(1))
        .getOperationStatus(request(gone), new TGetOperationStatusReq(operation.toThrift()));
    assertThat(statements.last().canceled).isNotDone();
    gone.complete(null);
    assertThat(statements.last().canceled.get(20, TimeUnit.SECONDS)).contains("went away");
    assertThat(operation.state(true)).isEqualTo(TOperationState.CANCELED_STATE);
  }

  @Test
  void whoHasPolledOverHttpAndAsksNoMoreHasGone() throws Exception {
    statements.endless(ENDLESS);
    HiveOperation operation = run(session(), ENDLESS);
    CompletableFuture<Void> never = new CompletableFuture<>();
    calls(Duration.ofMillis(100))
        .getOperationStatus(request(never), new TGetOperationStatusReq(operation.toThrift()))
        .get(20, TimeUnit.SECONDS);
    assertThat(statements.last().canceled.get(20, TimeUnit.SECONDS)).contains("has not asked");
    HiveOperation unpolled = run(session(), ENDLESS);
    HiveOperation connected = run(session(), ENDLESS);
    HiveClient connection = HiveClient.of(ADMIN, "127.0.0.1");
    calls(Duration.ZERO)
        .getOperationStatus(connection, new TGetOperationStatusReq(connected.toThrift()))
        .get(20, TimeUnit.SECONDS);
    await().until(() -> timer.getQueue().isEmpty());
    assertThat(unpolled.isReady()).as("nobody was told of it").isFalse();
    assertThat(connected.isReady()).as("its connection tells").isFalse();
  }

  @Test
  void whoWasToldOfAStatementOverHttpAndNeverAsksHasGone() throws Exception {
    statements.endless(ENDLESS);
    Patience patience = new Patience(Duration.ofMillis(100), Duration.ofHours(1));
    TExecuteStatementReq request = new TExecuteStatementReq(thrift(session()), ENDLESS);
    request.setRunAsync(true);
    HiveService service = service(patience);
    service.executeStatement(request(new CompletableFuture<>()), request).join();
    assertThat(statements.last().canceled.get(20, TimeUnit.SECONDS)).contains("has not asked");
    service.executeStatement(HiveClient.of(ADMIN, "127.0.0.1"), request).join();
    assertThat(timer.getQueue()).as("its connection tells").isEmpty();
  }

  @Test
  void whoFetchesTheLogAloneOverHttpIsStillExpected() throws Exception {
    statements.endless(ENDLESS);
    HiveOperation operation = run(session(), ENDLESS);
    TFetchResultsReq log =
        new TFetchResultsReq(operation.toThrift(), TFetchOrientation.FETCH_NEXT, 10);
    log.setFetchType((short) 1);
    calls(new Patience(Duration.ofMillis(100), Duration.ofHours(1)))
        .fetchResults(request(new CompletableFuture<>()), log)
        .join();
    assertThat(statements.last().canceled.get(20, TimeUnit.SECONDS)).contains("has not asked");
  }

  @Test
  void aStatementThatIsReadyIsWaitedForNoLonger() {
    statements.effect("insert");
    statements.endless(ENDLESS);
    HiveSession session = session();
    Patience patience = new Patience(Duration.ofHours(1), Duration.ofHours(1));
    HiveOperation ready = run(session, "insert");
    ready.attendance().expect(patience, timer);
    assertThat(timer.getQueue()).isEmpty();
    HiveOperation running = run(session, ENDLESS);
    running.attendance().expect(patience, timer);
    assertThat(timer.getQueue()).hasSize(1);
    running.close();
    assertThat(timer.getQueue()).isEmpty();
  }

  private static TSessionHandle thrift(HiveSession session) {
    return new TSessionHandle(session.handle().identifier());
  }

  private HiveService service(Patience patience) {
    return new HiveService(
        (user, password, address) ->
            CompletableFuture.completedFuture(new Principal(user, Set.of())),
        sessions,
        statements,
        new ClientTexts(OneSchema.listing(principal -> List.of()), Runnable::run),
        new ServerInfo("4.1.2"),
        allocator,
        timer,
        patience,
        () -> Instant.EPOCH);
  }

  @Test
  void aResultThatWaitsIsLeftToWhoeverComesAgain() {
    statements.result(
        "select numbers",
        () -> new RowEncoder(allocator).publisher(HiveDoorFixture.NUMBERS, List.of(List.of(1L))));
    HiveSession session = session();
    HiveOperation operation = run(session, "select numbers");
    operation.abandon("gone");
    assertThat(operation.state(true)).isEqualTo(TOperationState.FINISHED_STATE);
    assertThat(operation.heldBytes()).isPositive();
    sessions.close(session);
  }
}
