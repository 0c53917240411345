package io.sluice.testkit;

import static org.awaitility.Awaitility.await;

import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkRun;
import java.time.Duration;

class SparkConnectBackendTest extends SparkBackendContract {

  @Override
  protected SparkBackend backend() {
    return SparkFixture.shared().backend();
  }

  @Override
  protected SparkBackend anotherBackend() {
    return SparkFixture.shared().connect();
  }

  @Override
  protected void awaitWork(SparkRun run) {
    await().atMost(Duration.ofSeconds(60)).until(() -> run.progress().isPresent());
  }
}
