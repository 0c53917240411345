package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What becomes of a statement whose replica dies, at every moment of its way. */
class SecondRunTest extends StatementServiceFixture {

  private static final ReplicaId ONE = new ReplicaId("one");
  private static final Schema OTHER =
      new Schema(List.of(Field.nullable("new", new ArrowType.Bool())));

  @AfterEach
  void everythingIsGivenBack() {
    service.cancelAll(session::equals, "The test is over.");
    spark.runs.forEach(run -> run.freed.complete(null));
    assertThat(queue.load().statements()).isZero();
    assertThat(sparkSessions.leases()).isZero();
  }

  private static SluiceException lost() {
    return new SluiceException(ErrorCode.REPLICA_LOST, "gone");
  }

  private static ErrorCode code(RecordingClient client) {
    return ((SluiceException) client.error).code();
  }

  private RecordingClient reading(String sql) {
    RecordingClient client = subscribe(service.submit(session, sql, List.of()));
    client.subscription.request(5);
    return client;
  }

  @Test
  void aReadThatIsLostBeforeItsFirstRowRunsOnceMoreAndItsClientSeesNothingOfIt() {
    Logger lines = (Logger) LoggerFactory.getLogger("io.sluice.journal");
    ListAppender<ILoggingEvent> written = new ListAppender<>();
    written.start();
    lines.addAppender(written);
    Statement statement = service.submit(session, "select 1", List.of());
    RecordingClient client = subscribe(statement);
    try {
      client.subscription.request(5);
      spark.runs.get(0).fail(lost());
      assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
      assertThat(statement.reached())
          .containsKeys(StatementState.QUEUED, StatementState.ROUTED, StatementState.RUNNING);
      RecordedSpark.Run second = spark.runs.get(1);
      assertThat(second.demand).isEqualTo(5);
      second.schema("a");
      second.batch(3);
      second.complete();
    } finally {
      lines.detachAppender(written);
    }
    assertThat(client.messages).hasSize(2);
    assertThat(client.endings()).isEqualTo(1);
    assertThat(statement.ending()).isCompletedWithValue(StatementState.FINISHED);
    assertThat(suspected).containsExactly(ONE);
    assertThat(spark.runs).hasSize(2);
    assertThat(spark.runs.get(0).request.operation()).isEqualTo(statement.id().value());
    assertThat(spark.runs.get(1).request.operation()).isNotEqualTo(statement.id().value());
    assertThat(spark.runs.get(1).request.session())
        .as("a Spark session that was lost is not used again")
        .isNotEqualTo(spark.runs.get(0).request.session());
    List<String> told = written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(told).filteredOn(line -> line.contains("\"QUEUED\"")).hasSize(2);
    assertThat(told).filteredOn(line -> line.contains("\"ROUTED\"")).hasSize(2);
    assertThat(told).anyMatch(line -> line.contains("again: its replica was lost"));
    assertThat(told)
        .anyMatch(
            line ->
                line.contains("\"RUNNING\"")
                    && line.contains(
                        "\"operation\":\"" + spark.runs.get(1).request.operation() + "\""));
    assertThat(journal.recent()).hasSize(1);
    assertThat(ended)
        .singleElement()
        .satisfies(it -> assertThat(it.ranAgain()).isTrue())
        .satisfies(it -> assertThat(it.rows()).isEqualTo(3));
  }

  @Test
  void whatDidNotComeToSparkGoesElsewhereWhateverItIs() {
    for (Analysis one : List.of(query("select 1", false), command("insert", List.of()))) {
      analysis = one;
      backend = Optional.empty();
      onSuspect =
          () -> {
            backend = Optional.of(spark);
            return CompletableFuture.completedFuture(null);
          };
      RecordingClient client = reading("one");
      RecordedSpark.Run only = spark.runs.get(spark.runs.size() - 1);
      only.complete();
      assertThat(client.completions).isEqualTo(1);
    }
    assertThat(spark.runs).hasSize(2);
    assertThat(suspected).hasSize(2);
  }

  @Test
  void aReplicaThatDiesWhileItsSparkSessionIsMadeLosesNothing() {
    session.configure(values -> values.put("spark.sql.shuffle.partitions", "7"));
    CompletableFuture<Void> settings = new CompletableFuture<>();
    spark.settingsTaken = settings;
    RecordingClient client = reading("select 1");
    assertThat(spark.runs).isEmpty();
    spark.settingsTaken = CompletableFuture.completedFuture(null);
    settings.completeExceptionally(lost());
    spark.runs.get(0).complete();
    assertThat(client.completions).isEqualTo(1);
    assertThat(spark.configured).as("what the session set goes along").hasSize(2);
  }

  @Test
  void aSecondLossIsTheClients() {
    RecordingClient client = reading("select 1");
    spark.runs.get(0).fail(lost());
    assertThat(client.endings()).isZero();
    spark.runs.get(1).fail(lost());
    assertThat(code(client)).isEqualTo(ErrorCode.REPLICA_LOST);
    assertThat(spark.runs).hasSize(2);
    assertThat(journal.recent().get(0).state()).isEqualTo(StatementState.FAILED);
  }

  @Test
  void theSchemaIsSentOnceAndTheSecondRunMustHaveTheSame() {
    RecordingClient client = reading("select 1");
    spark.runs.get(0).schema("a");
    spark.runs.get(0).fail(lost());
    RecordedSpark.Run second = spark.runs.get(1);
    assertThat(second.demand).isEqualTo(4);
    second.schema("a");
    assertThat(second.demand).as("what came again is asked for again").isEqualTo(4);
    second.batch(1);
    second.complete();
    assertThat(client.messages).hasSize(2);
    assertThat(client.completions).isEqualTo(1);

    client = reading("select 1");
    spark.runs.get(2).schema("a");
    spark.runs.get(2).fail(lost());
    spark.runs.get(3).schema("b");
    assertThat(code(client)).isEqualTo(ErrorCode.STATEMENT_OUTDATED);
    assertThat(client.messages).hasSize(1);
    assertThat(spark.runs.get(3).canceled).isTrue();
  }

  @Test
  void noRowIsEverSentTwice() {
    RecordingClient client = reading("select 1");
    spark.runs.get(0).schema("a");
    spark.runs.get(0).batch(0);
    spark.runs.get(0).fail(lost());
    assertThat(spark.runs).as("no row was in that batch").hasSize(2);
    spark.runs.get(1).schema("a");
    spark.runs.get(1).batch(1);
    spark.runs.get(1).fail(lost());
    assertThat(code(client)).isEqualTo(ErrorCode.REPLICA_LOST);

    client = reading("select 1");
    spark.runs.get(2).schema("a");
    spark.runs.get(2).batch(1);
    spark.runs.get(2).fail(lost());
    assertThat(code(client)).isEqualTo(ErrorCode.REPLICA_LOST);
    assertThat(spark.runs).hasSize(3);
  }

  @Test
  void otherFailuresAreNoReasonToRunAgain() {
    RecordingClient client = reading("select 1");
    spark.runs.get(0).fail(SluiceException.ofSpark("DIVIDE_BY_ZERO", "22012", "no"));
    assertThat(client.errors).isEqualTo(1);
    assertThat(spark.runs).hasSize(1);
  }

  @Test
  void aWriteThatWasSentToSparkAndAScriptAreNotRunAgain() {
    analysis = command("insert", List.of());
    RecordingClient client = reading("insert");
    spark.runs.get(0).fail(lost());
    assertThat(code(client)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(suspected).as("what comes next is not sent there unasked").containsExactly(ONE);

    Analysis.SparkQuery query = query("alone", false);
    analysis =
        new Analysis.SparkQuery(
            query.sql(),
            query.relations(),
            false,
            List.of(),
            query.dependencies(),
            false,
            List.of(),
            List.of(),
            query.source(),
            "",
            List.of(),
            List.of(),
            true,
            Optional.empty());
    client = reading("alone");
    spark.runs.get(1).fail(lost());
    assertThat(code(client)).isEqualTo(ErrorCode.REPLICA_LOST);
    assertThat(spark.runs).hasSize(2);
  }

  @Test
  void whatIsCanceledOnItsWayBackDoesNotRun() {
    CompletableFuture<Void> noted = new CompletableFuture<>();
    onSuspect = () -> noted;
    RecordingClient client = reading("select 1");
    spark.runs.get(0).fail(lost());
    assertThat(queue.load().running()).as("the first permit came back").isZero();
    client.subscription.cancel();
    assertThat(code(client)).isEqualTo(ErrorCode.OPERATION_CANCELED);
    noted.complete(null);
    assertThat(spark.runs).hasSize(1);
    assertThat(client.endings()).isEqualTo(1);
  }

  @Test
  void whatIsCanceledInTheQueueForItsSecondRunGivesItsPlaceUp() {
    RecordingClient first = reading("select 1");
    CompletableFuture<Void> noted = new CompletableFuture<>();
    onSuspect = () -> noted;
    spark.runs.get(0).fail(lost());
    reading("another takes the permit");
    noted.complete(null);
    assertThat(queue.load().queued()).isEqualTo(1);
    first.subscription.cancel();
    assertThat(queue.load().queued()).isZero();
    assertThat(spark.runs).hasSize(2);
  }

  @Test
  void aStoppingGatewayRunsNothingAgain() {
    CompletableFuture<Void> noted = new CompletableFuture<>();
    onSuspect = () -> noted;
    RecordingClient onItsWay = reading("select 1");
    spark.runs.get(0).fail(lost());
    RecordingClient runs = reading("select 2");
    CompletableFuture<Void> drained = service.drain();
    assertThat(code(onItsWay)).isEqualTo(ErrorCode.SHUTTING_DOWN);
    spark.runs.get(1).fail(lost());
    assertThat(code(runs)).isEqualTo(ErrorCode.SHUTTING_DOWN);
    noted.complete(null);
    assertThat(drained).isCompleted();
    assertThat(spark.runs).hasSize(2);
  }

  @Test
  void thePoliciesOfTheSecondRunCount() {
    onSuspect =
        () -> {
          refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no more");
          return CompletableFuture.completedFuture(null);
        };
    RecordingClient client = reading("select 1");
    spark.runs.get(0).fail(lost());
    assertThat(client.error).hasMessage("no more");
    assertThat(spark.runs).hasSize(1);

    refusal = null;
    service.prepare(session, "select 1").join();
    onSuspect =
        () -> {
          analysis = query("select 1 where f", true);
          return CompletableFuture.completedFuture(null);
        };
    client = reading("select 1");
    spark.runs.get(1).fail(lost());
    assertThat(spark.runs.get(2).request.sql()).isEqualTo("select 1 where f");
    spark.runs.get(2).fail(SluiceException.ofSpark("CAST_INVALID_INPUT", "22018", "secret"));
    assertThat(client.error).hasMessageNotContaining("secret");

    analysis = query("select 1", false);
    onSuspect =
        () -> {
          analysis = query("select new", false);
          spark.schema = CompletableFuture.completedFuture(OTHER);
          return CompletableFuture.completedFuture(null);
        };
    client = reading("select 1");
    spark.runs.get(3).fail(lost());
    assertThat(code(client)).isEqualTo(ErrorCode.STATEMENT_OUTDATED);
    assertThat(spark.runs).hasSize(4);
  }

  @Test
  void aReadOnAReplicaThatLeavesRunsElsewhereOnceSparkHasLetGo() {
    Statement statement = service.submit(session, "select 1", List.of());
    RecordingClient client = subscribe(statement);
    client.subscription.request(5);
    RecordedSpark.Run first = spark.runs.get(0);
    first.lingers = true;
    service.replicaLeaves(queue.runningOn(ONE));
    assertThat(first.canceled).isTrue();
    assertThat(statement.state()).isEqualTo(StatementState.QUEUED);
    assertThat(queue.load().running()).as("Spark still works on it").isEqualTo(1);
    assertThat(spark.runs).hasSize(1);
    first.freed.complete(null);
    first.batch(7);
    assertThat(client.messages).as("nothing of the run that was given up").isEmpty();
    spark.runs.get(1).batch(1);
    spark.runs.get(1).complete();
    assertThat(client.messages).hasSize(1);
    assertThat(client.completions).isEqualTo(1);
  }

  @Test
  void aReadThatIsCanceledWhileItLeavesGivesItsPermitBackOnce() {
    Statement statement = service.submit(session, "select 1", List.of());
    RecordingClient client = subscribe(statement);
    spark.runs.get(0).lingers = true;
    service.replicaLeaves(queue.runningOn(ONE));
    client.subscription.cancel();
    assertThat(code(client)).isEqualTo(ErrorCode.OPERATION_CANCELED);
    RecordingClient waits = reading("select 2");
    assertThat(spark.runs).hasSize(1);
    spark.runs.get(0).freed.complete(null);
    assertThat(spark.runs).hasSize(2);
    spark.runs.get(1).complete();
    assertThat(waits.completions).isEqualTo(1);
  }

  @Test
  void whatSentARowOrWritesEndsWithTheReplicaThatLeaves() {
    RecordingClient client = reading("select 1");
    spark.runs.get(0).schema("a");
    spark.runs.get(0).batch(1);
    service.replicaLeaves(queue.runningOn(ONE));
    assertThat(code(client)).isEqualTo(ErrorCode.REPLICA_LOST);
    analysis = command("insert", List.of());
    client = reading("insert");
    service.replicaLeaves(queue.runningOn(ONE));
    assertThat(code(client)).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(spark.runs).hasSize(2);
  }

  @Test
  void aSchemaIsAskedOfAnotherReplicaOnce() {
    spark.schema = CompletableFuture.failedFuture(lost());
    onSuspect =
        () -> {
          spark.schema = CompletableFuture.completedFuture(OTHER);
          return CompletableFuture.completedFuture(null);
        };
    assertThat(service.prepare(session, "select 1").join().schema()).isEqualTo(OTHER);
    assertThat(suspected).containsExactly(ONE);

    onSuspect = () -> CompletableFuture.completedFuture(null);
    spark.schema = CompletableFuture.failedFuture(lost());
    analysis = query("select 2", false);
    assertThatThrownBy(() -> service.prepare(session, "select 2").join())
        .cause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.REPLICA_LOST));
    assertThat(spark.analyzed).hasSize(4);
    spark.schema = CompletableFuture.completedFuture(OTHER);
    assertThat(service.prepare(session, "select 2").join().returnsRows())
        .as("the permit came back")
        .isTrue();
  }
}
