package io.sluice.gateway.statement;

import io.sluice.gateway.session.Session;
import io.sluice.model.ErrorCode;
import io.sluice.model.ReplicaId;
import io.sluice.model.SluiceException;
import io.sluice.planner.Analysis;
import io.sluice.planner.AnalysisRequest;
import io.sluice.planner.SessionSettings;
import io.sluice.planner.variable.SessionVariable;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The way to a replica: its client, and a Spark session there. */
final class SparkAccess {

  private final Replicas replicas;
  private final SparkSessions sessions;

  SparkAccess(Replicas replicas, SparkSessions sessions) {
    this.replicas = replicas;
    this.sessions = sessions;
  }

  /**
   * Leases a Spark session on a replica; {@link Leased#close} must follow.
   *
   * @param request the session when the statement was authorised
   * @return fails with {@code REPLICA_LOST}
   */
  CompletableFuture<Leased> lease(
      Session session, AnalysisRequest request, Analysis.SparkQuery query, ReplicaId replica) {
    return backend(replica)
        .thenCompose(
            backend ->
                sessions
                    .lease(
                        session,
                        compressing(request.configuration()),
                        query.variables(),
                        replica,
                        backend)
                    .thenApply(lease -> new Leased(replica, backend, lease)));
  }

  /**
   * As {@link #lease}, a Spark session that nothing else uses and that ends with the lease. What it
   * tells is read by the gateway and fetched by nobody, so it is not compressed.
   *
   * @param variables those that Spark has to have
   */
  CompletableFuture<Leased> leaseAlone(
      Session session,
      Map<String, String> configuration,
      List<SessionVariable> variables,
      ReplicaId replica) {
    return backend(replica)
        .thenCompose(
            backend ->
                sessions
                    .leaseAlone(session, ofSpark(configuration), variables, replica, backend)
                    .thenApply(lease -> new Leased(replica, backend, lease)));
  }

  private CompletableFuture<SparkBackend> backend(ReplicaId replica) {
    return replicas
        .backend(replica)
        .map(CompletableFuture::completedFuture)
        .orElseGet(
            () ->
                CompletableFuture.failedFuture(
                    new SluiceException(
                        ErrorCode.REPLICA_LOST,
                        "The Spark server that was chosen has just gone away. Send the statement"
                            + " again.")));
  }

  /**
   * What ran on a replica was lost: nothing to come gets a Spark session that it had before.
   * Completes, never exceptionally, once nothing is sent there that it might lose again.
   */
  CompletableFuture<Void> lost(ReplicaId replica) {
    sessions.forget(replica);
    return replicas.suspect(replica);
  }

  /** What the gateway has settings for by itself is none of Spark's business. */
  private static Map<String, String> ofSpark(Map<String, String> configuration) {
    Map<String, String> settings = new HashMap<>(configuration);
    settings.keySet().removeIf(key -> key.startsWith(SessionSettings.PREFIX));
    return settings;
  }

  /** The same, but that Spark encodes the results, and compresses them while it does. */
  private static Map<String, String> compressing(Map<String, String> configuration) {
    Map<String, String> settings = ofSpark(configuration);
    if ("zstd".equals(configuration.get(SessionSettings.COMPRESSION))) {
      settings.put(SparkSessions.CODEC, "zstd");
    }
    return settings;
  }

  /** A replica's client and the use of a Spark session there. */
  record Leased(ReplicaId replica, SparkBackend backend, SparkSessions.Lease lease)
      implements AutoCloseable {

    SparkSession session() {
      return lease.session();
    }

    @Override
    public void close() {
      lease.close();
    }
  }
}
