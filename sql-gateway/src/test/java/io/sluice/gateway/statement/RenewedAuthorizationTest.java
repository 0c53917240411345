package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.Analysis;
import io.sluice.planner.Namespace;
import io.sluice.planner.variable.SessionVariable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What waited for its permit runs as it is authorised when it gets it. */
class RenewedAuthorizationTest extends StatementServiceFixture {

  private RecordingClient running;

  @BeforeEach
  void theOnePermitIsTaken() {
    running = subscribe(service.submit(session, "first", List.of()));
  }

  @Test
  void aStatementThatThePoliciesForbidMeanwhileIsRefused() {
    Statement waiting = service.submit(session, "select 1", List.of());
    RecordingClient client = subscribe(waiting);
    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no more");
    freeThePermit();
    assertThat(waiting.state()).isEqualTo(StatementState.FAILED);
    assertThat(client.error).hasMessage("no more");
    assertThat(spark.runs).hasSize(1);
    assertThat(journal.recent())
        .filteredOn(entry -> entry.statement().equals(waiting.id().value()))
        .singleElement()
        .extracting(Journal.Entry::errorCode)
        .isEqualTo("PERMISSION_DENIED");
    refusal = null;
    assertThat(started(service.submit(session, "select 1", List.of())))
        .as("its permit came back")
        .isNotNull();
  }

  @Test
  void aFilterThatCameMeanwhileHolds() {
    service.prepare(session, "select 1").join();
    Statement waiting = service.submit(session, "select 1", List.of());
    RecordingClient client = subscribe(waiting);
    analysis = query("select 1 where f", true);
    freeThePermit();
    RecordedSpark.Run run = spark.runs.get(1);
    assertThat(run.request.sql()).isEqualTo("select 1 where f");
    run.fail(SluiceException.ofSpark("CAST_INVALID_INPUT", "22018", "secret"));
    assertThat(client.error).hasMessageNotContaining("secret");
  }

  @Test
  void aVariableThatCountsAsDroppedMeanwhileIsNotReadInSpark() {
    service.prepare(session, "select 1").join();
    Analysis.SparkQuery without = query("select 1", false);
    analysis =
        new Analysis.SparkQuery(
            without.sql(),
            without.relations(),
            without.restricted(),
            without.parameters(),
            without.dependencies(),
            without.command(),
            without.columns(),
            without.writes(),
            without.source(),
            without.note(),
            without.parameterNames(),
            List.of(new SessionVariable("v", "int", Optional.empty(), "7", Set.of())),
            without.alone(),
            without.variableChange());
    RecordingClient client = subscribe(service.submit(session, "select 1", List.of()));
    int runs = spark.runs.size();
    analysis = without;
    freeThePermit();
    // Spark is given the variable before it is asked again what may run.
    spark.runs.subList(runs, spark.runs.size()).forEach(RecordedSpark.Run::complete);
    assertThat(((SluiceException) client.error).code()).isEqualTo(ErrorCode.STATEMENT_OUTDATED);
    assertThat(spark.runs.subList(runs, spark.runs.size()))
        .noneMatch(run -> run.request.sql().equals("select 1"));
  }

  @Test
  void aResultOfAnotherShapeIsRefusedAndMayBeTriedAgain() {
    service.prepare(session, "select 1").join();
    Statement waiting = service.submit(session, "select 1", List.of());
    RecordingClient client = subscribe(waiting);
    analysis = query("select 1, 2", false);
    spark.schema =
        CompletableFuture.completedFuture(
            new Schema(List.of(Field.nullable("new", new ArrowType.Bool()))));
    freeThePermit();
    assertThat(client.error)
        .isInstanceOfSatisfying(
            SluiceException.class,
            error -> {
              assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_OUTDATED);
              assertThat(error.code().isRetryable()).isTrue();
            });
    assertThat(spark.runs).hasSize(1);
  }

  @Test
  void aShapeThatNobodyRemembersCountsAsAnother() {
    RecordingClient client = subscribe(service.submit(session, "select 1", List.of()));
    analysis = query("select 1 where f", false);
    freeThePermit();
    assertThat(((SluiceException) client.error).code()).isEqualTo(ErrorCode.STATEMENT_OUTDATED);
  }

  @Test
  void aRestrictedTableThatIsAnotherNowIsAnalysedAnewBeforeItRuns() {
    freeThePermit();
    Analysis.SparkQuery first = query("select 1 where f", true);
    Analysis.SparkQuery same = query("select 1 where f", true);
    analysis = first;
    onCheck = () -> analysis = same;
    RecordingClient client = subscribe(service.submit(session, "select 1", List.of()));
    assertThat(checks).containsExactly(first, same);
    assertThat(spark.runs).hasSize(2);
    assertThat(client.error).isNull();
  }

  @Test
  void aTableThatIsGoneRefusesAndOneThatOftenChangesIsOutpaced() {
    freeThePermit();
    analysis = query("select 1 where f", true);
    Analysis.SparkQuery first = (Analysis.SparkQuery) analysis;
    onCheck =
        () -> {
          analysis = query("select 1 where f", true);
          refusal = new SluiceException(ErrorCode.TABLE_OR_VIEW_NOT_FOUND, "gone");
        };
    RecordingClient client = subscribe(service.submit(session, "select 1", List.of()));
    assertThat(checks).containsExactly(first);
    assertThat(client.error).hasMessage("gone");

    checks.clear();
    refusal = null;
    onCheck = () -> analysis = query("select 1 where f", true);
    client = subscribe(service.submit(session, "select 1", List.of()));
    assertThat(((SluiceException) client.error).code()).isEqualTo(ErrorCode.STATEMENT_OUTDATED);
    assertThat(checks).hasSize(4);
    assertThat(spark.runs).as("neither was run").hasSize(1);
    onCheck = () -> {};
    assertThat(started(service.submit(session, "select 1", List.of())).request.sql())
        .as("the permit and the Spark session came back")
        .isEqualTo("select 1 where f");
  }

  @Test
  void whatIsRestrictedForNobodyIsNotComparedWithTheCatalog() {
    freeThePermit();
    subscribe(service.submit(session, "select 1", List.of()));
    assertThat(checks).isEmpty();
  }

  @Test
  void whatTheSessionSetsMeanwhileIsForItsLaterStatements() {
    subscribe(service.submit(session, "select 1", List.of()));
    session.configure(values -> values.put("spark.sql.session.timeZone", "Asia/Tokyo"));
    session.use(new Namespace("lake", "other"));
    freeThePermit();
    assertThat(spark.runs).hasSize(2);
    assertThat(spark.configured).isEmpty();
    assertThat(analyzed).allSatisfy(r -> assertThat(r.namespace().schema()).isEqualTo("tpch"));
  }

  @Test
  void aStatementThatDidNotWaitIsAnalysedOnce() {
    freeThePermit();
    int before = analyzed.size();
    CompletableFuture<Void> gate = new CompletableFuture<>();
    planning = task -> gate.thenRun(task);
    Statement statement = service.submit(session, "select 1", List.of());
    subscribe(statement);
    gate.complete(null);
    assertThat(statement.state()).isEqualTo(StatementState.RUNNING);
    assertThat(analyzed).hasSize(before + 1);
  }

  private void freeThePermit() {
    running.subscription.cancel();
  }
}
