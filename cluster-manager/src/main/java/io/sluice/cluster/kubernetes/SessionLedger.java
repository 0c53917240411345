package io.sluice.cluster.kubernetes;

import io.sluice.model.ReplicaId;
import io.sluice.spark.SparkBackend;
import io.sluice.spark.SparkSession;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which Spark sessions a gateway has on each replica, and that it lives: written again and again to
 * a Spark session on that replica that holds nothing else, for the other gateways to read if it
 * dies. Who knows the id of that session and not the key of Spark Connect can do nothing with it.
 *
 * <p>The list is kept in parts, one for each of some keys, so that a change of few sessions is
 * written in few bytes, however many there are.
 */
final class SessionLedger {

  private static final Logger LOG = LoggerFactory.getLogger(SessionLedger.class);
  private static final String USER = "sluice-ledger";
  private static final String BEAT = "sluice.ledger.beat";
  private static final String SESSIONS = "sluice.ledger.sessions.";
  private static final int PARTS = 64;
  private static final List<String> KEYS =
      Stream.concat(
              Stream.of(BEAT), IntStream.range(0, PARTS).mapToObj(number -> SESSIONS + number))
          .toList();

  private final UUID id;
  private final Function<ReplicaId, List<SparkSession>> sessions;
  private final InstantSource clock;
  private final Set<ReplicaId> beingWritten = ConcurrentHashMap.newKeySet();
  private final Map<ReplicaId, Written> written = new ConcurrentHashMap<>();

  /** What a replica is known to have, but for the beat. */
  private record Written(SparkBackend backend, Map<String, String> parts) {}

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
    written.keySet().retainAll(replicas.keySet());
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
    Map<String, String> parts = parts(sessions.apply(replica));
    Map<String, String> changes = changes(backend, written.remove(replica), parts);
    changes.put(BEAT, clock.instant().toString());
    backend
        .setConfiguration(session(id), changes)
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                written.put(replica, new Written(backend, parts));
              } else {
                LOG.debug("replica {}: the ledger was not written", replica, failure);
              }
              beingWritten.remove(replica);
            });
  }

  /** All parts of one of which nothing is known; a write that failed may have been heard. */
  private static Map<String, String> changes(
      SparkBackend backend, @Nullable Written before, Map<String, String> parts) {
    Map<String, String> changes = new HashMap<>();
    for (String key : KEYS) {
      String next = parts.getOrDefault(key, "");
      if (before == null
          || before.backend != backend
          || !next.equals(before.parts.getOrDefault(key, ""))) {
        changes.put(key, next);
      }
    }
    return changes;
  }

  /**
   * Ends all that is listed, once what is being interrupted there has come to its end, and the
   * ledgers of replicas where nothing is left. Does not block.
   *
   * @return whether nothing is left anywhere; never fails
   */
  CompletableFuture<Boolean> end(Map<ReplicaId, SparkBackend> replicas) {
    List<CompletableFuture<Boolean>> ends = new ArrayList<>();
    replicas.forEach((replica, backend) -> ends.add(end(replica, backend)));
    return all(ends);
  }

  private CompletableFuture<Boolean> end(ReplicaId replica, SparkBackend backend) {
    return all(sessions.apply(replica).stream()
            .map(session -> ended(replica, backend.releaseSession(session)))
            .toList())
        .thenCompose(
            all ->
                all
                    ? ended(replica, backend.releaseSession(session(id)))
                    : CompletableFuture.completedFuture(false));
  }

  private static CompletableFuture<Boolean> ended(
      ReplicaId replica, CompletableFuture<Void> release) {
    return release.handle(
        (done, failure) -> {
          if (failure != null) {
            LOG.info("replica {}: a session was not released", replica, failure);
          }
          return failure == null;
        });
  }

  private static CompletableFuture<Boolean> all(List<CompletableFuture<Boolean>> parts) {
    return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> parts.stream().allMatch(CompletableFuture::join));
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
        .configuration(session(ledger), KEYS)
        .thenApply(
            values -> {
              List<SparkSession> listed = new ArrayList<>();
              values.forEach(
                  (key, part) -> {
                    if (!key.equals(BEAT)) {
                      listed.addAll(sessions(part));
                    }
                  });
              return new Entry(values.getOrDefault(BEAT, ""), listed);
            });
  }

  private static SparkSession session(UUID ledger) {
    return new SparkSession(ledger, USER);
  }

  private static Map<String, String> parts(List<SparkSession> sessions) {
    return sessions.stream()
        .sorted(Comparator.comparing(SparkSession::id))
        .collect(
            Collectors.groupingBy(
                session -> SESSIONS + Math.floorMod(session.id().hashCode(), PARTS),
                Collectors.mapping(SessionLedger::write, Collectors.joining(" "))));
  }

  /** A user may be called anything. */
  private static String write(SparkSession session) {
    return session.id() + ":" + URLEncoder.encode(session.user(), StandardCharsets.UTF_8);
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
