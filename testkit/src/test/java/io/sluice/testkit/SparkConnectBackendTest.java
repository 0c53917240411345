package io.sluice.testkit;

import io.sluice.spark.SparkBackend;

class SparkConnectBackendTest extends SparkBackendContract {

  @Override
  protected SparkBackend backend() {
    return SparkFixture.shared().backend();
  }

  @Override
  protected SparkBackend anotherBackend() {
    return SparkFixture.shared().connect();
  }
}
