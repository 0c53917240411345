package io.sluice.cluster;

import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkSession;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Asks a replica whether it is well and what it should be. Statements are not needed for that. */
final class ReplicaHealth {

  private static final List<String> ANY_KEY = List.of("spark.sql.session.timeZone");

  private final SparkSession session = new SparkSession(UUID.randomUUID(), "sluice-health");
  private final ReplicaSpec spec;

  ReplicaHealth(ReplicaSpec spec) {
    this.spec = spec;
  }

  /** Fails with a {@link ReplicaStartException} if the server is not what the gateway relies on. */
  CompletableFuture<Void> verify(SparkBackend backend) {
    Map<String, String> required = SparkConfiguration.required(spec);
    return backend
        .version(session)
        .thenCompose(
            version -> {
              if (!version.equals(spec.sparkVersion())) {
                throw new ReplicaStartException(
                    "Spark is " + version + ", but Sluice parses for " + spec.sparkVersion(),
                    List.of(),
                    null);
              }
              return backend.configuration(session, List.copyOf(required.keySet()));
            })
        .thenAccept(actual -> compare(required, actual));
  }

  private static void compare(Map<String, String> required, Map<String, String> actual) {
    new TreeMap<>(required)
        .forEach(
            (key, expected) -> {
              if (!expected.equals(actual.get(key))) {
                throw new ReplicaStartException(
                    "Spark reports " + key + " as " + actual.get(key) + " instead of " + expected,
                    List.of(),
                    null);
              }
            });
  }

  /** Completes with any answer. */
  CompletableFuture<?> probe(SparkBackend backend) {
    return backend.configuration(session, ANY_KEY);
  }
}
