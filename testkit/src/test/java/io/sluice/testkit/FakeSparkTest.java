package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.model.SluiceException;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import java.util.List;
import java.util.Map;

class FakeSparkTest extends SparkBackendContract {

  private final FakeSpark spark =
      new FakeSpark(Map.of("spark.sql.shuffle.partitions", "8"))
          .result(ROWS, FakeBatches.longSchema("id"), FakeBatches.longs("id", 100_000, 10_000))
          .result(EMPTY, FakeBatches.longSchema("id"), List.of())
          .failure(
              FAILING,
              FakeBatches.longSchema("x"),
              () -> SluiceException.ofSpark("DIVIDE_BY_ZERO", "22012", "Division by zero."))
          .endless(ENDLESS, FakeBatches.longSchema("count(1)"));

  private final SparkBackend backend = spark.connect();

  @Override
  protected SparkBackend backend() {
    return backend;
  }

  @Override
  protected SparkBackend anotherBackend() {
    return spark.connect();
  }

  @Override
  protected void awaitWork(SparkRun run) {
    assertThat(spark.running()).isNotEmpty();
  }
}
