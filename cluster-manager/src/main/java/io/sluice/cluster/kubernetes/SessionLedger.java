package io.sluice.cluster.kubernetes;

import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkSession;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which Spark sessions a gateway has on each replica, and that it lives: written again and again to
 * a Spark session on that replica that holds nothing else, for the other gateways to read if it
 * dies. Who knows the id of that session and not the key of Spark Connect can do nothing with it.
 */
final class SessionLedger {

  private static final Logger LOG = LoggerFactory.getLogger(SessionLedger.class);
  private static final String USER = "sluice-ledger";
  private static final String BEAT = "sluice.ledger.beat";
  private static final String SESSIONS = "sluice.ledger.sessions";

  private final UUID id;
  private final Function<ReplicaId, List<SparkSession>> sessions;
  private final InstantSource clock;
  private final Set<ReplicaId> beingWritten = ConcurrentHashMap.newKeySet();

  /**
   * Writes nothing yet.
   *
   * @param id of the Spark session that it is written to, on every replica
   * @param sessions returns those that this gateway has on a replica
   */
  SessionLedger(UUID id, Function<ReplicaId, List<SparkSession>> sessions, InstantSource clock) {
    this.id = id;
    this.sessions = sessions;
    this.clock = clock;
  }

  UUID id() {
    return id;
  }

  /** Writes how it stands now; to be called every so often. Does not block. */
  void write(Map<ReplicaId, SparkBackend> replicas) {
    replicas.forEach(
        (replica, backend) -> {
          if (beingWritten.add(replica)) {
            try {
              write(replica, backend);
            } catch (RuntimeException unforeseen) {
              // The other replicas' are written all the same, and this one's the next time.
              beingWritten.remove(replica);
              LOG.warn("replica {}: the ledger was not written", replica, unforeseen);
            }
          }
        });
  }

  private void write(ReplicaId replica, SparkBackend backend) {
    backend
        .setConfiguration(
            session(id),
            Map.of(BEAT, clock.instant().toString(), SESSIONS, write(sessions.apply(replica))))
        .whenComplete(
            (done, failure) -> {
              beingWritten.remove(replica);
              if (failure != null) {
                LOG.debug("replica {}: the ledger was not written", replica, failure);
              }
            });
  }

  /**
   * What a ledger says.
   *
   * @param beat is another one each time that it is written; empty if it never was
   */
  record Entry(String beat, List<SparkSession> sessions) {}

  /** Reads a gateway's ledger on a replica. Does not block. */
  static CompletableFuture<Entry> read(UUID ledger, SparkBackend backend) {
    return backend
        .configuration(session(ledger), List.of(BEAT, SESSIONS))
        .thenApply(
            values ->
                new Entry(
                    values.getOrDefault(BEAT, ""), sessions(values.getOrDefault(SESSIONS, ""))));
  }

  private static SparkSession session(UUID ledger) {
    return new SparkSession(ledger, USER);
  }

  /** A user may be called anything. */
  private static String write(List<SparkSession> sessions) {
    return sessions.stream()
        .map(
            session ->
                session.id() + ":" + URLEncoder.encode(session.user(), StandardCharsets.UTF_8))
        .collect(Collectors.joining(" "));
  }

  private static List<SparkSession> sessions(String text) {
    return Stream.of(text.split(" "))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> entry.split(":", 2))
        .map(
            parts ->
                new SparkSession(
                    UUID.fromString(parts[0]), URLDecoder.decode(parts[1], StandardCharsets.UTF_8)))
        .toList();
  }
}
