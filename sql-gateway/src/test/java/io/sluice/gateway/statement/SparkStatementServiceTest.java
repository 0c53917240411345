package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.gateway.session.Door;
import io.sluice.gateway.session.Session;
import io.sluice.gateway.session.SessionRegistry;
import io.sluice.model.ErrorCode;
import io.sluice.model.Principal;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnswerTable;
import io.sluice.planner.AnswerTable.AnswerColumn;
import io.sluice.planner.AnswerTable.AnswerType;
import io.sluice.planner.Namespace;
import io.sluice.planner.SessionSettings;
import io.sluice.spark.ResultMessage;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.connect.proto.Expression;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SparkStatementServiceTest extends StatementServiceFixture {

  private static final AnswerTable NAMES =
      new AnswerTable(
          List.of(new AnswerColumn("name", AnswerType.STRING, false)), List.of(List.of("a")));

  private static final Schema ONE_COLUMN =
      new Schema(List.of(Field.nullable("a", new ArrowType.Int(32, true))));

  @Test
  void aStatementIsCurrentWhileNothingThatDecidesAboutItChanges() {
    Statement read = service.submit(session, "select 1", List.of());
    subscribe(read);
    assertThat(read.isCurrent()).isCompletedWithValue(true);
    session.configure(values -> values.put("spark.sql.session.timeZone", "UTC"));
    assertThat(read.isCurrent()).isCompletedWithValue(false);
    session.configure(values -> values.clear());
    assertThat(read.isCurrent()).isCompletedWithValue(true);
    Analysis before = analysis;
    analysis = query("select 1", true);
    assertThat(read.isCurrent()).as("the same text over another table").isCompletedWithValue(false);
    analysis = before;
    session.hadEffect();
    assertThat(read.isCurrent()).as("a write of the session").isCompletedWithValue(false);
  }

  /** Two of these fit, each with what becomes of it; of another user two more. */
  private static final String LONG_TEXT = "x".repeat(11 << 20);

  @Test
  void whatWaitsHoldsOnlySoMuchOfOneUsersText() {
    analysis = query("select 1", false);
    Statement runs = service.submit(session, "select 1", List.of());
    subscribe(runs);
    List<Statement> waiting = new ArrayList<>();
    for (int number = 0; number < 2; number++) {
      waiting.add(service.submit(session, LONG_TEXT, List.of()));
      subscribe(waiting.get(number));
    }
    assertThat(waiting).extracting(Statement::state).containsOnly(StatementState.QUEUED);
    long held = service.textBytes();
    Statement third = service.submit(session, LONG_TEXT, List.of());
    assertThat(subscribe(third).error)
        .hasMessageContaining("[ann] would have more than the 48 MiB that one user gets of text");
    assertThat(third.state()).isEqualTo(StatementState.FAILED);
    assertThat(ended.get(0).error()).contains(ErrorCode.QUEUE_FULL);
    assertThat(service.prepare(session, LONG_TEXT)).isCompletedExceptionally();
    // Values count too, and what policy makes of a text.
    assertThat(
            service
                .submit(
                    session,
                    "select ?",
                    List.of(Expression.Literal.newBuilder().setString(LONG_TEXT).build()))
                .state())
        .isEqualTo(StatementState.FAILED);
    analysis = query(LONG_TEXT, false);
    Statement rewritten = service.submit(session, "select 2", List.of());
    subscribe(rewritten);
    assertThat(rewritten.state()).isEqualTo(StatementState.FAILED);
    assertThat(service.textBytes()).isEqualTo(held);
    analysis = query("select 1", false);
    waiting.get(0).cancel("enough");
    Statement fits = service.submit(session, LONG_TEXT, List.of());
    subscribe(fits);
    assertThat(fits.state()).isEqualTo(StatementState.QUEUED);
    service.cancelAll(any -> true, "enough");
    assertThat(service.textBytes()).isZero();
  }

  @Test
  void noUserTakesTheTextOfAllOthers() {
    List<Statement> waiting = new ArrayList<>();
    List<RecordingClient> clients = new ArrayList<>();
    SessionRegistry sessions =
        new SessionRegistry(new Namespace("lake", "tpch"), Duration.ofHours(1), time, s -> false);
    for (String user : List.of("ann", "bob", "cid")) {
      Session own = sessions.at(Door.FLIGHT).open(new Principal(user, Set.of()), "");
      for (int number = 0; number < 2; number++) {
        Statement statement = service.submit(own, LONG_TEXT, List.of());
        waiting.add(statement);
        clients.add(subscribe(statement));
      }
    }
    assertThat(waiting.subList(0, 4))
        .extracting(Statement::state)
        .doesNotContain(StatementState.FAILED);
    assertThat(clients.get(4).error).hasMessageContaining("Try again in a moment");
    service.cancelAll(any -> true, "enough");
    assertThat(service.textBytes()).isZero();
  }

  /** Its client may not know any more what the result would be. */
  @Test
  void whatIsPreparedInASessionThatIsClosedMeanwhileIsNotTold() {
    SessionRegistry sessions =
        new SessionRegistry(new Namespace("lake", "tpch"), Duration.ofHours(1), time, s -> false);
    Session own = sessions.at(Door.FLIGHT).open(new Principal("ann", Set.of()), "");
    List<Runnable> waiting = new ArrayList<>();
    planning = waiting::add;
    analysis = new Analysis.Answer(NAMES);
    CompletableFuture<PreparedStatement> prepared = service.prepare(own, "show tables");
    assertThat(prepared).isNotDone();
    sessions.close(own.id());
    waiting.forEach(Runnable::run);
    assertThatThrownBy(prepared::join).hasMessageContaining("The session was closed");
  }

  /** A door may keep it until its client closes it. */
  @Test
  void aStatementThatHasEndedKeepsNoText() {
    String text = "select " + "1 ".repeat(1000).strip();
    WeakReference<String> kept = new WeakReference<>(text);
    Statement statement = service.submit(session, text, List.of());
    started(statement).complete();
    assertThat(statement.state()).isEqualTo(StatementState.FINISHED);
    analyzed.clear();
    text = null;
    await()
        .until(
            () -> {
              System.gc();
              return kept.get() == null;
            });
    assertThat(statement.isCurrent()).isCompletedWithValue(false);
  }

  @Test
  void aStatementThatStaysComparableIsComparedAfterItsEndToo() {
    Statement statement = service.submit(session, "select 1", List.of());
    statement.staysComparable();
    started(statement).complete();
    assertThat(statement.isCurrent()).isCompletedWithValue(true);
  }

  @Test
  void aCommandThatHasEndedIsAnEffectOfItsSession() {
    analysis = command("insert into t select 1", List.of());
    long before = session.effects();
    subscribe(service.submit(session, "insert into t select 1", List.of()));
    assertThat(session.effects()).isEqualTo(before);
    spark.runs.get(0).complete();
    assertThat(session.effects()).isEqualTo(before + 1);
  }

  @Test
  void aQueryGoesTheWholeRoadUnderItsClientsDemand() {
    Statement statement = service.submit(session, "select 1", List.of());
    assertThat(spark.runs).as("nothing runs for a client that is not there").isEmpty();
    RecordingClient client = subscribe(statement);
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
    RecordedSpark.Run run = spark.runs.get(0);
    assertThat(run.request.operation()).isEqualTo(statement.id().value());
    assertThat(run.request.sql()).isEqualTo("select 1");
    assertThat(run.request.session().user()).isEqualTo("ann");
    client.subscription.request(1);
    assertThat(run.demand).isEqualTo(1);
    run.batch(7);
    run.complete();
    assertThat(client.messages).hasSize(1);
    assertThat(client.completions).isEqualTo(1);
    assertThat(statement.ending()).isCompletedWithValue(StatementState.FINISHED);
    assertThat(service.running()).isZero();
  }

  /** The steps of a run count files and splits, the hidden rows' too. */
  @Test
  void theProgressOfWhatPolicyRestrictsIsNotTold() {
    analysis = query("select 1", false);
    Statement open = service.submit(session, "select 1", List.of());
    started(open).progress = OptionalDouble.of(0.5);
    assertThat(open.progress()).hasValue(0.5);
    analysis = query("select 2", true);
    Statement restricted = service.submit(session, "select 2", List.of());
    started(restricted).progress = OptionalDouble.of(0.5);
    assertThat(restricted.progress()).isEmpty();
  }

  @Test
  void answersOfTheGatewaysOwnAreBoundedAndEndWhenTheirClientIsIdle() {
    analysis = new Analysis.Answer(NAMES);
    Statement idle = service.submit(session, "show tables", List.of());
    RecordingClient client = subscribe(idle);
    assertThat(gatewayAnswers.size()).isOne();
    time.advance(LIMITS.clientStall());
    service.enforceLimits();
    assertThat(client.error).hasMessageContaining("took nothing of the result for 5 min");
    assertThat(gatewayAnswers.size()).isZero();
    for (int one = 0; one < 64; one++) {
      subscribe(service.submit(session, "show tables", List.of()));
    }
    Statement late = service.submit(session, "show tables", List.of());
    assertThat(subscribe(late).error).hasMessageContaining("more than the 64 that one user gets");
    assertThat(late.state()).isEqualTo(StatementState.FAILED);
    service.cancelAll(session::equals, "closed");
    assertThat(gatewayAnswers.size()).isZero();
  }

  @Test
  void anAnswerThatIsTooLongFailsOnceItIsMade() {
    analysis =
        new Analysis.Answer(
            new AnswerTable(
                NAMES.columns(),
                IntStream.range(0, 100)
                    .<List<Object>>mapToObj(row -> List.of("x".repeat(1 << 20)))
                    .toList()));
    Statement statement = service.submit(session, "show tables", List.of());
    assertThat(subscribe(statement).error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.RESULT_TOO_LARGE));
    assertThat(statement.state()).isEqualTo(StatementState.FAILED);
    assertThat(gatewayAnswers.size()).isZero();
    assertThat(gatewayAnswers.heldBytes()).isZero();
  }

  @Test
  void shortAnswersAreGivenWhateverTheListsOfOthersHold() {
    List<AnswerRows> lists = new ArrayList<>();
    for (String user : List.of("bob", "cid", "dan", "eve")) {
      AnswerRows list = gatewayAnswers.enter(new Principal(user, Set.of()));
      list.add(List.of(), 63 << 20);
      lists.add(list);
    }
    AnswerRows late = gatewayAnswers.enter(new Principal("late", Set.of()));
    assertThatThrownBy(() -> late.add(List.of(), 6 << 20))
        .hasMessageContaining("more than the 256 MiB");
    analysis = new Analysis.Answer(NAMES);
    RecordingClient client = subscribe(service.submit(session, "describe nation", List.of()));
    client.subscription.request(10);
    assertThat(client.completions).isOne();
    lists.forEach(AnswerRows::close);
    late.close();
    assertThat(gatewayAnswers.heldBytes()).isZero();
  }

  @Test
  void nothingRunsInASessionThatWasClosed() {
    SessionRegistry sessions =
        new SessionRegistry(new Namespace("lake", "tpch"), Duration.ofHours(1), time, s -> false);
    Session closed = sessions.at(Door.FLIGHT).open(new Principal("ann", Set.of()), "");
    sessions.close(closed.id());
    Statement late = service.submit(closed, "select 1", List.of());
    assertThat(subscribe(late).error).hasMessageContaining("The session was closed");
    assertThat(late.ending()).isCompletedWithValue(StatementState.FAILED);
    assertThat(analyzed).isEmpty();
    assertThat(spark.runs).isEmpty();
    assertThat(service.running()).isZero();
  }

  @Test
  void aCommandIsPreparedWithoutSparkAndRunOnce() {
    analysis = command("insert into t values (?)", markers("int"));
    PreparedStatement prepared = service.prepare(session, "insert into t values (?)").join();
    assertThat(prepared.returnsRows()).isFalse();
    assertThat(prepared.schema().getFields()).isEmpty();
    assertThat(prepared.parameterTypes()).isEqualTo(markers("int"));
    assertThat(spark.analyzed).isEmpty();
    analysis = command("insert into t values (1)", List.of());
    Statement statement = service.submit(session, "insert into t values (1)", List.of());
    RecordedSpark.Run run = started(statement);
    run.complete();
    assertThat(spark.runs).hasSize(1);
    assertThat(statement.ending()).isCompletedWithValue(StatementState.FINISHED);
  }

  @Test
  void whatACommandMayHaveChangedIsForgottenBeforeItsClientIsTold() {
    analysis = command("drop table t", List.of());
    List<Integer> changesWhenTold = new ArrayList<>();
    RecordingClient client =
        new RecordingClient() {
          @Override
          public void onComplete() {
            changesWhenTold.add(catalogChanges.size());
          }

          @Override
          public void onError(Throwable failure) {
            changesWhenTold.add(catalogChanges.size());
          }
        };
    service.submit(session, "drop table t", List.of()).result().subscribe(client);
    assertThat(catalogChanges).isEmpty();
    spark.runs.get(0).complete();
    assertThat(changesWhenTold).containsExactly(1);
    Statement failing = service.submit(session, "drop table t", List.of());
    started(failing).fail(new SluiceException(ErrorCode.EXECUTION_FAILED, "no"));
    assertThat(catalogChanges).hasSize(2);
    analysis = query("select 1", false);
    started(service.submit(session, "select 1", List.of())).complete();
    assertThat(catalogChanges).hasSize(2);
  }

  @Test
  void aCommandThatWaitedIsAuthorisedAnewAndPromisedNoShape() {
    RecordedSpark.Run first = started(service.submit(session, "a", List.of()));
    analysis = command("insert into t values (1)", List.of());
    Statement waiting = service.submit(session, "insert into t values (1)", List.of());
    RecordingClient client = subscribe(waiting);
    int before = analyzed.size();
    analysis = command("insert into t values (2)", List.of());
    first.complete();
    assertThat(analyzed).hasSizeGreaterThan(before);
    assertThat(spark.runs.get(1).request.sql()).isEqualTo("insert into t values (2)");
    spark.runs.get(1).complete();
    assertThat(client.completions).isEqualTo(1);
  }

  @Test
  void aRefusedStatementHasAnIdAStateAndAnEndingInTheJournal() {
    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no");
    Statement statement = service.submit(session, "select 1", List.of());
    assertThat(statement.ending()).isCompletedWithValue(StatementState.FAILED);
    assertThat(subscribe(statement).error).hasMessage("no");
    assertThat(journal.recent())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.statement()).isEqualTo(statement.id().value());
              assertThat(entry.state()).isEqualTo(StatementState.FAILED);
              assertThat(entry.errorCode()).isEqualTo("PERMISSION_DENIED");
            });
    assertThat(spark.runs).isEmpty();
  }

  @Test
  void aStatementThatIsRefusedWhenPreparedStandsInTheJournalTooAndItsErrorNamesIt() {
    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no");
    assertThatThrownBy(() -> service.prepare(session, "select 1").join())
        .cause()
        .isInstanceOfSatisfying(
            SluiceException.class,
            error ->
                assertThat(journal.recent())
                    .singleElement()
                    .satisfies(
                        entry -> {
                          assertThat(entry.state()).isEqualTo(StatementState.FAILED);
                          assertThat(error.clientText(null))
                              .contains("statement " + entry.statement());
                        }));
  }

  @Test
  void anUnforeseenExceptionOfThePlannerRefuses() {
    refusal = new NullPointerException("secret");
    RecordingClient client = subscribe(service.submit(session, "select 1", List.of()));
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
              assertThat(error.getMessage()).doesNotContain("secret");
            });
    assertThatThrownBy(() -> service.prepare(session, "select 1").join())
        .hasCauseInstanceOf(SluiceException.class);
    assertThat(spark.runs).isEmpty();
  }

  @Test
  void theSecondWaitsForThePermitOfTheFirst() {
    RecordingClient first = subscribe(service.submit(session, "a", List.of()));
    Statement second = service.submit(session, "b", List.of());
    subscribe(second);
    assertThat(second.state()).isEqualTo(StatementState.QUEUED);
    assertThat(second.place().map(QueuePlace::position)).contains(1);
    first.subscription.cancel();
    assertThat(second.place()).isEmpty();
    assertThat(spark.runs.get(0).canceled).isTrue();
    assertThat(second.state()).isEqualTo(StatementState.RUNNING);
  }

  @Test
  void aStatementThatIsCanceledInTheQueueNeverRuns() {
    RecordedSpark.Run running = started(service.submit(session, "a", List.of()));
    Statement waiting = service.submit(session, "b", List.of());
    RecordingClient client = subscribe(waiting);
    service.cancelAll(session::equals, "The session was closed.");
    assertThat(running.canceled).isTrue();
    assertThat(client.error).hasMessage("The session was closed.");
    assertThat(spark.runs).hasSize(1);
    assertThat(service.isBusy(session)).isFalse();
  }

  @Test
  void aStoppingGatewayEndsWhatRunsAndTakesNothingNew() {
    Statement running = service.submit(session, "a", List.of());
    Statement waiting = service.submit(session, "b", List.of());
    List<RecordingClient> clients = List.of(subscribe(running), subscribe(waiting));
    service.shutDown();
    Statement late = service.submit(session, "c", List.of());
    assertThat(subscribe(late).errors).isEqualTo(1);
    assertThat(clients)
        .allSatisfy(
            client ->
                assertThat(((SluiceException) client.error).code())
                    .isEqualTo(ErrorCode.SHUTTING_DOWN));
    assertThat(spark.runs).singleElement().satisfies(run -> assertThat(run.canceled).isTrue());
    assertThat(List.of(running.state(), waiting.state(), late.state()))
        .containsOnly(StatementState.CANCELED);
    assertThat(service.running()).isZero();
  }

  @Test
  void aReplicaThatWentAwayMeanwhileIsARetryableError() {
    backend = Optional.empty();
    RecordingClient client = subscribe(service.submit(session, "a", List.of()));
    assertThat(((SluiceException) client.error).code()).isEqualTo(ErrorCode.REPLICA_LOST);
    backend = Optional.of(spark);
    assertThat(started(service.submit(session, "a", List.of()))).isNotNull();
  }

  @Test
  void aWriteThatRanWhenItsReplicaWasLostIsNotToBeSentAgain() {
    analysis = command("insert into t values (1)", List.of());
    Statement lost = service.submit(session, "insert into t values (1)", List.of());
    RecordingClient client = subscribe(lost);
    spark.runs.get(0).fail(new SluiceException(ErrorCode.REPLICA_LOST, "send it again"));
    assertThat(outcomeUnknown(client.error).getMessage())
        .contains("cannot be told whether", "before you send it again");
    assertThat(journal.recent().get(0).errorCode()).isEqualTo("OUTCOME_UNKNOWN");

    RecordingClient stopped = subscribe(service.submit(session, "insert into t", List.of()));
    service.shutDown();
    outcomeUnknown(stopped.error);
  }

  private static SluiceException outcomeUnknown(Throwable failure) {
    SluiceException error = (SluiceException) failure;
    assertThat(error.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(error.code().isRetryable()).isFalse();
    assertThat(error.sqlState()).isEqualTo("40003");
    assertThat(error.clientText(null)).contains(", statement ");
    return error;
  }

  @Test
  void aWriteThatHadNotStartedAndAQueryMayBeSentAgain() {
    analysis = command("insert into t values (1)", List.of());
    backend = Optional.empty();
    RecordingClient client = subscribe(service.submit(session, "insert into t", List.of()));
    assertThat(((SluiceException) client.error).code()).isEqualTo(ErrorCode.REPLICA_LOST);
    backend = Optional.of(spark);
    RecordingClient failing = subscribe(service.submit(session, "insert into t", List.of()));
    spark.runs.get(0).fail(SluiceException.ofSpark("DIVIDE_BY_ZERO", "22012", "no"));
    assertThat(((SluiceException) failing.error).errorClass()).isEqualTo("DIVIDE_BY_ZERO");
    analysis = query("select 1", false);
    RecordingClient reading = subscribe(service.submit(session, "select 1", List.of()));
    spark.runs.get(1).fail(new SluiceException(ErrorCode.REPLICA_LOST, "send it again"));
    spark.runs.get(2).fail(new SluiceException(ErrorCode.REPLICA_LOST, "send it again"));
    assertThat(((SluiceException) reading.error).code()).isEqualTo(ErrorCode.REPLICA_LOST);
  }

  @Test
  void parametersMustMatchTheMarkersInNumber() {
    analysis = query("select ?", List.of(), markers("int"), false);
    RecordingClient client = subscribe(service.submit(session, "select ?", List.of()));
    assertThat(((SluiceException) client.error).code()).isEqualTo(ErrorCode.PARAMETER_MISMATCH);
  }

  @Test
  void aRepeatedTextCostsNoSecondAnalyseCall() {
    spark.schema = CompletableFuture.completedFuture(ONE_COLUMN);
    assertThat(service.prepare(session, "select 1").join().schema()).isEqualTo(ONE_COLUMN);
    assertThat(service.prepare(session, "select 1").join().schema()).isEqualTo(ONE_COLUMN);
    assertThat(spark.analyzed).hasSize(1);
    analysis = query("select 2", false);
    service.prepare(session, "select 2").join();
    assertThat(spark.analyzed).hasSize(2);
    session.configure(values -> values.put("spark.sql.session.timeZone", "Asia/Tokyo"));
    service.prepare(session, "select 2").join();
    assertThat(spark.analyzed).hasSize(3);
  }

  @Test
  void preparingUnderARestrictionWithholdsSparksText() {
    analysis = query("select 1", true);
    spark.schema =
        CompletableFuture.failedFuture(
            SluiceException.ofSpark("UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", "c_address?"));
    assertThatThrownBy(() -> service.prepare(session, "select 1").join())
        .cause()
        .hasMessageContaining("withheld")
        .hasMessageNotContaining("c_address");
  }

  @Test
  void whatRunsInASparkSessionAloneIsNotCompressed() {
    session.configure(
        values ->
            values.putAll(
                Map.of(SessionSettings.COMPRESSION, "zstd", "spark.sql.shuffle.partitions", "7")));
    Analysis.SparkQuery script = command("BEGIN END", List.of());
    analysis =
        new Analysis.SparkQuery(
            script.sql(),
            script.relations(),
            false,
            List.of(),
            script.dependencies(),
            true,
            List.of(),
            List.of(),
            script.source(),
            "",
            List.of(),
            List.of(),
            true,
            Optional.empty());
    subscribe(service.submit(session, "begin end", List.of()));
    assertThat(spark.runs).hasSize(1);
    assertThat(spark.configured).containsExactly(Map.of("spark.sql.shuffle.partitions", "7"));
    spark.runs.get(0).complete();
    analysis = query("select 1", false);
    subscribe(service.submit(session, "select 1", List.of()));
    assertThat(spark.configured.get(1)).containsEntry(SparkSessions.CODEC, "zstd");
  }

  @Test
  void aCallIsPreparedWithTheColumnsThatItIsKnownToHave() {
    Analysis.SparkQuery call = command("CALL x", List.of());
    analysis =
        new Analysis.SparkQuery(
            call.sql(),
            call.relations(),
            false,
            List.of(),
            call.dependencies(),
            true,
            List.of(new AnswerColumn("snapshot_id", AnswerType.BIGINT, true)),
            List.of(),
            call.source(),
            "");
    PreparedStatement prepared = service.prepare(session, "call x").join();
    assertThat(prepared.returnsRows()).isTrue();
    assertThat(prepared.schema().getFields())
        .extracting(Field::getName)
        .containsExactly("snapshot_id");
    assertThat(spark.analyzed).isEmpty();
    assertThat(spark.runs).isEmpty();
  }

  @Test
  void whatIsOutOfTheOrdinaryIsInTheJournal() {
    Logger lines = (Logger) LoggerFactory.getLogger("io.sluice.journal");
    ListAppender<ILoggingEvent> written = new ListAppender<>();
    written.start();
    lines.addAppender(written);
    try {
      analysis = command("drop", List.of()).noted("forced");
      subscribe(service.submit(session, "drop", List.of()));
    } finally {
      lines.detachAppender(written);
    }
    assertThat(written.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains("\"state\":\"ANALYZED\",\"detail\":\"forced\""));
  }

  @Test
  void settingsOfTheGatewaysOwnAreNotSparks() {
    session.configure(values -> values.putAll(Map.of("sluice.x", "true", "spark.x", "1")));
    analysis = query("select 1", false);
    subscribe(service.submit(session, "select 1", List.of()));
    assertThat(spark.configured).containsExactly(Map.of("spark.x", "1"));
  }

  @Test
  void sparkCompressesForASessionThatAsksForIt() {
    session.configure(values -> values.putAll(Map.of("sluice.result.compression", "zstd")));
    subscribe(service.submit(session, "select 1", List.of()));
    assertThat(spark.configured)
        .containsExactly(Map.of("spark.sql.execution.arrow.compression.codec", "zstd"));
    session.configure(values -> values.putAll(Map.of("sluice.result.compression", "none")));
    subscribe(service.submit(session, "select 1", List.of()));
    assertThat(spark.configured).hasSize(1);
  }

  @Test
  void whatComesToNothingNeedsNoSpark() {
    analysis = new Analysis.Nothing();
    assertThat(service.prepare(session, "clear cache").join().returnsRows()).isFalse();
    assertThat(subscribe(service.submit(session, "clear cache", List.of())).completions)
        .isEqualTo(1);
    assertThat(spark.runs).isEmpty();
  }

  @Test
  void useAndSetChangeTheSessionAndNeedNoSpark() {
    analysis = new Analysis.Use(new Namespace("lake", "other"));
    assertThat(service.prepare(session, "use other").join().returnsRows()).isFalse();
    assertThat(session.namespace().schema()).isEqualTo("tpch");
    assertThat(subscribe(service.submit(session, "use other", List.of())).completions).isEqualTo(1);
    assertThat(session.namespace().schema()).isEqualTo("other");
    analysis = new Analysis.SetConfiguration("k", "v");
    subscribe(service.submit(session, "set k=v", List.of()));
    assertThat(session.configuration()).isEqualTo(Map.of("k", "v"));
    analysis = new Analysis.ResetConfiguration(Optional.of("k"));
    subscribe(service.submit(session, "reset k", List.of()));
    assertThat(session.configuration()).isEmpty();
    assertThat(spark.runs).isEmpty();
  }

  @Test
  void anAnswerIsARowResultWithoutSpark() {
    analysis =
        new Analysis.Answer(
            new AnswerTable(
                List.of(new AnswerColumn("name", AnswerType.STRING, false)),
                List.of(List.of("x"), List.of("y"))));
    RecordingClient client = subscribe(service.submit(session, "show tables", List.of()));
    client.subscription.request(10);
    assertThat(client.messages).hasSize(2);
    assertThat(client.messages.get(0)).isInstanceOf(ResultMessage.SchemaMessage.class);
    assertThat(client.completions).isEqualTo(1);
    assertThat(spark.runs).isEmpty();
  }
}
