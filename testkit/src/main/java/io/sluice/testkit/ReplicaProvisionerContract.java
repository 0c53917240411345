package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ReplicaProvisioner} does. */
@Timeout(90)
public abstract class ReplicaProvisionerContract {

  /** Returns a provisioner without replicas, which the test closes. */
  protected abstract ReplicaProvisioner provisioner();

  /** Returns a replica that it can start. */
  protected abstract ReplicaSpec spec();

  @Test
  void aReplicaListensIsListedAndEndsWhenStopped() throws Exception {
    ReplicaId id = new ReplicaId("contract-1");
    try (ReplicaProvisioner provisioner = provisioner()) {
      CompletableFuture<ReplicaId> ended = new CompletableFuture<>();
      provisioner.watch((replica, reason) -> ended.complete(replica));
      SparkEndpoint endpoint = provisioner.start(id, spec()).get(180, TimeUnit.SECONDS);
      assertThat(endpoint.port()).isPositive();
      assertThat(provisioner.list()).containsExactly(id);
      assertThat(ended).isNotDone();

      assertThat(provisioner.stop(id)).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(provisioner.list()).isEmpty();
      assertThat(ended).isCompletedWithValue(id);
    }
  }

  @Test
  void stoppingWhatIsNotThereIsFine() {
    try (ReplicaProvisioner provisioner = provisioner()) {
      assertThat(provisioner.stop(new ReplicaId("contract-2")))
          .succeedsWithin(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void closingEndsWhatIsStarting() {
    CompletableFuture<ReplicaId> ended = new CompletableFuture<>();
    try (ReplicaProvisioner provisioner = provisioner()) {
      provisioner.watch((replica, reason) -> ended.complete(replica));
      provisioner.start(new ReplicaId("contract-3"), spec());
    }
    assertThat(ended).succeedsWithin(20, TimeUnit.SECONDS);
  }
}
