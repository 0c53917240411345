package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.model.StatementState;
import io.sluice.planner.AnalysisRequest;
import io.sluice.spark.TableWrite;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An ingest's way: authorised twice, uploaded to a session of its own, written once. */
class SparkIngestionTest extends StatementServiceFixture {

  private static final ByteString ROWS = ByteString.copyFromUtf8("rows");

  private static IngestTarget target(IngestTarget.Mode mode) {
    return new IngestTarget(Optional.empty(), Optional.empty(), "t`x", mode);
  }

  private Ingestion begun(IngestTarget.Mode mode) {
    return begun(mode, "CREATE OR REPLACE TABLE");
  }

  /**
   * @param authorized how the text begins that the planner would send
   */
  private Ingestion begun(IngestTarget.Mode mode, String authorized) {
    analysis = command(authorized + " t", List.of());
    return service.ingest(session, target(mode));
  }

  @Test
  void whatIsNotThereToBeReplacedIsCreated() {
    Ingestion ingestion = begun(IngestTarget.Mode.CREATE_OR_REPLACE, "CREATE  TABLE");
    ingestion.add(ROWS).join();
    ingestion.finish(List.of("id"));
    subscribe(ingestion.statement());
    assertThat(spark.writes).extracting(TableWrite::mode).containsExactly(TableWrite.Mode.CREATE);
  }

  /** Until the rows are there nobody knows the columns that take those of the table. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "CREATE; CREATE TABLE ? USING iceberg;" + " CREATE TABLE ? USING iceberg; CREATE",
        "APPEND; INSERT INTO ? VALUES (NULL); INSERT INTO ? VALUES (NULL); APPEND",
        "REPLACE; REPLACE TABLE ? USING iceberg;"
            + " REPLACE TABLE ? USING iceberg AS SELECT 1 AS `id`, 1 AS `a``b`; REPLACE",
        "CREATE_OR_REPLACE;"
            + " CREATE OR REPLACE TABLE ? USING iceberg;"
            + " CREATE OR REPLACE TABLE ? USING iceberg AS SELECT 1 AS `id`, 1 AS `a``b`;"
            + " CREATE_OR_REPLACE",
        "CREATE_OR_APPEND; INSERT INTO ? VALUES (NULL); INSERT INTO ? VALUES (NULL); APPEND"
      })
  void theStatementThatItAmountsToIsAuthorisedBeforeAndAfterTheRows(
      IngestTarget.Mode mode, String before, String after, TableWrite.Mode written) {
    String first = before.replace("?", "`lake`.`tpch`.`t``x`");
    String second = after.replace("?", "`lake`.`tpch`.`t``x`");
    Ingestion ingestion = begun(mode);
    assertThat(ingestion.ready()).isCompleted();
    assertThat(analyzed).extracting(AnalysisRequest::sql).containsExactly(first);
    ingestion.add(ROWS).join();
    ingestion.finish(List.of("id", "a`b"));
    RecordingClient client = subscribe(ingestion.statement());
    assertThat(analyzed).extracting(AnalysisRequest::sql).containsExactly(first, second);
    assertThat(spark.writes)
        .singleElement()
        .satisfies(
            write -> {
              assertThat(write.mode()).isEqualTo(written);
              assertThat(write.table()).containsExactly("lake", "tpch", "t`x");
              assertThat(write.chunks()).containsExactly("rows");
              assertThat(spark.uploads).containsExactly(write.session());
            });
    assertThat(catalogChanges).isEmpty();
    spark.runs.get(0).complete();
    assertThat(catalogChanges).containsExactly("changed");
    assertThat(client).isNotNull();
    assertThat(ingestion.statement().state()).isEqualTo(StatementState.FINISHED);
    assertThat(spark.released).containsExactlyElementsOf(spark.uploads);
    assertThat(service.running()).isZero();
  }

  @Test
  void aRefusalEndsItBeforeARowIsTaken() {
    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no");
    Ingestion ingestion = begun(IngestTarget.Mode.APPEND);
    assertThat(ingestion.ready()).isCompletedExceptionally();
    assertThat(ingestion.statement().state()).isEqualTo(StatementState.FAILED);
    assertThat(spark.uploads).isEmpty();
  }

  @Test
  void aPrivilegeThatIsTakenAwayMeanwhileCounts() {
    Ingestion ingestion = begun(IngestTarget.Mode.APPEND);
    ingestion.add(ROWS).join();
    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no");
    ingestion.finish(List.of("id"));
    assertThat(ingestion.statement().state()).isEqualTo(StatementState.FAILED);
    assertThat(spark.writes).isEmpty();
    assertThat(spark.released).hasSize(1);
  }

  @Test
  void aMissingTableIsCreatedWhereThatIsAskedForAndNoOtherRefusalLeadsThere() {
    refusal = new SluiceException(ErrorCode.TABLE_OR_VIEW_NOT_FOUND, "missing");
    begun(IngestTarget.Mode.CREATE_OR_APPEND);
    assertThat(analyzed)
        .extracting(request -> request.sql().substring(0, 6))
        .containsExactly("INSERT", "CREATE");
    analyzed.clear();
    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no");
    begun(IngestTarget.Mode.CREATE_OR_APPEND);
    assertThat(analyzed)
        .extracting(request -> request.sql().substring(0, 6))
        .containsExactly("INSERT");
  }

  @Test
  void anUploadThatFailsWritesNothingAndGivesAllBack() {
    Ingestion ingestion = begun(IngestTarget.Mode.APPEND);
    spark.uploaded =
        CompletableFuture.failedFuture(new SluiceException(ErrorCode.REPLICA_LOST, "gone"));
    CompletableFuture<Void> added = ingestion.add(ROWS);
    assertThat(added).isCompletedExceptionally();
    ingestion.fail(new SluiceException(ErrorCode.REPLICA_LOST, "gone"));
    assertThat(spark.writes).isEmpty();
    assertThat(spark.released).hasSize(1);
    assertThat(begun(IngestTarget.Mode.APPEND).ready()).isCompleted();
  }

  @Test
  void aClientThatSendsNothingLosesItsIngest() {
    Ingestion ingestion = begun(IngestTarget.Mode.APPEND);
    time.advance(Duration.ofMinutes(4));
    ingestion.add(ROWS).join();
    time.advance(Duration.ofMinutes(4));
    service.enforceLimits();
    assertThat(ingestion.statement().state().isTerminal()).isFalse();
    time.advance(Duration.ofMinutes(1));
    service.enforceLimits();
    assertThat(ingestion.statement().state()).isEqualTo(StatementState.CANCELED);
    assertThat(spark.released).hasSize(1);
  }

  @Test
  void theClockOfItsClientDoesNotRunWhileSluiceIsBusyWithIt() {
    RecordedSpark.Run other = started(service.submit(session, "select 1", List.of()));
    Ingestion ingestion = begun(IngestTarget.Mode.APPEND);
    time.advance(Duration.ofMinutes(4));
    service.enforceLimits();
    assertThat(ingestion.ready()).isNotDone();
    time.advance(Duration.ofSeconds(50));
    other.complete();
    assertThat(ingestion.ready()).isCompleted();
    time.advance(Duration.ofMinutes(4));
    service.enforceLimits();
    assertThat(ingestion.statement().state().isTerminal()).isFalse();
    // Spark is slow to take them.
    CompletableFuture<Void> taken = new CompletableFuture<>();
    spark.uploaded = taken;
    ingestion.add(ROWS);
    time.advance(Duration.ofMinutes(10));
    service.enforceLimits();
    assertThat(ingestion.statement().state().isTerminal()).isFalse();
    taken.complete(null);
    time.advance(Duration.ofMinutes(5));
    service.enforceLimits();
    assertThat(ingestion.statement().state()).isEqualTo(StatementState.CANCELED);
  }

  @Test
  void aLongWaitForAPermitIsNotItsClientsFault() {
    time.advance(Duration.ofSeconds(1));
    Ingestion held = begun(IngestTarget.Mode.APPEND);
    Ingestion queued = begun(IngestTarget.Mode.APPEND);
    for (int minute = 0; minute < 4; minute++) {
      time.advance(Duration.ofMinutes(1));
      held.add(ROWS).join();
    }
    time.advance(Duration.ofMinutes(1));
    held.add(ROWS).join();
    service.enforceLimits();
    assertThat(queued.statement().state()).isEqualTo(StatementState.QUEUED);
    assertThat(held.statement().state().isTerminal()).isFalse();
  }

  @Test
  void cancellingEndsItAtAnyStep() {
    Ingestion uploading = begun(IngestTarget.Mode.APPEND);
    uploading.statement().cancel("its client went away");
    assertThat(spark.released).hasSize(1);
    Ingestion writing = begun(IngestTarget.Mode.APPEND);
    writing.add(ROWS).join();
    writing.finish(List.of("id"));
    subscribe(writing.statement());
    writing.statement().cancel("its client went away");
    assertThat(spark.runs.get(0).canceled).isTrue();
    assertThat(spark.released).hasSize(2);
    assertThat(service.running()).isZero();
  }

  @Test
  void aStoppingGatewayTakesNone() {
    service.shutDown();
    Ingestion ingestion = begun(IngestTarget.Mode.APPEND);
    assertThat(ingestion.ready()).isCompletedExceptionally();
    assertThat(spark.uploads).isEmpty();
  }
}
