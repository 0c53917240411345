package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.spark.ArrowSchemas;
import io.sluice.spark.ExecuteRequest;
import io.sluice.spark.ResultMessage;
import io.sluice.spark.ResultMessage.BatchMessage;
import io.sluice.spark.ResultMessage.SchemaMessage;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import io.sluice.spark.SparkSession;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link SparkBackend} does; on real Spark and on the fake alike. */
@Timeout(90)
public abstract class SparkBackendContract {

  /** A result of 100,000 rows in ten batches, or so. */
  protected static final String ROWS = "select id from range(0, 100000, 1, 2)";

  /** A result without rows. */
  protected static final String EMPTY = "select id from range(0)";

  /** A statement that fails when it runs. */
  protected static final String FAILING = "select 1/0";

  /** A statement that does not come to an end by itself. */
  protected static final String ENDLESS =
      "select count(*) from range(0, 1000000000000000, 1, 8) where id % 7 = 8";

  private static final String CONFIGURABLE = "spark.sql.shuffle.partitions";

  private final SparkSession session = SparkFixture.session("tester");

  /** Returns the back end under test. */
  protected abstract SparkBackend backend();

  /** Returns another client of the same server, which the test closes. */
  protected abstract SparkBackend anotherBackend();

  /** Returns when a run that is asked for messages does work that can be interrupted. */
  protected abstract void awaitWork(SparkRun run);

  private Flow.Publisher<ResultMessage> run(String sql) {
    return run(UUID.randomUUID(), sql);
  }

  private Flow.Publisher<ResultMessage> run(UUID operation, String sql) {
    return backend().execute(new ExecuteRequest(session, operation, sql, List.of()));
  }

  @Test
  void theSchemaComesOnceAndFirstAndThenEveryRow() {
    List<ResultMessage> messages = ResultProbe.of(run(ROWS)).rest();
    assertThat(messages.get(0)).isInstanceOf(SchemaMessage.class);
    assertThat(messages.subList(1, messages.size()))
        .isNotEmpty()
        .allSatisfy(message -> assertThat(message).isInstanceOf(BatchMessage.class));
    List<Object> ids = SparkResult.of(messages).column();
    assertThat(ids).hasSize(100_000).startsWith(0L, 1L).endsWith(99_998L, 99_999L);
  }

  @Test
  void aResultWithoutRowsIsItsSchemaAlone() {
    assertThat(ResultProbe.of(run(EMPTY)).rest()).singleElement().isInstanceOf(SchemaMessage.class);
  }

  @Test
  void analysisForetellsTheSchemaInEveryBit() {
    Schema foretold = backend().analyze(session, ROWS, List.of()).join();
    SchemaMessage sent = (SchemaMessage) ResultProbe.of(run(ROWS)).rest().get(0);
    assertThat(ArrowSchemas.schema(sent.header())).isEqualTo(foretold);
    assertThat(ArrowSchemas.header(foretold)).isEqualTo(sent.header());
  }

  @Test
  void aRunTellsItsColumnsBeforeItHasARow() {
    for (String sql : List.of(ENDLESS, EMPTY)) {
      SparkRun run =
          backend().execute(new ExecuteRequest(session, UUID.randomUUID(), sql, List.of()));
      CompletableFuture<Schema> columns = run.columns();
      assertThat(columns).isNotDone();
      ResultProbe probe = ResultProbe.of(run).request(1);
      assertThat(columns.join()).isEqualTo(backend().analyze(session, sql, List.of()).join());
      probe.cancel();
      run.freed().join();
    }
  }

  @Test
  void aRunThatFailsTellsNoColumns() {
    SparkRun run =
        backend()
            .execute(new ExecuteRequest(session, UUID.randomUUID(), "select nothing", List.of()));
    CompletableFuture<Schema> columns = run.columns();
    assertThat(ResultProbe.of(run).failure()).isInstanceOf(SluiceException.class);
    assertThat(columns).isNotDone();
  }

  @Test
  void nothingComesUnasked() {
    ResultProbe probe = ResultProbe.of(run(ROWS));
    for (int message = 0; message < 3; message++) {
      assertThat(probe.untaken()).isZero();
      probe.request(1).next();
    }
    assertThat(probe.untaken()).isZero();
    assertThat(probe.hasEnded()).isFalse();
    probe.cancel();
  }

  @Test
  void aFailureHasSparksClassAndSqlState() {
    Throwable failure = ResultProbe.of(run(FAILING)).failure();
    assertThat(failure).isInstanceOf(SluiceException.class);
    assertThat(((SluiceException) failure).errorClass()).isEqualTo("DIVIDE_BY_ZERO");
    assertThat(((SluiceException) failure).sqlState()).isEqualTo("22012");
  }

  @Test
  void aRunHasOneSubscriber() {
    Flow.Publisher<ResultMessage> run = run(ROWS);
    ResultProbe first = ResultProbe.of(run);
    assertThat(ResultProbe.of(run).failure()).isInstanceOf(IllegalStateException.class);
    assertThat(first.rest()).hasSizeGreaterThan(1);
  }

  @Test
  void askingForNothingIsAnError() {
    assertThat(ResultProbe.of(run(ROWS)).request(0).failure())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCancelledRunSendsNothingMore() {
    ResultProbe probe = ResultProbe.of(run(ROWS)).request(2);
    probe.next();
    probe.next();
    probe.cancel();
    probe.cancel();
    probe.request(5);
    assertThat(ResultProbe.of(run(EMPTY)).rest()).hasSize(1);
    assertThat(probe.untaken()).isZero();
    assertThat(probe.hasEnded()).isFalse();
  }

  @Test
  void settingsBelongToTheirSession() {
    SparkSession other = SparkFixture.session("tester");
    backend().setConfiguration(session, Map.of(CONFIGURABLE, "13")).join();
    assertThat(backend().configuration(session, List.of(CONFIGURABLE, "spark.no.such.key")).join())
        .isEqualTo(Map.of(CONFIGURABLE, "13"));
    assertThat(backend().configuration(other, List.of(CONFIGURABLE)).join())
        .doesNotContainValue("13");
  }

  @Test
  void theVersionIsKnown() {
    assertThat(backend().version(session).join()).isEqualTo(SparkFixture.SPARK_VERSION);
  }

  @Test
  void aReleasedSessionIsGone() {
    backend().setConfiguration(session, Map.of(CONFIGURABLE, "13")).join();
    backend().releaseSession(session).join();
    assertThatThrownBy(() -> backend().configuration(session, List.of(CONFIGURABLE)).join())
        .hasCauseInstanceOf(SluiceException.class);
  }

  @Test
  void anotherClientEndsASessionWithWhatRunsInIt() {
    SparkSession other = SparkFixture.session("tester");
    backend().setConfiguration(other, Map.of(CONFIGURABLE, "13")).join();
    SparkRun run =
        backend().execute(new ExecuteRequest(session, UUID.randomUUID(), ENDLESS, List.of()));
    ResultProbe probe = ResultProbe.of(run).request(2);
    awaitWork(run);
    try (SparkBackend another = anotherBackend()) {
      another.endSession(session).join();
    }
    assertThat(probe.failure()).isInstanceOf(SluiceException.class);
    assertThatThrownBy(() -> backend().configuration(session, List.of(CONFIGURABLE)).join())
        .hasCauseInstanceOf(SluiceException.class);
    assertThat(backend().configuration(other, List.of(CONFIGURABLE)).join())
        .isEqualTo(Map.of(CONFIGURABLE, "13"));
    // Nothing holds what it ran on.
    SparkSession next = SparkFixture.session("tester");
    assertThat(
            ResultProbe.of(
                    backend().execute(new ExecuteRequest(next, UUID.randomUUID(), ROWS, List.of())))
                .rest())
        .hasSizeGreaterThan(1);
  }

  @Test
  void closingLosesWhatRuns() {
    SparkBackend another = anotherBackend();
    ResultProbe probe =
        ResultProbe.of(
            another.execute(new ExecuteRequest(session, UUID.randomUUID(), ROWS, List.of())));
    probe.request(1).next();
    another.close();
    assertThat(probe.failure())
        .isInstanceOfSatisfying(
            SluiceException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.REPLICA_LOST);
              assertThat(failure.code().isRetryable()).isTrue();
            });
  }
}
