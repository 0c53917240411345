package io.sluice.testkit;

import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import java.nio.file.Path;
import java.util.Map;

class FakeProvisionerTest extends ReplicaProvisionerContract {

  @Override
  protected ReplicaProvisioner provisioner() {
    return new FakeProvisioner();
  }

  @Override
  protected ReplicaProvisioner provisionerOfServersThatEnd() {
    FakeProvisioner provisioner = new FakeProvisioner();
    provisioner.failStarts("Spark ended with status 1");
    return provisioner;
  }

  @Override
  protected ReplicaSpec spec() {
    return SparkFixture.spec(Path.of("unused"), Map.of());
  }
}
