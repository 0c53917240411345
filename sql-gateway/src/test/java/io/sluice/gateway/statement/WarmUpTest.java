package io.sluice.gateway.statement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WarmUpTest {

  private final RecordedSpark spark = new RecordedSpark();

  @Test
  void theQueryRunsInASessionOfItsOwnThatEndsWithIt() {
    CompletableFuture<Void> done = WarmUp.run(spark, "select 1");
    assertThat(spark.analyzed).hasSize(1);
    RecordedSpark.Run run = spark.runs.get(0);
    assertThat(run.request.sql()).isEqualTo("select 1");
    assertThat(run.request.session().user()).isEqualTo("sluice");
    run.batch(1);
    assertThat(done).isNotDone();
    run.complete();
    assertThat(done).isCompleted();
    assertThat(spark.released).containsExactly(run.request.session());
  }

  @Test
  void aFailureHarmsNobody() {
    CompletableFuture<Void> done = WarmUp.run(spark, "select 1");
    spark.runs.get(0).fail(new IllegalStateException("gone"));
    assertThat(done).isCompleted();
    spark.schema = CompletableFuture.failedFuture(new IllegalStateException("no such table"));
    assertThat(WarmUp.run(spark, "select 1")).isCompleted();
    assertThat(spark.runs).hasSize(1);
    assertThat(spark.released).hasSize(2);
  }
}
