package io.sluice.cluster.kubernetes;

import io.sluice.cluster.ReplicaStartException;
import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the provisioner keeps of one replica; guarded by the provisioner's lock. */
final class KubernetesReplica {

  final ReplicaId id;

  /** Whether this gateway started it. */
  final boolean own;

  /** Completes when it listens; callbacks run outside of the lock. */
  final CompletableFuture<SparkEndpoint> endpoint = new CompletableFuture<>();

  /** Completes when neither the application nor its driver is there. */
  final CompletableFuture<Void> gone = new CompletableFuture<>();

  /** Whether the API server has it. */
  boolean created;

  /** Whether the watch has shown it. */
  boolean seen;

  boolean stopping;

  /** Whether its application is to be deleted, until the API server has heard that. */
  boolean condemned;

  /** Whether the watchers were told of its end. */
  boolean ended;

  String address = "";
  String reason = "waiting for Kubernetes";

  KubernetesReplica(ReplicaId id, boolean own) {
    this.id = id;
    this.own = own;
  }

  void fail(String why) {
    endpoint.completeExceptionally(new ReplicaStartException(why, List.of(), null));
  }
}
