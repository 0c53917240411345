package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.LocalReplicaProvisioner;
import io.sluice.cluster.LocalSettings;
import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class LocalReplicaProvisionerTest extends ReplicaProvisionerContract {

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  Path directory;

  @Override
  protected ReplicaProvisioner provisioner() {
    return new LocalReplicaProvisioner(
        SparkFixture.localSettings(directory), executor, scheduler, new SecureRandom());
  }

  @Override
  protected ReplicaProvisioner provisionerOfServersThatEnd() {
    return new LocalReplicaProvisioner(
        LocalSettings.of(
            Path.of("/bin/false"),
            SparkFixture.localSettings(directory).classPathFile(),
            directory),
        executor,
        scheduler,
        new SecureRandom());
  }

  @Override
  protected ReplicaSpec spec() {
    return SparkFixture.spec(directory, Map.of());
  }

  @AfterEach
  void leaveNoScratchFiles() {
    assertThat(directory.resolve("replicas")).doesNotExist();
  }

  @AfterEach
  void stop() {
    executor.shutdown();
    scheduler.shutdownNow();
  }
}
