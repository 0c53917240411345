package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.ErrorCode;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** Columns that a run tells, so that Spark need not be asked for them before. */
class ToldColumnsTest extends StatementServiceFixture {

  private static final Schema COLUMNS =
      new Schema(List.of(Field.nullable("n", ArrowType.Utf8.INSTANCE)));

  @Test
  void whatARunToldIsKnownFromThenOn() {
    assertThat(service.prepareUnasked(session, "select 1").join()).isEmpty();
    Statement statement = service.submit(session, "select 1", List.of());
    CompletableFuture<Schema> columns = statement.columns();
    RecordedSpark.Run run = started(statement);
    assertThat(columns).isNotDone();
    run.columns.complete(COLUMNS);
    assertThat(columns).isCompletedWithValue(COLUMNS);
    assertThat(service.prepareUnasked(session, "select 1").join())
        .hasValueSatisfying(known -> assertThat(known.schema()).isEqualTo(COLUMNS));
    assertThat(service.prepare(session, "select 1").join().schema()).isEqualTo(COLUMNS);
    assertThat(spark.analyzed).isEmpty();
  }

  @Test
  void onlyAPlainQuerysRunTellsThem() {
    spark.schema = CompletableFuture.completedFuture(COLUMNS);
    analysis = query("select ?", List.of(), markers("int"), false);
    assertThat(service.prepareUnasked(session, "select ?").join()).isPresent();
    assertThat(spark.analyzed).as("with stand-ins for what is bound later").hasSize(1);
    analysis = command("drop table t", List.of());
    assertThat(service.prepareUnasked(session, "drop table t").join()).isPresent();
  }

  @Test
  void whoWaitsForThemIsToldOfTheEndingInstead() {
    Statement failing = service.submit(session, "select 1", List.of());
    CompletableFuture<Schema> columns = failing.columns();
    started(failing).fail(SluiceException.ofSpark("UNRESOLVED_COLUMN", "42703", "no such column"));
    assertRefused(columns, failing, ErrorCode.EXECUTION_FAILED);

    Statement canceled = service.submit(session, "select 1", List.of());
    columns = canceled.columns();
    started(canceled);
    canceled.cancel("enough");
    assertRefused(columns, canceled, ErrorCode.OPERATION_CANCELED);

    Statement silent = service.submit(session, "select 1", List.of());
    columns = silent.columns();
    started(silent).complete();
    assertRefused(columns, silent, ErrorCode.INTERNAL_ERROR);

    refusal = new SluiceException(ErrorCode.PERMISSION_DENIED, "no");
    Statement refused = service.submit(session, "select 1", List.of());
    columns = refused.columns();
    subscribe(refused);
    assertRefused(columns, refused, ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void aFilterThatComesWhileItWaitsHoldsAndNoShapeWasPromised() {
    Statement first = service.submit(session, "first", List.of());
    RecordedSpark.Run running = started(first);
    Statement waiting = service.submit(session, "select 1", List.of());
    CompletableFuture<Schema> columns = waiting.columns();
    RecordingClient client = subscribe(waiting);
    analysis = query("select 1 where f", true);
    running.complete();
    RecordedSpark.Run run = spark.runs.get(1);
    assertThat(run.request.sql()).isEqualTo("select 1 where f");
    run.columns.complete(COLUMNS);
    assertThat(columns).isCompletedWithValue(COLUMNS);
    assertThat(client.error).isNull();
  }

  @Test
  void theRunThatTakesALostOnesPlaceTellsThem() {
    Statement statement = service.submit(session, "select 1", List.of());
    CompletableFuture<Schema> columns = statement.columns();
    started(statement).fail(new SluiceException(ErrorCode.REPLICA_LOST, "went away"));
    assertThat(columns).isNotDone();
    spark.runs.get(1).columns.complete(COLUMNS);
    assertThat(columns).isCompletedWithValue(COLUMNS);
  }

  @Test
  void whatARunToldAsItWasAuthorizedLastIsWhatTheSecondRunIsHeldTo() {
    Statement first = service.submit(session, "first", List.of());
    RecordedSpark.Run running = started(first);
    Statement waiting = service.submit(session, "select 1", List.of());
    waiting.staysComparable();
    CompletableFuture<Schema> columns = waiting.columns();
    RecordingClient client = subscribe(waiting);
    Analysis before = analysis;
    analysis = query("select 1 where f", true);
    running.complete();
    spark.runs.get(1).columns.complete(COLUMNS);
    assertThat(columns).isCompletedWithValue(COLUMNS);
    assertThat(waiting.isCurrent()).isCompletedWithValue(true);
    analysis = before;
    assertThat(waiting.isCurrent()).isCompletedWithValue(false);
    analysis = query("select 1 where f", true);
    spark.runs.get(1).fail(new SluiceException(ErrorCode.REPLICA_LOST, "went away"));
    assertThat(spark.runs.get(2).request.sql()).isEqualTo("select 1 where f");
    assertThat(client.error).isNull();
  }

  private static void assertRefused(
      CompletableFuture<Schema> columns, Statement statement, ErrorCode code) {
    assertThat(columns)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(SluiceException.class)
        .satisfies(
            failure -> assertThat(((SluiceException) failure.getCause()).code()).isEqualTo(code));
    assertThat(statement.state().isTerminal()).isTrue();
  }
}
