package io.sluice.gateway.main;

import io.sluice.spark.SparkEndpoint;
import java.util.stream.Stream;

/**
 * Brings clusters to a gateway, at its start or as they come; closing it lets go of them and ends
 * the Spark servers that nobody else has.
 */
interface ClusterFeed extends AutoCloseable {

  /** Brings what there is, now and from now on. */
  void start();

  /** Says why it is not known what clusters there are, for people, without the full stop. */
  String trouble();

  /** Returns whether the clusters are those that were known before the gateway started. */
  default boolean isRemembered() {
    return false;
  }

  /** Returns the ids of the servers' processes, where they run here. */
  default Stream<Long> pids() {
    return Stream.empty();
  }

  /** Returns where the ready servers listen, where they run here. */
  default Stream<SparkEndpoint> endpoints() {
    return Stream.empty();
  }

  @Override
  void close();
}
