package io.sluice.cluster;

import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkEndpoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Starts and stops Spark Connect servers, one for each replica, somewhere: as processes here, as
 * applications on Kubernetes. It neither chooses how many there are nor asks whether they are well.
 * No method blocks.
 */
public interface ReplicaProvisioner extends AutoCloseable {

  /**
   * Starts a server. The future completes when it listens; it may not answer yet. It fails with a
   * {@link ReplicaStartException} when the server ends before that or cannot be started; the
   * replica is then gone, and the watchers have been or will be told.
   *
   * @param replica a name that was never used here before
   */
  CompletableFuture<SparkEndpoint> start(ReplicaId replica, ReplicaSpec spec);

  /**
   * Returns the replicas that listen already, belong to no cluster yet and are in everything what
   * {@link #start} would make, those first that are to be used first; none where none are kept.
   */
  default List<ReplicaId> warm(ReplicaSpec spec) {
    return List.of();
  }

  /**
   * Has one of those belong to this cluster from now on. The future completes as that of {@link
   * #start} does; it fails as well when another cluster was faster, or the replica is not what it
   * was.
   */
  default CompletableFuture<SparkEndpoint> claim(ReplicaId replica, ReplicaSpec spec) {
    return CompletableFuture.failedFuture(
        new ReplicaStartException("Spark is not kept ready here as " + replica, List.of(), null));
  }

  /** Returns the replicas that exist, starting ones included, in the order of their starts. */
  List<ReplicaId> list();

  /**
   * Calls back once for each replica that ends from now on, whoever ended it, with a reason for
   * people. Callbacks must not block.
   */
  void watch(BiConsumer<ReplicaId, String> ended);

  /**
   * Asks a replica to end and kills it when it has not after a while. Completes when it is gone; at
   * once when there is none of that name.
   */
  CompletableFuture<Void> stop(ReplicaId replica);

  /**
   * Forgets what was to end and has not been heard of yet: another gateway decides from now on. The
   * futures of {@link #stop} still complete when their replicas are gone.
   */
  default void relinquish() {}

  /**
   * Calls back once with each replica, of now and of later, that was not started by this object:
   * one of a gateway before it or beside it. Callbacks must not block. Where a replica ends with
   * its gateway there is none.
   */
  default void discover(Consumer<FoundReplica> found) {}

  /**
   * Returns why replicas can be neither started nor stopped now, for people; empty when nothing
   * stands in the way. What is asked for meanwhile is done later.
   */
  default String hindrance() {
    return "";
  }

  /**
   * Returns why another replica would be of no use now, for people; empty when it would. Those that
   * there are want for the same.
   */
  default String shortage() {
    return "";
  }

  /**
   * A replica that somebody else started.
   *
   * @param spec what it is like
   * @param endpoint completes as that of {@link #start} does
   */
  record FoundReplica(ReplicaId id, ReplicaSpec spec, CompletableFuture<SparkEndpoint> endpoint) {}

  /**
   * Stops every replica that cannot outlive the gateway, and returns when all are gone. Those that
   * can are left as they are, for the next gateway to {@link #discover}; starts that have not
   * completed fail.
   */
  @Override
  void close();
}
