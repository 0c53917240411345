package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.ReplicaProvisioner;
import io.sluice.cluster.ReplicaSpec;
import io.sluice.cluster.ReplicaStartException;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link ReplicaProvisioner} does. */
@Timeout(90)
public abstract class ReplicaProvisionerContract {

  /** Returns a provisioner without replicas, which the test closes. */
  protected abstract ReplicaProvisioner provisioner();

  /** Returns one whose servers end before they listen. */
  protected abstract ReplicaProvisioner provisionerOfServersThatEnd();

  /**
   * Whether replicas go on when their provisioner is closed, and a later one of them finds them.
   */
  protected boolean replicasOutliveTheirProvisioner() {
    return false;
  }

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
  void whatIsNotKeptReadyCannotBeClaimed() {
    ReplicaId id = new ReplicaId("contract-6");
    try (ReplicaProvisioner provisioner = provisioner()) {
      assertThat(provisioner.warm(spec())).isEmpty();
      assertThat(provisioner.claim(id, spec()))
          .failsWithin(20, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(ReplicaStartException.class)
          .withMessage("Spark is not kept ready here as contract-6");
      assertThat(provisioner.list()).isEmpty();
    }
  }

  @Test
  void aServerThatEndsBeforeItListensFailsItsStartWithTheReason() {
    ReplicaId id = new ReplicaId("contract-4");
    try (ReplicaProvisioner provisioner = provisionerOfServersThatEnd()) {
      CompletableFuture<String> ended = new CompletableFuture<>();
      List<String> reasons = new CopyOnWriteArrayList<>();
      provisioner.watch(
          (replica, reason) -> {
            reasons.add(replica + ": " + reason);
            ended.complete(reason);
          });
      assertThat(provisioner.start(id, spec()))
          .failsWithin(60, TimeUnit.SECONDS)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(ReplicaStartException.class)
          .withMessageStartingWith("Spark");
      assertThat(provisioner.stop(id)).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(provisioner.list()).isEmpty();
      assertThat(ended).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(reasons).singleElement().asString().startsWith("contract-4: Spark");
    }
  }

  @Test
  void closingEndsWhatIsStarting() {
    CompletableFuture<ReplicaId> ended = new CompletableFuture<>();
    CompletableFuture<SparkEndpoint> start;
    try (ReplicaProvisioner provisioner = provisioner()) {
      provisioner.watch((replica, reason) -> ended.complete(replica));
      start = provisioner.start(new ReplicaId("contract-3"), spec());
    }
    if (!replicasOutliveTheirProvisioner()) {
      assertThat(ended).succeedsWithin(20, TimeUnit.SECONDS);
    } else {
      assertThat(start).isDone();
    }
  }

  @Test
  void theNextProvisionerFindsWhatOutlivedTheLastOne() throws Exception {
    ReplicaId id = new ReplicaId("contract-5");
    SparkEndpoint endpoint;
    try (ReplicaProvisioner provisioner = provisioner()) {
      endpoint = provisioner.start(id, spec()).get(180, TimeUnit.SECONDS);
    }
    CompletableFuture<ReplicaProvisioner.FoundReplica> found = new CompletableFuture<>();
    try (ReplicaProvisioner next = provisioner()) {
      next.discover(found::complete);
      if (!replicasOutliveTheirProvisioner()) {
        assertThat(next.list()).isEmpty();
        assertThat(found).isNotDone();
        return;
      }
      assertThat(found).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(found.get().id()).isEqualTo(id);
      assertThat(found.get().spec()).isEqualTo(spec());
      assertThat(found.get().endpoint()).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo(endpoint);
      assertThat(next.list()).containsExactly(id);
      assertThat(next.stop(id)).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(next.list()).isEmpty();
    }
  }
}
